"""A head guard in a bucket: one small object, replaced by compare-and-set.

Put it in another bucket, and better another account, than the ledger: it is what shows that the ledger
was rolled back. Under object lock it cannot work, because it is replaced with every commit.
"""

import re
import time
from collections.abc import Callable
from typing import Final

import obstore

from dayseal.clouds.objects.calls import Bucket, Calls
from dayseal.clouds.objects.dialect import Dialect
from dayseal.errors import AccessError, ExistsError, FormatError, NotFoundError, StaleError, TamperError
from dayseal.ledger.guardfile import MAX_GUARD_BYTES, encode_guard, open_guard
from dayseal.model import GuardState

HEAD: Final = "head.json"
_GENERATION: Final = re.compile(r"[1-9][0-9]*\Z", re.ASCII)


class BucketGuard:
    """Port `HeadGuard` as the object `head.json` of a bucket; its tag is the ETag, in GCS the generation."""

    def __init__(self, bucket: Bucket, dialect: Dialect, *, wait: Callable[[float], None] = time.sleep) -> None:
        self._bucket = bucket
        self._dialect = dialect
        self._calls = Calls(bucket, dialect, wait)

    def read(self) -> tuple[GuardState, str] | None:
        """Give the state and its tag; see the port.

        Raises:
            TamperError: the object is malformed.
        """
        try:
            data, tag = self._calls.read("head guard", self._fetch)
            return open_guard(data), tag
        except NotFoundError:
            return None
        except FormatError as exc:
            raise TamperError(str(exc)) from exc

    def create(self, state: GuardState) -> None:
        """Create the register; see the port."""
        data = encode_guard(state)
        self._calls.write("head guard", lambda: obstore.put(self._bucket, HEAD, data, mode="create"))

    def swap(self, tag: str, state: GuardState) -> None:
        """Replace the state if the tag still fits; see the port."""
        data = encode_guard(state)
        by_generation = self._dialect.tag == "version"
        if by_generation and not _GENERATION.match(tag):  # 0 would mean: create it if it is absent
            raise StaleError(f"head guard: {tag!a} is no generation that a guard was read at")
        try:
            if by_generation:
                self._calls.write("head guard", lambda: obstore.put(self._bucket, HEAD, data, mode={"version": tag}))
            else:
                self._calls.write("head guard", lambda: obstore.put(self._bucket, HEAD, data, mode={"e_tag": tag}))
        except ExistsError as exc:
            raise AccessError(f"cannot replace {exc}", hint="keep the head guard in a bucket without a lock") from exc

    def _fetch(self) -> tuple[bytes, str]:
        found = obstore.get(self._bucket, HEAD)
        if found.meta["size"] > MAX_GUARD_BYTES:
            raise FormatError(f"head guard: {found.meta['size']} bytes, at most {MAX_GUARD_BYTES} promised")
        tag = found.meta[self._dialect.tag]
        if not tag:
            raise AccessError(f"head guard: no {self._dialect.tag} from {self._dialect.name}, one promised")
        return bytes(found.bytes()), tag
