"""A ledger read through a look-up API: the files of the log, and nothing to believe.

`RemoteStore` is an `ObjectStore`, so everything that reads and verifies a ledger in a bucket does so here too.
"""

import collections
from collections.abc import Iterator
from typing import Final

from dayseal.errors import AccessError, FormatError
from dayseal.ledger.layout import CHECKPOINT, TILES, check_key
from dayseal.lookup.asking import Api

_OBJECTS: Final = ("facts/", "manifests/", "rollcalls/", "summaries/")
_MAX_OBJECT_BYTES: Final = 64 << 20  # what a recorder admits
_MAX_KEPT_BYTES: Final = 128 << 20


class RemoteStore:
    """Port `ObjectStore`, for reading: what the API serves of a ledger. Full entry bundles are kept, up to 128 MiB."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self._kept: collections.OrderedDict[str, bytes] = collections.OrderedDict()

    def get(self, key: str, *, max_bytes: int | None = None) -> bytes:
        """Give an object's bytes; see the port.

        Raises:
            AccessError: the API does not serve such keys.
        """
        check_key(key)
        if key not in self._kept:
            limit = _MAX_OBJECT_BYTES if max_bytes is None else min(max_bytes, _MAX_OBJECT_BYTES)
            data = self._api.get(_path_of(key), max_bytes=limit)
            if not (key.startswith(f"{TILES}entries/") and ".p/" not in key):
                return data
            self._keep(key, data)
        data = self._kept[key]
        if max_bytes is not None and len(data) > max_bytes:
            raise FormatError(f"{key}: {len(data)} bytes, at most {max_bytes} promised")
        return data

    def keys(self, prefix: str) -> Iterator[str]:
        """Refuse: a listing could leave anything out, and nothing would show it.

        Raises:
            AccessError: always.
        """
        raise AccessError(f"{prefix}: a look-up API does not list")

    def create(self, key: str, data: bytes) -> None:
        """Refuse; see `replace`."""
        self.replace(key, data)

    def replace(self, key: str, data: bytes) -> None:
        """Refuse: a look-up API takes nothing in.

        Raises:
            AccessError: always.
        """
        raise AccessError(f"{key}: {len(data)} bytes cannot be written, a look-up API only reads")

    def _keep(self, key: str, data: bytes) -> None:
        self._kept[key] = data
        while sum(map(len, self._kept.values())) > _MAX_KEPT_BYTES and len(self._kept) > 1:
            self._kept.popitem(last=False)


def _path_of(key: str) -> str:
    if key == CHECKPOINT or key.startswith(TILES):
        return f"/{key}"
    if key.startswith(_OBJECTS):
        return f"/objects/{key}"
    raise AccessError(f"{key}: a look-up API does not serve it")
