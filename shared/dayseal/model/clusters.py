"""Which cluster: its identity, the hint a log record gives of it, and a key's scope."""

import dataclasses
import fnmatch
import hashlib
import re

from dayseal.errors import FormatError

_PART = re.compile(r"[!-9;-~]{1,200}\Z", re.ASCII)  # printable, no space, no colon
_UID = re.compile(r"[!-~]{1,300}\Z", re.ASCII)
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}\Z", re.ASCII)


@dataclasses.dataclass(frozen=True, slots=True, order=True)
class ClusterId:
    """One EKS, GKE, AKS or self-managed (`local`) control plane.

    `uid` tells a rebuilt cluster from the old one of the same name: EKS the OIDC issuer's id,
    GKE `id`, AKS `resourceUID`, local: from the settings.
    """

    provider: str
    account: str
    location: str
    name: str
    uid: str

    def __post_init__(self) -> None:
        for field in ("provider", "account", "location"):
            if not _PART.match(getattr(self, field)):
                raise FormatError(
                    f"cluster {field}: {getattr(self, field)!r}, printable ASCII without space or colon promised"
                )
        if not _NAME.match(self.name):
            raise FormatError(f"cluster name: {self.name!r}, 1 to 100 of A-Z a-z 0-9 . _ - promised")
        if not _UID.match(self.uid):
            raise FormatError(f"cluster uid: {self.uid!r}, printable ASCII without space promised")

    @property
    def text(self) -> str:
        """The identity as `provider:account:location:name:uid`."""
        return f"{self.provider}:{self.account}:{self.location}:{self.name}:{self.uid}"

    @property
    def path(self) -> str:
        """The identity as one path segment: `<name>-<first 16 hex of SHA-256 of the text>`."""
        return f"{self.name}-{hashlib.sha256(self.text.encode()).hexdigest()[:16]}"

    @classmethod
    def parse(cls, text: str) -> "ClusterId":
        """Read what `text` writes; the uid may hold colons.

        Raises:
            FormatError: not five parts, or a part has other characters.
        """
        parts = text.split(":", 4)
        if len(parts) != 5:  # noqa: PLR2004 - provider, account, location, name, uid
            raise FormatError(f"cluster: {text!r}, provider:account:location:name:uid promised")
        return cls(*parts)


@dataclasses.dataclass(frozen=True, slots=True, order=True)
class ClusterHint:
    """What a log record says of the cluster it came from; `""` where it says nothing.

    `account`: EKS the envelope's `owner`, GKE `project_id`, AKS the subscription (lower case).
    `resource` is the record's own words: log group, or resource id (lower case). The hint claims,
    it does not prove: settings and discovery decide which cluster it means.
    """

    provider: str
    account: str
    location: str
    name: str
    resource: str

    @property
    def text(self) -> str:
        """The hint in one line, for messages and as a key."""
        return f"{self.provider}:{self.account}:{self.location}:{self.name}:{self.resource}"

    def fits(self, cluster: ClusterId) -> bool:
        """Say whether the hint may mean `cluster`; an empty part fits anything, case is ignored."""
        pairs = (
            (self.provider, cluster.provider),
            (self.account, cluster.account),
            (self.location, cluster.location),
            (self.name, cluster.name),
        )
        return all(not said or said.lower() == known.lower() for said, known in pairs)


@dataclasses.dataclass(frozen=True, slots=True)
class Scope:
    """Which clusters a delegated key may speak about: provider and account patterns.

    Patterns are shell-like (`*`, `?`), case-sensitive, matched against the whole part.
    """

    providers: tuple[str, ...]
    accounts: tuple[str, ...]

    def covers(self, cluster: ClusterId) -> bool:
        """Say whether `cluster` lies inside the scope."""
        return any(fnmatch.fnmatchcase(cluster.provider, p) for p in self.providers) and any(
            fnmatch.fnmatchcase(cluster.account, a) for a in self.accounts
        )
