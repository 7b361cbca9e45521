"""An archive in Azure Blob storage: the append blobs of diagnostic settings, read range by range."""

import contextlib
import datetime as dt
import itertools
from collections.abc import Iterator
from typing import Any, Final

from azure.core import MatchConditions
from azure.core.exceptions import AzureError, ResourceModifiedError
from azure.storage.blob import BlobClient, BlobPrefix, BlobProperties, ContainerClient

from dayseal.clouds.azure.blob_stream import BlobStream, Block, EmptyStream
from dayseal.clouds.azure.blobs import UNREADABLE, open_container_client
from dayseal.clouds.azure.places import ArchivePlace
from dayseal.clouds.azure.refusals import access_error, missing_of
from dayseal.clouds.azure.session import Access, Sessions
from dayseal.errors import AccessError, NotFoundError
from dayseal.model import ArchiveObject, DayLayout, Listing, batch_day_of_key, day_folders
from dayseal.model.route import Call, Missing
from dayseal.once import Once
from dayseal.ports import ByteSource

AUDIT_CONTAINERS: Final = ("insights-logs-kube-audit", "insights-logs-kube-audit-admin")
_SHOWN: Final = ["versions", "deleted", "immutabilitypolicy", "legalhold", "metadata"]
_GONE: Final = "BlobNotFound"  # a 404 about the container, or by somebody in between, is no absence
_NO_CONTAINER: Final = "ContainerNotFound"
_ARCHIVED: Final = "BlobArchived"


class BlobArchive:
    """Port `ArchiveReader` on a container, every version of a blob an object; keys are relative to its prefix.

    A place without a container is several containers of one account (`containers`, else the two of the audit log);
    keys then begin with the container's name, and one that does not exist holds nothing. The hour in a blob's name is
    the one in which Azure Monitor received its records. It can be pickled: a worker process gets in by itself.
    """

    def __init__(self, access: Access, place: ArchivePlace, containers: tuple[str, ...] = ()) -> None:
        self._access = access
        self._place = place
        self._containers = containers
        self._sessions = Sessions(access)
        self._clients: Once[str, ContainerClient] = Once()

    def __reduce__(self) -> tuple[type["BlobArchive"], tuple[Access, ArchivePlace, tuple[str, ...]]]:
        return BlobArchive, (self._access, self._place, self._containers)

    @property
    def uri(self) -> str:
        """The archive's address: `az://account/container/prefix`."""
        return self._place.uri

    def list_day(self, day: dt.date) -> Listing:
        """Give every version whose batch day is `day`: by the date in its name, else by when it was made.

        A name without a live blob is reported as under a delete marker: it was deleted, whether or not soft delete
        or a version still keeps it. Snapshots are not looked at.

        Raises:
            AccessError: a page was refused, or there is no container: never a shorter list.
        """
        objects: list[ArchiveObject] = []
        hidden: list[str] = []
        absent: list[AccessError] = []
        containers = self._listed()
        for container in containers:
            try:
                with self._asking("blobs.list", "" if self._place.container else container):
                    blobs = sorted(self._blobs(container, day), key=_place_of)
                    for name, group in itertools.groupby(blobs, key=lambda blob: str(blob.name)):
                        versions = list(group)
                        objects += [self._object(container, blob) for blob in versions if not blob.deleted]
                        if not any(map(_is_live, versions)):
                            hidden.append(self._key(container, name))
            except _NoContainerError as exc:
                absent.append(exc)
        if len(absent) == len(containers):
            raise absent[0]
        return Listing(tuple(sorted(objects)), delete_markers=tuple(sorted(hidden)))

    def with_locks(self, listing: Listing) -> Listing:
        """Give the same listing: it shows each blob's own lock and hold; a container's policy lies above them."""
        return listing

    def find(self, key: str, version: str) -> ArchiveObject | None:
        """Give one version with its own lock as it is now, or None when it is gone."""
        try:
            with self._asking("blobs.get", key, version):
                found = self._blob(key).get_blob_properties(**_of(version))
                found.version_id = version or None
                return self._object(self._split(key)[0], found)
        except NotFoundError:
            return None

    @contextlib.contextmanager
    def open(self, found: ArchiveObject, start: int = 0, end: int | None = None) -> Iterator[ByteSource]:
        """Open the stored bytes `[start, end)` of exactly that version, all of one state of it.

        A blob that grows meanwhile gives the same bytes; one that is changed in any other way is not read on.

        Raises:
            NotFoundError: it is gone.
            AccessError: it was refused, or cannot be read to its end.
        """
        stop = found.size if end is None else min(end, found.size)
        if start >= stop:
            if not found.size and self.find(found.key, found.version) is None:
                raise self._gone(found.key, found.version)
            yield EmptyStream()  # there is no range of no bytes
            return
        name = f"{self.uri}{found.key}"
        yield BlobStream(lambda a, b, tag: self._fetch(found, a, b, tag), name, start=start, stop=stop)

    def _fetch(self, found: ArchiveObject, start: int, stop: int, etag: str) -> Block | None:
        asked: dict[str, Any] = {"max_concurrency": 1, "decompress": False, **_of(found.version)}
        if etag:
            asked |= {"etag": etag, "match_condition": MatchConditions.IfNotModified}
        with self._asking("blobs.get", found.key, found.version):
            try:
                loader = self._blob(found.key).download_blob(start, stop - start, **asked)
                return Block(loader.readall(), _tag_of(loader.properties))
            except ResourceModifiedError:
                return None

    def _blobs(self, container: str, day: dt.date) -> list[BlobProperties]:
        beside: list[BlobProperties] = []  # what lies in folders that are no part of a date

        def folders(prefix: str) -> tuple[str, ...]:
            found = list(self._client(container).walk_blobs(name_starts_with=prefix, include=_SHOWN, delimiter="/"))
            beside.extend(one for one in found if not isinstance(one, BlobPrefix))
            return tuple(sorted({str(one.name) for one in found if isinstance(one, BlobPrefix)}))

        days = day_folders(self._place.prefix, day, folders, DayLayout.NAMED)
        listed = [self._client(container).list_blobs(name_starts_with=at, include=_SHOWN) for at in days]
        every = (one for one in itertools.chain(beside, *listed) if not _is_folder(one))
        return [one for one in every if self._day_of(container, one) == day]

    def _object(self, container: str, blob: BlobProperties) -> ArchiveObject:
        key = self._key(container, str(blob.name))
        mode, until = _lock_of(blob)
        written = blob.last_modified.astimezone(dt.UTC)
        return ArchiveObject(key, blob.version_id or "", int(blob.size), written, mode, until)

    def _day_of(self, container: str, blob: BlobProperties) -> dt.date:
        # An append blob is modified for as long as it grows: only when it was made is one moment for ever.
        named = batch_day_of_key(self._key(container, str(blob.name)))
        return named or blob.creation_time.astimezone(dt.UTC).date()

    def _listed(self) -> tuple[str, ...]:
        return (self._place.container,) if self._place.container else self._containers or AUDIT_CONTAINERS

    def _key(self, container: str, name: str) -> str:
        relative = name.removeprefix(self._place.prefix)
        return relative if self._place.container else f"{container}/{relative}"

    def _split(self, key: str) -> tuple[str, str]:
        if self._place.container:
            return self._place.container, self._place.prefix + key
        container, _, name = key.partition("/")
        return container, self._place.prefix + name

    def _blob(self, key: str) -> BlobClient:
        container, name = self._split(key)
        return self._client(container).get_blob_client(name)

    def _client(self, container: str) -> ContainerClient:
        return self._clients.get(
            container, lambda: open_container_client(self._sessions, self._place.account, container)
        )

    @contextlib.contextmanager
    def _asking(self, operation: str, key: str, version: str = "") -> Iterator[None]:
        """Turn what Blob storage refuses, and what its client makes of answers that are none, into errors of ours."""
        call = Call("storage", operation, f"{self.uri}{key}")
        try:
            yield
        except AzureError as exc:
            code, missing = _code(exc), missing_of(exc, call)
            if code == _GONE:
                raise self._gone(key, version) from exc
            if code == _NO_CONTAINER:
                raise _NoContainerError(missing) from exc
            if code == _ARCHIVED:
                raise AccessError(
                    missing.text, hint="its tier is Archive: az storage blob set-tier --tier Cool"
                ) from exc
            raise access_error(missing) from exc
        except UNREADABLE as exc:
            raise AccessError(
                f"{call.text} on {call.resource}: no answer that can be read ({type(exc).__name__})"
            ) from exc

    def _gone(self, key: str, version: str) -> NotFoundError:
        return NotFoundError(f"{key!r}: version {version or 'current'} is gone from {self.uri}")


class _NoContainerError(AccessError):
    """There is no such container."""

    def __init__(self, missing: Missing) -> None:
        super().__init__(missing.text, hint="Azure Monitor makes it with the first records")


def _of(version: str) -> dict[str, Any]:
    return {"version_id": version} if version else {}


def _tag_of(found: BlobProperties) -> str:
    if not found.etag:
        raise ValueError("no ETag, by which further reads are held to this state")
    return str(found.etag)


def _code(exc: AzureError) -> str:
    code = getattr(exc, "error_code", "")
    return str(getattr(code, "value", code) or "")


def _place_of(blob: BlobProperties) -> tuple[str, str]:
    return str(blob.name), blob.version_id or ""


def _is_live(blob: BlobProperties) -> bool:
    return not blob.deleted and (blob.version_id is None or bool(blob.is_current_version))


def _is_folder(blob: BlobProperties) -> bool:
    """Say whether it stands for a folder of a hierarchical account; what holds bytes is never passed by."""
    return not blob.size and (blob.metadata or {}).get("hdi_isfolder") == "true"


def _lock_of(blob: BlobProperties) -> tuple[str, dt.datetime | None]:
    """Give the blob's own lock; a hold is named where there is none, it has no end."""
    mode, until = blob.immutability_policy.policy_mode, blob.immutability_policy.expiry_time
    if mode and until is not None:
        return str(getattr(mode, "value", mode)).capitalize(), until
    return "LegalHold" if blob.has_legal_hold else "", None
