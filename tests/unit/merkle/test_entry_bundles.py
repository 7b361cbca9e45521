"""Entry bundles hold exactly their entries, and not one byte more."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dayseal.errors import FormatError
from dayseal.merkle import build_bundles, encode_bundle, leaf_hash, parse_bundle, split_tile
from support.example_ledger import EXAMPLES

_ENTRIES = st.lists(st.binary(max_size=300), max_size=20)


def test_the_worked_example_has_its_tile_and_bundle() -> None:
    """Section 2 gives both for the five entries."""
    tree = EXAMPLES["tree"]
    entries = [entry.encode() for entry in tree["entries"]]
    assert encode_bundle(entries).hex() == tree["bundle"]
    assert parse_bundle(bytes.fromhex(tree["bundle"]), 5) == tuple(entries)
    tile = b"".join(map(leaf_hash, entries))
    assert hashlib.sha256(tile).hexdigest() == tree["tileSha256"]
    assert [value.hex() for value in split_tile(tile, 5)] == tree["leaves"]


@given(_ENTRIES)
def test_a_bundle_reads_back_as_its_entries(entries: list[bytes]) -> None:
    """Entries may be empty, and may hold what looks like a length."""
    assert parse_bundle(encode_bundle(entries), len(entries)) == tuple(entries)


@given(_ENTRIES.filter(bool), st.data())
def test_a_cut_or_longer_bundle_is_refused(entries: list[bytes], data: st.DataObject) -> None:
    """A byte too few or too many means that some entry is not what it was."""
    bundle = encode_bundle(entries)
    cut = data.draw(st.integers(0, len(bundle) - 1))
    with pytest.raises(FormatError):
        parse_bundle(bundle[:cut], len(entries))
    with pytest.raises(FormatError):
        parse_bundle(bundle + b"\x00", len(entries))
    for count in (len(entries) - 1, len(entries) + 1):
        with pytest.raises(FormatError):
            parse_bundle(bundle, count)


def test_an_entry_of_65535_bytes_fits_and_no_larger_one() -> None:
    """Its length has two bytes."""
    largest = bytes(65_535)
    assert parse_bundle(encode_bundle([largest]), 1) == (largest,)
    with pytest.raises(FormatError, match="at most 65535"):
        encode_bundle([largest + b"\x00"])


@given(st.lists(st.integers(0, 300), max_size=4))
def test_bundles_written_in_batches_equal_bundles_written_at_once(batches: list[int]) -> None:
    """The last bundle is read, filled up and written again under its new width."""
    entries = [b"%d" % number for number in range(sum(batches))]
    store: dict[str, bytes] = {}
    size = 0
    for count in batches:
        written = build_bundles(lambda tile: store[tile.bundle_path], size, entries[size : size + count])
        assert not store.keys() & written.keys(), "a bundle is immutable"
        store.update(written)
        size += count
    at_once = build_bundles(lambda tile: store[tile.bundle_path], 0, entries)
    assert store.items() >= at_once.items()


def test_a_partial_bundle_with_other_entries_is_not_built_upon() -> None:
    """Going on from a damaged bundle would carry the damage into every later one."""
    with pytest.raises(FormatError, match="2 entries, 3 promised"):
        build_bundles(lambda _: encode_bundle([b"a", b"b"]), 3, [b"d"])


@pytest.mark.parametrize("size", [0, 31, 33, 64])
def test_a_tile_of_another_length_is_refused(size: int) -> None:
    """A tile of width 1 has exactly 32 bytes."""
    with pytest.raises(FormatError, match="32 promised"):
        split_tile(bytes(size), 1)
