"""`fsck`, second part: every stored tile and bundle against the leaf hashes that the root vouches for."""

from collections.abc import Iterator, Sequence
from typing import Final

from dayseal.errors import FormatError
from dayseal.ledger.fsck_leaves import Bundle, RawLog, decide_leaves, open_bundle
from dayseal.ledger.layout import CHECKPOINT, TILES
from dayseal.ledger.problems import Findings, ProblemKind
from dayseal.merkle import (
    TILE_WIDTH,
    RootBuilder,
    Tile,
    edge_tile,
    parse_bundle_path,
    parse_tile_path,
    root_of,
)
from dayseal.model import TreeHead
from dayseal.ports import ObjectStore

_LEVELS: Final = 8
_BUNDLES: Final = f"{TILES}entries/"
_Row = list[bytes | None]  # the hashes of one level; None where nothing vouches for any


class CheckedLog:
    """The log under one head, and what in the store contradicts it."""

    def __init__(self, store: ObjectStore, head: TreeHead, found: Findings) -> None:
        self._store = store
        self._head = head
        self._found = found
        self._raw = RawLog(store, head)
        leaves, fits = decide_leaves(self._raw, head.root)
        if not fits:
            message = f"no reading of tiles and bundles makes the signed root of size {head.size}"
            found.add(ProblemKind.ROOT_MISMATCH, CHECKPOINT, message)
        self._rows = _rows(leaves, self._raw)

    def entries(self) -> Iterator[tuple[int, bytes | None]]:
        """Give index and bytes of every entry, None for one that is missing or altered."""
        for tile in self._raw.row(0):
            bundle = self._raw.bundle(tile.index)
            for place in range(tile.width):
                index = tile.index * TILE_WIDTH + place
                good = bundle is not None and bundle.leaves[place] == self._rows[0][index]
                yield index, bundle.entries[place] if bundle is not None and good else None

    def leaves(self, start: int, end: int) -> tuple[bytes | None, ...]:
        """Give the leaf hashes `[start, end)`, None for those that nothing vouches for."""
        return tuple(self._rows[0][start:end])

    def roots_at(self, sizes: Sequence[int]) -> dict[int, bytes]:
        """Give the root the log had at each of these sizes; those that cannot be told are left out."""
        builder, roots = RootBuilder(), {}
        for size in sorted(set(sizes)):
            part = self._rows[0][builder.size : size]
            if size > self._head.size or None in part:
                break
            builder.extend(leaf for leaf in part if leaf is not None)
            roots[size] = builder.root()
        return roots

    def check_tiles(self, sizes: Sequence[int]) -> None:
        """Compare every stored tile and bundle, and find those missing at the head or at published `sizes`."""
        stored = sorted(self._store.keys(TILES))
        for key in stored:
            try:
                tile = parse_bundle_path(key) if key.startswith(_BUNDLES) else parse_tile_path(key)
            except FormatError as exc:
                self._found.add(ProblemKind.TILE_ALTERED, key, str(exc))
            else:
                self._check_stored(key, tile)
        there = frozenset(stored)
        needed = [tile for level in range(_LEVELS) for tile in self._raw.row(level)]
        needed += [edge for size in sizes for level in range(_LEVELS) if (edge := edge_tile(level, size))]
        for path, full in dict.fromkeys(pair for tile in needed for pair in _paths(tile)):
            if path not in there and full not in there:
                message = f"missing, a log of {self._head.size} entries has it"
                self._found.add(ProblemKind.TILE_MISSING, path, message)

    def _check_stored(self, key: str, tile: Tile) -> None:
        row = self._rows[tile.level] if tile.level < len(self._rows) else []
        promised = row[tile.index * TILE_WIDTH :][: tile.width]
        if len(promised) < tile.width:
            self._found.note(f"{key}: beyond the newest checkpoint, of a commit under way")
            return
        data = self._store.get(key)
        if key.startswith(_BUNDLES):
            self._check_bundle(key, tile, data, promised)
        elif None not in promised and data != b"".join(hash_ for hash_ in promised if hash_ is not None):
            self._found.add(ProblemKind.TILE_ALTERED, key, "its hashes are not those under the signed root")

    def _check_bundle(self, key: str, tile: Tile, data: bytes, promised: _Row) -> None:
        widest = self._raw.bundle(tile.index)
        if widest and _is_prefix(data, widest, tile.width):
            leaves: Sequence[bytes] = widest.leaves[: tile.width]  # hashed once for all partial bundles
        else:
            bundle = open_bundle(data, tile.width)
            if bundle is None or len(data) != sum(len(e) + 2 for e in bundle.entries):
                self._found.add(ProblemKind.TILE_ALTERED, key, f"no bundle of {tile.width} entries")
                return
            leaves = bundle.leaves
        for index, (leaf, due) in enumerate(zip(leaves, promised, strict=True), start=tile.index * TILE_WIDTH):
            if due is not None and leaf != due:
                self._found.add(ProblemKind.ENTRY_ALTERED, key, f"entry {index} is not the one under the signed root")


def _is_prefix(data: bytes, widest: Bundle, width: int) -> bool:
    size = sum(len(entry) + 2 for entry in widest.entries[:width])
    return len(data) == size and widest.data.startswith(data)


def _paths(tile: Tile) -> list[tuple[str, str]]:
    paths = [(tile.path, tile.full.path)]
    return [*paths, (tile.bundle_path, tile.full.bundle_path)] if tile.level == 0 else paths


def _rows(leaves: Sequence[tuple[bytes, ...] | None], raw: RawLog) -> list[_Row]:
    row: _Row = [leaf for part, tile in zip(leaves, raw.row(0), strict=True) for leaf in (part or (None,) * tile.width)]
    rows = [row]
    while len(row) >= TILE_WIDTH:
        row = [_parent(row[start : start + TILE_WIDTH]) for start in range(0, len(row) - TILE_WIDTH + 1, TILE_WIDTH)]
        rows.append(row)
    return rows


def _parent(hashes: _Row) -> bytes | None:
    whole = [hash_ for hash_ in hashes if hash_ is not None]
    return root_of(whole) if len(whole) == len(hashes) else None
