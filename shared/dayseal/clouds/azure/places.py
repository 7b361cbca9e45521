"""Where Azure is asked: the archive's container, and the ids of resources."""

import dataclasses
import re
from typing import Final

from dayseal.errors import FormatError

PROVIDER: Final = "aks"
_CLUSTERS: Final = "Microsoft.ContainerService/managedClusters"
_ACCOUNTS: Final = "Microsoft.Storage/storageAccounts"
_ACCOUNT: Final = re.compile(r"[a-z0-9]{3,24}\Z", re.ASCII)
_CONTAINER: Final = re.compile(r"(?:\$?[a-z0-9-]{1,63})?\Z", re.ASCII)
_ID: Final = re.compile(
    r"/subscriptions/([^/]+)/resourceGroups/([^/?]+)/providers/([^/]+/[^/]+)/([^/]+)\Z", re.ASCII | re.IGNORECASE
)


@dataclasses.dataclass(frozen=True, slots=True, order=True)
class ArchivePlace:
    """A container of log blobs, or the part of it whose names start with `prefix`.

    `container` `""`: all containers of the account that Azure Monitor writes. The account's name becomes part of a
    host's, to which a token goes.

    Raises:
        FormatError: account or container have names that Azure gives to none.
    """

    account: str
    container: str = ""
    prefix: str = ""

    def __post_init__(self) -> None:
        if not _ACCOUNT.match(self.account):
            raise FormatError(f"storage account {self.account[:80]!r}, 3 to 24 of a-z 0-9 promised")
        if not _CONTAINER.match(self.container):
            raise FormatError(f"container {self.container[:80]!r}, up to 63 of a-z 0-9 - promised")

    @property
    def name(self) -> str:
        """The archive's name in facts: `account/container`."""
        return f"{self.account}/{self.container}"

    @property
    def uri(self) -> str:
        """The archive's address: `az://account/container/prefix`."""
        return f"az://{self.account}/{self.container}{'/' if self.container else ''}{self.prefix}"


@dataclasses.dataclass(frozen=True, slots=True, order=True)
class ResourceId:
    """The parts of a resource's id; `kind` is `Namespace/type`. Azure does not tell upper from lower case in them."""

    subscription: str
    group: str
    kind: str
    name: str

    @property
    def text(self) -> str:
        """The id as Azure writes it."""
        return f"/subscriptions/{self.subscription}/resourceGroups/{self.group}/providers/{self.kind}/{self.name}"


def parse_resource(text: str) -> ResourceId | None:
    """Read a resource's id, the subscription in lower case; None where it is none."""
    found = _ID.match(text)
    return None if found is None else ResourceId(found[1].lower(), found[2], found[3], found[4])


def cluster_of(text: str) -> ResourceId | None:
    """Read the id of an AKS cluster; None where it is none."""
    return _of_kind(text, _CLUSTERS)


def account_of(text: str) -> ResourceId | None:
    """Read the id of a storage account; None where it is none, or names one as Azure names none."""
    found = _of_kind(text, _ACCOUNTS)
    return found if found is not None and _ACCOUNT.match(found.name.lower()) else None


def container_id(account: str, container: str) -> str:
    """Give a container's resource id, of its account's."""
    return f"{account}/blobServices/default/containers/{container}"


def same(one: str, other: str) -> bool:
    """Say whether two ids are the same resource's."""
    return one.rstrip("/").casefold() == other.rstrip("/").casefold()


def _of_kind(text: str, kind: str) -> ResourceId | None:
    found = parse_resource(text)
    return found if found is not None and found.kind.casefold() == kind.casefold() else None
