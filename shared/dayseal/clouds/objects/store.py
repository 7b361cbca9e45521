"""A ledger store in a bucket of S3, GCS or Azure.

Objects are read and written through obstore; listings come from the cloud's own SDK. obstore parses every
key it lists and fails on `a//b` or `a/../b`, so that whoever may write anywhere under a prefix could stop
everybody who lists it.
"""

import time
from collections.abc import Callable, Iterator
from typing import Protocol

import obstore

from dayseal.clouds.objects.calls import Bucket, Calls
from dayseal.clouds.objects.dialect import Dialect
from dayseal.errors import AccessError, ExistsError, FormatError, NotFoundError
from dayseal.ledger.layout import CHECKPOINT, check_key
from dayseal.ports import VersionLister


class Listing(VersionLister, Protocol):
    """What a cloud's SDK sees in the bucket: all keys, proper or not, and their versions."""

    def keys(self, prefix: str) -> Iterator[str]:
        """Give every key that starts with `prefix`, in the store's own order."""
        ...


class BucketStore:
    """Port `ObjectStore` in a bucket, whose root the bucket and its listing agree on.

    `versioned` is for buckets that keep versions: everything but `checkpoint` is then read in its oldest
    version, which costs one listing per read and makes a version or a delete marker on top harmless.
    Two copies of one process must not share a store: obstore's threads do not survive a fork.
    """

    def __init__(
        self,
        bucket: Bucket,
        dialect: Dialect,
        listing: Listing,
        *,
        versioned: bool = False,
        wait: Callable[[float], None] = time.sleep,
    ) -> None:
        self._bucket = bucket
        self._listing = listing
        self._versioned = versioned
        self._calls = Calls(bucket, dialect, wait)

    def get(self, key: str, *, max_bytes: int | None = None) -> bytes:
        """Give an object's bytes; see the port."""
        check_key(key)
        version = self._oldest(key) if self._versioned and key != CHECKPOINT else None
        return self._calls.read(key, lambda: self._fetch(key, version, max_bytes))

    def keys(self, prefix: str) -> Iterator[str]:
        """Give the keys under `prefix`, sorted bytewise, names that no ledger uses left out; see the port."""
        last = ""
        for key in self._listing.keys(prefix):
            if key < last:
                raise AccessError(
                    f"listing of {prefix}: {key!a} after {last!a}, bytewise order promised",
                    hint="use a general purpose bucket, or an account without hierarchical namespace",
                )
            last = key
            if _is_key(key):
                yield key

    def create(self, key: str, data: bytes) -> None:
        """Create the object if it is absent; see the port."""
        check_key(key)
        self._calls.write(key, lambda: obstore.put(self._bucket, key, data, mode="create"))

    def replace(self, key: str, data: bytes) -> None:
        """Write the object whether or not it exists; see the port."""
        check_key(key)
        try:
            # In one request: an upload in parts that is cut off leaves parts which nobody sees and all pay for.
            self._calls.write(key, lambda: obstore.put(self._bucket, key, data, use_multipart=False))
        except ExistsError as exc:
            raise AccessError(f"cannot replace {exc}", hint="this bucket forbids it, use checkpoints/") from exc

    def _oldest(self, key: str) -> str:
        for version in self._listing.versions(key):
            if version.key != key:
                break
            if not version.marker:
                return version.version
        raise NotFoundError(f"{key}: no such object")

    def _fetch(self, key: str, version: str | None, max_bytes: int | None) -> bytes:
        found = obstore.get(self._bucket, key, options={"version": version} if version else {})
        size = found.meta["size"]
        if max_bytes is not None and size > max_bytes:  # the body is never read, its connection is closed
            raise FormatError(f"{key}: {size} bytes, at most {max_bytes} promised")
        return bytes(found.bytes())


def _is_key(text: str) -> bool:
    try:
        check_key(text)
    except FormatError:
        return False
    return True
