"""The log of transparency-dev/tessera as a folder, where the design's vectors are beside this repository."""

from pathlib import Path

import pytest

from dayseal.merkle import build_bundles, build_tiles, leaf_hash, root_from_tiles
from dayseal.notes import TrustPolicy, open_checkpoint, parse_vkey
from support.vector_files import read_vector

_LOG = read_vector("tessera-log/log.json")


@pytest.fixture(scope="module")
def folder(design_folder: Path) -> Path:
    """Give the log's folder."""
    return design_folder / "vectors" / "tlog-tiles-log"


def test_every_checkpoint_of_the_folder_stands_on_its_tiles(folder: Path) -> None:
    """Sixteen signed heads, and the latest once more under its own name."""
    policy = TrustPolicy(logs=(parse_vkey(_LOG["key"]),))
    for size in range(16):
        head = open_checkpoint((folder / f"checkpoint.{size}").read_bytes(), policy).checkpoint.head
        assert head.size == size
        assert root_from_tiles(lambda tile: (folder / tile.path).read_bytes(), size) == head.root
    assert (folder / "checkpoint").read_bytes() == (folder / "checkpoint.15").read_bytes()


def test_our_writer_writes_the_folder(folder: Path) -> None:
    """Byte for byte, each partial tile and bundle included."""
    written: dict[str, bytes] = {}
    for size, word in enumerate(_LOG["entries"]):
        entry = word.encode()
        written.update(build_tiles(lambda tile: written[tile.path], size, [leaf_hash(entry)]))
        written.update(build_bundles(lambda tile: written[tile.bundle_path], size, [entry]))
    found = {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in (folder / "tile").rglob("*")
        if path.is_file()
    }
    assert written == found
