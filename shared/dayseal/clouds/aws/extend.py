"""The yearly job on a ledger's bucket: its versions with their locks, and setting longer ones."""

import concurrent.futures
import dataclasses
from collections.abc import Sequence
from typing import Any, Final

import boto3
from botocore.client import BaseClient
from botocore.exceptions import BotoCoreError, ClientError

from dayseal.checks.lock_extension import LockedVersion, LockExtension
from dayseal.clouds.aws.refusals import access_error
from dayseal.clouds.aws.session import Access
from dayseal.model.route import Call

_THREADS: Final = 16
_MODE: Final = "COMPLIANCE"


@dataclasses.dataclass(frozen=True, slots=True)
class PageStart:
    """Where a page of a listing starts: after this version of this key, as S3 names them."""

    key: str
    version: str


@dataclasses.dataclass(frozen=True, slots=True)
class LockPage:
    """Some versions with their locks, and where the next page starts, None behind the last."""

    versions: tuple[LockedVersion, ...]
    following: PageStart | None


class S3Locks:
    """The locks of everything in `bucket` below `prefix`; `client` is a boto3 client of S3."""

    def __init__(self, client: BaseClient, bucket: str, prefix: str = "", *, threads: int = _THREADS) -> None:
        self._client = client
        self._bucket = bucket
        self._root = f"{prefix.strip('/')}/" if prefix.strip("/") else ""
        self._threads = threads

    @classmethod
    def enter(cls, access: Access, bucket: str, prefix: str = "") -> "S3Locks":
        """Look with the access's own credentials; nothing is asked yet."""
        # Not the lean models of other clients, which know no call that changes a lock.
        whole = dataclasses.replace(access, open_session=boto3.Session)
        return cls(whole.open_client("s3"), bucket, prefix)

    def page(self, after: PageStart | None = None) -> LockPage:
        """Give the versions of one page of a listing (at most 1,000), in key order, and where the next one starts.

        Delete markers are left out: nothing can lock them.

        Raises:
            AccessError: denied, or no answer.
        """
        start = {} if after is None else {"KeyMarker": after.key, "VersionIdMarker": after.version}
        try:
            found = self._client.list_object_versions(Bucket=self._bucket, Prefix=self._root, **start)
        except (ClientError, BotoCoreError) as exc:
            raise access_error(exc, self._call("ListObjectVersions", self._root)) from exc
        with concurrent.futures.ThreadPoolExecutor(self._threads) as pool:
            versions = tuple(pool.map(self._look, found.get("Versions") or ()))
        if not found.get("IsTruncated"):
            return LockPage(versions, None)
        return LockPage(versions, PageStart(found["NextKeyMarker"], found["NextVersionIdMarker"]))

    def extend(self, extensions: Sequence[LockExtension]) -> None:
        """Set every lock of a plan, in COMPLIANCE mode; S3 refuses to shorten one.

        Raises:
            AccessError: denied, or no answer; some may have been set, a new plan says which are left.
        """
        with concurrent.futures.ThreadPoolExecutor(self._threads) as pool:
            for _ in pool.map(self._set, extensions):
                pass

    def _look(self, item: dict[str, Any]) -> LockedVersion:
        key, version = item["Key"], item["VersionId"]
        try:
            found = self._client.head_object(Bucket=self._bucket, Key=key, VersionId=version)
        except (ClientError, BotoCoreError) as exc:
            raise access_error(exc, self._call("HeadObject", key)) from exc
        firm = found.get("ObjectLockMode") == _MODE
        until = found.get("ObjectLockRetainUntilDate") if firm else None
        return LockedVersion(key.removeprefix(self._root), version, until)

    def _set(self, extension: LockExtension) -> None:
        key = self._root + extension.key
        try:
            self._client.put_object_retention(
                Bucket=self._bucket,
                Key=key,
                VersionId=extension.version,
                Retention={"Mode": _MODE, "RetainUntilDate": extension.until},
                ChecksumAlgorithm="SHA256",
            )
        except (ClientError, BotoCoreError) as exc:
            raise access_error(exc, self._call("PutObjectRetention", key)) from exc

    def _call(self, operation: str, key: str) -> Call:
        return Call("s3", operation, f"s3://{self._bucket}/{key}")
