"""A log that another program wrote: read whole, and written again byte for byte."""

from typing import Final

import pytest

from dayseal.merkle import (
    TileReader,
    build_bundles,
    build_tiles,
    consistency_from_tiles,
    inclusion_from_tiles,
    leaf_hash,
    parse_bundle,
    parse_bundle_path,
    root_from_tiles,
    verify_consistency,
    verify_inclusion,
)
from dayseal.notes import TrustPolicy, open_checkpoint, parse_vkey
from support.vector_files import read_vector

_LOG: Final = read_vector("tessera-log/log.json")
_FILES: Final = {path: bytes.fromhex(data) for path, data in _LOG["files"].items()}
_POLICY: Final = TrustPolicy(logs=(parse_vkey(_LOG["key"]),))
_HEADS: Final = [open_checkpoint(data.encode(), _POLICY).checkpoint.head for data in _LOG["checkpoints"]]
_ENTRIES: Final = tuple(entry.encode() for entry in _LOG["entries"])
_READ: Final[TileReader] = lambda tile: _FILES[tile.path]  # noqa: E731 - the shortest reader there is


@pytest.mark.parametrize("size", range(16))
def test_each_checkpoint_stands_on_its_tiles(size: int) -> None:
    """Root, entries and inclusion of each entry, for every size that was published."""
    head = _HEADS[size]
    assert head.size == size
    assert root_from_tiles(_READ, size) == head.root
    for index, entry in enumerate(_ENTRIES[:size]):
        path = inclusion_from_tiles(_READ, index, size)
        verify_inclusion(leaf=leaf_hash(entry), index=index, size=size, path=path, root=head.root)


def test_each_checkpoint_follows_from_the_earlier_ones() -> None:
    """All pairs of the 15 sizes that are not empty."""
    for new in _HEADS[1:]:
        for old in _HEADS[1 : new.size + 1]:
            verify_consistency(old=old, new=new, path=consistency_from_tiles(_READ, old.size, new.size))


def test_each_bundle_holds_its_entries() -> None:
    """The width in the path says how many."""
    bundles = [path for path in _FILES if path.startswith("tile/entries/")]
    assert len(bundles) == 15
    for path in bundles:
        width = parse_bundle_path(path).width
        assert parse_bundle(_FILES[path], width) == _ENTRIES[:width]


def test_our_writer_writes_the_same_files() -> None:
    """Fed the same entries one by one, not one byte may differ and no file may be missing."""
    written: dict[str, bytes] = {}
    for size, entry in enumerate(_ENTRIES):
        written.update(build_tiles(lambda tile: written[tile.path], size, [leaf_hash(entry)]))
        written.update(build_bundles(lambda tile: written[tile.bundle_path], size, [entry]))
    assert written == _FILES
