"""An archive that is an S3 bucket, read version by version."""

import concurrent.futures
import contextlib
import dataclasses
import datetime as dt
from collections.abc import Iterable, Iterator
from typing import Any, Final

from botocore.client import BaseClient
from botocore.exceptions import BotoCoreError, ClientError

from dayseal.clouds.aws.firehose_prefix import prefix_of_day
from dayseal.clouds.aws.object_stream import EmptyStream, ObjectStream
from dayseal.clouds.aws.places import ArchivePlace, Place
from dayseal.clouds.aws.refusals import access_error, code_of
from dayseal.clouds.aws.session import Access, Sessions
from dayseal.errors import NotFoundError
from dayseal.model import ArchiveObject, Listing, batch_day_of_key
from dayseal.model.route import Call
from dayseal.ports import ByteSource

_DAY: Final = dt.timedelta(days=1)
_THREADS: Final = 16
# A delete marker asked for by its own version answers 405.
_GONE: Final = frozenset({"404", "NoSuchKey", "NoSuchVersion", "405", "MethodNotAllowed"})


@dataclasses.dataclass(frozen=True, slots=True)
class _Row:
    key: str
    version: str
    size: int
    at: dt.datetime
    marker: bool
    latest: bool


class S3Archive:
    """Port `ArchiveReader` on a bucket; keys are relative to the place's prefix, every version is an object.

    `layouts` are Firehose prefixes as DescribeDeliveryStream shows them: with them a day is found by its
    folders, without any the whole prefix is listed for it, which is slower and as right. What lies outside of
    every layout is then not looked at. It can be pickled: a worker process gets in by itself.
    """

    def __init__(self, access: Access, place: ArchivePlace, layouts: tuple[str, ...] = ()) -> None:
        self._access = access
        self._place = place
        self._layouts = layouts
        self._sessions = Sessions(access)

    def __reduce__(self) -> tuple[type["S3Archive"], tuple[Access, ArchivePlace, tuple[str, ...]]]:
        return S3Archive, (self._access, self._place, self._layouts)

    @property
    def uri(self) -> str:
        """The archive's address: `s3://bucket/prefix`."""
        return self._place.uri

    def list_day(self, day: dt.date) -> Listing:
        """Give every version whose batch day is `day`: by the date in its key, else by when it was stored.

        S3's listings show no locks: `with_locks` looks at them, and every object that is opened shows its own.

        Raises:
            AccessError: a page was refused: never a shorter list.
        """
        rows = {(row.key, row.version): row for prefix in self._prefixes(day) for row in self._rows(prefix)}
        mine = [row for row in rows.values() if (batch_day_of_key(row.key) or row.at.date()) == day]
        # A marker over a key without a date is of the day of what it hides.
        hidden = {row.key for row in rows.values() if row.marker and row.latest}
        objects = sorted(ArchiveObject(row.key, row.version, row.size, row.at) for row in mine if not row.marker)
        dated = {key for key in hidden if batch_day_of_key(key) == day}
        return Listing(tuple(objects), delete_markers=tuple(sorted(dated | (hidden & {item.key for item in objects}))))

    def with_locks(self, listing: Listing, *, threads: int = _THREADS) -> Listing:
        """Give the same listing with each object's lock, by one request for each object.

        Raises:
            AccessError: a request was refused.
        """
        with concurrent.futures.ThreadPoolExecutor(threads) as pool:
            found = pool.map(lambda item: self.find(item.key, item.version) or item, listing.objects)
            return dataclasses.replace(listing, objects=tuple(found))

    def find(self, key: str, version: str) -> ArchiveObject | None:
        """Give one version with its lock as it is now, or None when it is gone."""
        call = self._call("HeadObject", key)
        try:
            found = self._client().head_object(**self._address(key, version))
        except (ClientError, BotoCoreError) as exc:
            if code_of(exc) in _GONE:
                return None
            raise access_error(exc, call) from exc
        return ArchiveObject(
            key=key,
            version=version,
            size=found["ContentLength"],
            stored_at=found["LastModified"],
            lock_mode=found.get("ObjectLockMode", ""),
            retain_until=found.get("ObjectLockRetainUntilDate"),
        )

    @contextlib.contextmanager
    def open(self, found: ArchiveObject, start: int = 0, end: int | None = None) -> Iterator[ByteSource]:
        """Open the stored bytes `[start, end)` of exactly that version; a broken connection is taken up again.

        A whole object's checksum, where S3 has one, is verified while it is read.

        Raises:
            NotFoundError: it is gone.
            AccessError: it was refused, or cannot be read to its end.
        """
        stop = found.size if end is None else min(end, found.size)
        if start >= stop and found.size:
            yield EmptyStream()  # S3 has no range of no bytes
            return
        stream = ObjectStream(lambda at: self._get(found, at, stop), f"{self.uri}{found.key}", start, stop)
        try:
            yield stream
        finally:
            stream.close()

    def _get(self, found: ArchiveObject, start: int, stop: int) -> Any:  # noqa: ANN401 - botocore's answer
        request = self._address(found.key, found.version)
        if start > 0 or stop < found.size:
            request["Range"] = f"bytes={start}-{stop - 1}"
        try:
            return self._client().get_object(ChecksumMode="ENABLED", **request)
        except (ClientError, BotoCoreError) as exc:
            if code_of(exc) in _GONE:
                raise NotFoundError(
                    f"{found.key!r}: version {found.version or 'current'} is gone from {self.uri}"
                ) from exc
            raise access_error(exc, self._call("GetObject", found.key)) from exc

    def _prefixes(self, day: dt.date) -> tuple[str, ...]:
        """Give the prefixes, in full, that hold all of the day; none lies inside another."""
        wanted = set()
        for layout in self._layouts:
            exact = prefix_of_day(layout, day)
            if batch_day_of_key(self._relative(f"{exact.rstrip('/')}/")) == day:
                wanted.add(exact)
            else:  # the day is in the object's name, and that may be of another time zone than its folder
                wanted |= {prefix_of_day(layout, near) for near in (day - _DAY, day, day + _DAY)}
        kept = wanted or {self._place.prefix}
        return tuple(sorted(p for p in kept if not any(p != other and p.startswith(other) for other in kept)))

    def _rows(self, prefix: str) -> Iterable[_Row]:
        pages = self._client().get_paginator("list_object_versions")
        request = {"Bucket": self._place.bucket, "Prefix": prefix, **self._expected()}
        try:
            for page in pages.paginate(**request):
                for part, marker in (("Versions", False), ("DeleteMarkers", True)):
                    for item in page.get(part) or ():
                        if item["Key"].startswith(self._place.prefix):
                            yield self._row(item, marker=marker)
        except (ClientError, BotoCoreError) as exc:
            raise access_error(exc, Call("s3", "ListObjectVersions", f"s3://{self._place.bucket}/{prefix}")) from exc

    def _row(self, item: dict[str, Any], *, marker: bool) -> _Row:
        key, size = self._relative(item["Key"]), item.get("Size", 0)
        return _Row(key, item["VersionId"], size, item["LastModified"], marker, item["IsLatest"])

    def _relative(self, key: str) -> str:
        return key.removeprefix(self._place.prefix)

    def _address(self, key: str, version: str) -> dict[str, Any]:
        named = {"VersionId": version} if version else {}
        return {"Bucket": self._place.bucket, "Key": self._place.prefix + key, **named, **self._expected()}

    def _expected(self) -> dict[str, str]:
        return {"ExpectedBucketOwner": self._place.account} if self._place.account else {}

    def _client(self) -> BaseClient:
        return self._sessions.client("s3", Place(self._place.account, self._place.region))

    def _call(self, operation: str, key: str) -> Call:
        return Call("s3", operation, f"{self.uri}{key}")
