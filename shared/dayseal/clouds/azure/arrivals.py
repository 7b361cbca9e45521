"""What the archive itself shows of deliveries: the blob of a cluster that grew last, found in few requests."""

import datetime as dt
import itertools
import re
from collections.abc import Callable, Iterator
from typing import Final

from azure.core.exceptions import AzureError, ResourceNotFoundError
from azure.storage.blob import BlobPrefix, ContainerClient

from dayseal.clouds.azure.archive import AUDIT_CONTAINERS
from dayseal.clouds.azure.blobs import open_container_client
from dayseal.clouds.azure.calls import Calls
from dayseal.clouds.azure.places import ArchivePlace
from dayseal.clouds.azure.refusals import RefusedError, missing_of
from dayseal.model.route import Answer, Call, Known, Missing, NewestObject, Reason
from dayseal.once import Once

_PARTS: Final = (re.compile(r"y=[0-9]{4}/\Z"), re.compile(r"m=[0-9]{2}/\Z"), re.compile(r"d=[0-9]{2}/\Z"))
_DAY: Final = dt.timedelta(days=1)
_MAX_DAYS: Final = 10  # whose folders are looked into


class Arrivals:
    """Looks at archives, each cluster's own part of it once a run."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls
        self._clients: Once[tuple[str, str], ContainerClient] = Once()
        self._answers: Once[tuple[ArchivePlace, str], Answer[NewestObject | None]] = Once()

    def newest(self, archive: ArchivePlace, resource_id: str, now: dt.datetime) -> Answer[NewestObject | None]:
        """Find the blob under the cluster's resource id that grew last; None: there is none."""
        key = (archive, resource_id.casefold())
        return self._answers.get(key, lambda: self._ask(archive, resource_id, now))

    def _ask(self, archive: ArchivePlace, resource_id: str, now: dt.datetime) -> Answer[NewestObject | None]:
        call = Call("storage", "blobs.list", f"{archive.uri}resourceId={resource_id.upper()}/")
        found: list[NewestObject] = []
        names = (archive.container,) if archive.container else AUDIT_CONTAINERS
        absent = 0
        for name in names:
            try:
                found += self._latest(archive, name, resource_id, now, lambda: self._calls.heard(call))
            except RefusedError as exc:
                return exc.missing
            except ResourceNotFoundError:  # Azure Monitor makes a container with its first records
                absent += 1
            except AzureError as exc:
                return missing_of(exc, call)
            except (KeyError, TypeError, ValueError, AttributeError) as exc:  # the client reads answers without care
                return Missing(Reason.CONTRADICTORY, call, f"the answer cannot be read: {type(exc).__name__}")
        if absent == len(names):
            return Missing(Reason.NOT_FOUND, call, "no such container")
        return Known(max(found, key=lambda item: item.stored_at, default=None), call)

    def _latest(
        self, archive: ArchivePlace, name: str, resource_id: str, now: dt.datetime, heard: Callable[[], None]
    ) -> list[NewestObject]:
        """Give the blobs of the latest day that has any: mostly today, so that is looked at first."""
        account, sessions = archive.account, self._calls.sessions
        client = self._clients.get((account, name), lambda: open_container_client(sessions, account, name))
        # Azure Monitor writes the id in upper case, whatever case the cluster was made with.
        root = f"{archive.prefix}resourceId={resource_id.upper()}/"
        shown = "" if archive.container else f"{name}/"
        days = (_folder(root, now), _folder(root, now - _DAY))
        for folder in itertools.chain(days, itertools.islice(_latest_folders(client, root, heard), _MAX_DAYS)):
            heard()
            blobs = [blob for blob in client.list_blobs(name_starts_with=folder) if blob.size]
            if blobs:
                named = ((str(blob.name).removeprefix(archive.prefix), blob.last_modified) for blob in blobs)
                return [NewestObject(shown + key, moment) for key, moment in named]
        return []


def _folder(root: str, moment: dt.datetime) -> str:
    return f"{root}y={moment:%Y}/m={moment:%m}/d={moment:%d}/"


def _latest_folders(client: ContainerClient, at: str, heard: Callable[[], None], depth: int = 0) -> Iterator[str]:
    """Give the folders of days there are, the latest first; each is asked for only when it is needed."""
    if depth == len(_PARTS):
        yield at
        return
    heard()
    listed = client.walk_blobs(name_starts_with=at, delimiter="/")
    names = [str(one.name) for one in listed if isinstance(one, BlobPrefix)]
    below = [name for name in names if _PARTS[depth].match(name.removeprefix(at))]
    for name in sorted(below, reverse=True):
        yield from _latest_folders(client, name, heard, depth + 1)
