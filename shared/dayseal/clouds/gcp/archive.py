"""An archive that is a Cloud Storage bucket, read generation by generation."""

import contextlib
import datetime as dt
from collections.abc import Iterator
from typing import Any, Final

from google.api_core.exceptions import GoogleAPIError, NotFound
from google.auth.exceptions import GoogleAuthError
from google.cloud.storage import Blob, Client
from google.cloud.storage.retry import DEFAULT_RETRY
from requests import RequestException

from dayseal.clouds.gcp.object_stream import EmptyStream, ObjectStream
from dayseal.clouds.gcp.places import ArchivePlace
from dayseal.clouds.gcp.refusals import Refusal, access_error, missing_of
from dayseal.clouds.gcp.session import Access, Sessions
from dayseal.errors import AccessError, NotFoundError
from dayseal.model import ArchiveObject, DayLayout, Listing, batch_day_of_key, day_folders
from dayseal.model.route import Call
from dayseal.once import Once
from dayseal.ports import ByteSource

_TIMEOUT_S: Final = (5, 60)
_PATIENCE_S: Final = 30.0
_ROW: Final = (
    "name,generation,size,timeCreated,timeDeleted,retention,retentionExpirationTime,temporaryHold,eventBasedHold"
)
_BUCKET_POLICY: Final = "BucketPolicy"
_REFUSALS: Final = (GoogleAPIError, GoogleAuthError, RequestException)


class GcsArchive:
    """Port `ArchiveReader` on a bucket; keys are relative to the place's prefix, every generation is an object.

    `logs` are the log ids a sink writes (`cloudaudit.googleapis.com/activity`): with them a day is found by its
    folders, and what lies elsewhere is not looked at; without any, the bucket's folders are walked through, which
    costs a few listings more for each log. It can be pickled: a worker process gets in by itself.
    """

    def __init__(self, access: Access, place: ArchivePlace, logs: tuple[str, ...] = ()) -> None:
        self._access = access
        self._place = place
        self._logs = logs
        self._sessions = Sessions(access)
        self._clients: Once[None, Client] = Once()
        self._retry = DEFAULT_RETRY.with_delay(initial=0.25).with_timeout(_PATIENCE_S)

    def __reduce__(self) -> tuple[type["GcsArchive"], tuple[Access, ArchivePlace, tuple[str, ...]]]:
        return GcsArchive, (self._access, self._place, self._logs)

    @property
    def uri(self) -> str:
        """The archive's address: `gs://bucket/prefix`."""
        return self._place.uri

    def list_day(self, day: dt.date) -> Listing:
        """Give every generation whose batch day is `day`: by the date in its name, else by when it was stored.

        Addenda (`..._A0:1700000000.json`) lie in the folder of their batch day, however late they come. A name
        without a live generation is reported as under a delete marker. Objects in soft delete are not shown.

        Raises:
            AccessError: a page was refused: never a shorter list.
        """
        rows = {(blob.name, blob.generation): blob for blob in self._rows(day)}
        live = {blob.name for blob in rows.values() if blob.time_deleted is None}
        mine = [blob for blob in rows.values() if self._day_of(blob) == day]
        hidden = {self._key(blob.name) for blob in mine if blob.name not in live}
        return Listing(tuple(sorted(map(self._object, mine))), delete_markers=tuple(sorted(hidden)))

    def with_locks(self, listing: Listing) -> Listing:
        """Give the same listing: Cloud Storage's listings show each object's lock."""
        return listing

    def find(self, key: str, version: str) -> ArchiveObject | None:
        """Give one generation with its lock as it is now, or None when it is gone."""
        blob = self._blob(key, version)
        try:
            blob.reload(client=self._client(), projection="noAcl", retry=self._retry, timeout=_TIMEOUT_S)
        except NotFound:
            return None
        except _REFUSALS as exc:
            raise self._refused(exc, "objects.get", key) from exc
        return self._object(blob)

    @contextlib.contextmanager
    def open(self, found: ArchiveObject, start: int = 0, end: int | None = None) -> Iterator[ByteSource]:
        """Open the stored bytes `[start, end)` of exactly that generation; a broken block is fetched again.

        They come as they are stored, also what is marked as gzip. A whole object's CRC32C is verified.

        Raises:
            NotFoundError: it is gone.
            AccessError: it was refused, or cannot be read to its end.
        """
        stop = found.size if end is None else min(end, found.size)
        if start >= stop:
            if not found.size and self.find(found.key, found.version) is None:
                raise self._gone(found)
            yield EmptyStream()  # there is no range of no bytes
            return
        blob = self._blob(found.key, found.version)
        yield ObjectStream(
            lambda a, b: self._fetch(blob, found, a, b),
            lambda: str(blob.crc32c or ""),
            f"{self.uri}{found.key}",
            start=start,
            stop=stop,
            whole=start == 0 and stop == found.size,
        )

    def _fetch(self, blob: Blob, found: ArchiveObject, start: int, stop: int) -> bytes:
        try:
            data: bytes = blob.download_as_bytes(
                client=self._client(),
                start=start,
                end=stop - 1,
                raw_download=True,
                checksum=None,
                retry=self._retry,
                timeout=_TIMEOUT_S,
            )
        except NotFound as exc:
            raise self._gone(found) from exc
        except _REFUSALS as exc:
            raise self._refused(exc, "objects.get", found.key) from exc
        return data

    def _rows(self, day: dt.date) -> Iterator[Blob]:
        root = self._place.prefix
        beside: list[Blob] = []  # what lies in folders that are no part of a date

        def folders(prefix: str) -> tuple[str, ...]:
            blobs, below = self._list(prefix, "/")
            beside.extend(blobs)
            return below

        if self._logs:
            found = tuple(f"{root}{log}/{day:%Y/%m/%d}/" for log in self._logs)
        else:
            found = day_folders(root, day, folders, DayLayout.PLAIN)
        for prefix in found:
            yield from self._list(prefix, "")[0]
        yield from beside

    def _list(self, prefix: str, delimiter: str) -> tuple[list[Blob], tuple[str, ...]]:
        """Give what lies below a prefix; with a delimiter only what lies directly there, and the folders there."""
        listed = self._client().list_blobs(
            self._place.bucket,
            prefix=prefix,
            delimiter=delimiter or None,
            versions=True,
            fields=f"items({_ROW}),prefixes,nextPageToken",
            retry=self._retry,
            timeout=_TIMEOUT_S,
        )
        try:
            blobs = [blob for blob in listed if blob.name.startswith(self._place.prefix)]
        except _REFUSALS as exc:
            raise self._refused(exc, "objects.list", prefix.removeprefix(self._place.prefix)) from exc
        return blobs, tuple(sorted(listed.prefixes))

    def _object(self, blob: Blob) -> ArchiveObject:
        mode, until = _lock_of(blob)
        key, version = self._key(blob.name), str(blob.generation)
        if blob.time_created is None or blob.size is None:
            raise AccessError(f"{self.uri}{key}: no size or time in the answer, both promised")
        return ArchiveObject(key, version, int(blob.size), blob.time_created, mode, until)

    def _day_of(self, blob: Blob) -> dt.date:
        stored: dt.datetime = blob.time_created
        return batch_day_of_key(self._key(blob.name)) or stored.astimezone(dt.UTC).date()

    def _key(self, name: str) -> str:
        return name.removeprefix(self._place.prefix)

    def _blob(self, key: str, version: str) -> Blob:
        generation = int(version) if version else None
        return Blob(self._place.prefix + key, self._client().bucket(self._place.bucket), generation=generation)

    def _client(self) -> Client:
        return self._clients.get(None, self._open_client)

    def _open_client(self) -> Client:
        told = {"api_endpoint": self._access.endpoint, "quota_project_id": self._access.quota_project}
        options = {name: value for name, value in told.items() if value}
        return Client(project=None, credentials=self._sessions.credentials(), client_options=options)

    def _refused(self, exc: Refusal, operation: str, key: str) -> AccessError:
        return access_error(missing_of(exc, Call("storage", operation, f"{self.uri}{key}")))

    def _gone(self, found: ArchiveObject) -> NotFoundError:
        return NotFoundError(f"{found.key!r}: generation {found.version or 'live'} is gone from {self.uri}")


def _lock_of(blob: Any) -> tuple[str, dt.datetime | None]:  # noqa: ANN401 - the SDK's object
    """Give the object's own lock, else the bucket's; a hold is named where there is neither, it has no end."""
    own, expires = blob.retention, blob.retention_expiration_time
    if own.mode and own.retain_until_time is not None:
        return str(own.mode), own.retain_until_time
    if expires is not None:
        return _BUCKET_POLICY, expires
    held = "EventBasedHold" if blob.event_based_hold else "TemporaryHold" if blob.temporary_hold else ""
    return held, None
