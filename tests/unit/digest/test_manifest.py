import hashlib

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from dayseal.digest.manifest import (
    EMPTY_MANIFEST,
    Manifest,
    descriptor_leaf,
    extend_manifest,
    first_manifest,
    open_manifest,
)
from dayseal.errors import FormatError
from dayseal.merkle.proofs import consistency_path, verify_consistency
from dayseal.merkle.tree import leaf_hash
from dayseal.model import ObjectDescriptor, TreeHead


def _descriptor(
    key: str = "a", start: int = 0, end: int = 10, version: str = "", digest: str = "0" * 64
) -> ObjectDescriptor:
    return ObjectDescriptor(
        events=1,
        events_root="1" * 64,
        start=start,
        key=key,
        sha256=digest,
        splitter="unknown-lines/1",
        end=end,
        version=version,
    )


KEYS = st.lists(st.text(max_size=5), unique=True, max_size=6)


@given(KEYS, KEYS)
def test_a_manifest_survives_the_wire_and_only_grows(old: list[str], new: list[str]) -> None:
    """A revision appends, so that the old day root and the new one have a consistency proof."""
    first = first_manifest(_descriptor(key) for key in old)
    grown = extend_manifest(first, (_descriptor(key, version="2") for key in new))
    assert open_manifest(grown.encode()) == grown
    assert grown.descriptors[: len(old)] == first.descriptors
    if old:
        leaves = [leaf_hash(descriptor_leaf(d)) for d in grown.descriptors]
        heads = TreeHead(len(old), first.day_root()), TreeHead(len(leaves), grown.day_root())
        verify_consistency(old=heads[0], new=heads[1], path=consistency_path(leaves, len(old)))


def test_a_descriptor_is_written_as_the_format_says() -> None:
    """Any RFC 8785 library must write the same leaf."""
    fields: dict[str, int | str] = {
        "events": 1,
        "eventsRoot": "1" * 64,
        "from": 0,
        "key": "\u00e9",
        "sha256": "0" * 64,
        "splitter": "unknown-lines/1",
        "to": 10,
        "version": "",
    }
    manifest = first_manifest([_descriptor("\u00e9")])
    assert manifest.encode() == rfc8785.dumps(fields) + b"\n"
    assert manifest.sha256 == hashlib.sha256(manifest.encode()).hexdigest()


def test_order_does_not_depend_on_who_finished_first() -> None:
    """Descriptors arrive as workers finish; the manifest orders them by key, version, from."""
    parts = [_descriptor("b"), _descriptor("a", 10, 20), _descriptor("a"), _descriptor("a", version="2")]
    assert first_manifest(parts) == first_manifest(reversed(parts))
    assert [(d.key, d.version, d.start) for d in first_manifest(parts).descriptors] == [
        ("a", "", 0),
        ("a", "", 10),
        ("a", "2", 0),
        ("b", "", 0),
    ]


@pytest.mark.parametrize(
    "twice",
    [
        (_descriptor(), _descriptor()),
        (_descriptor(end=10), _descriptor(start=9, end=12)),
        (_descriptor(end=0), _descriptor(end=0)),
    ],
)
def test_no_byte_is_described_twice(twice: tuple[ObjectDescriptor, ...]) -> None:
    """A record counted twice would hide one that is missing."""
    with pytest.raises(FormatError):
        Manifest(twice)


@pytest.mark.parametrize(
    "wrong", [_descriptor(start=5, end=4), _descriptor(digest="0" * 63), _descriptor(digest="A" * 64)]
)
def test_a_descriptor_that_cannot_be_is_refused(wrong: ObjectDescriptor) -> None:
    """A manifest is read from a ledger that strangers may have written."""
    with pytest.raises(FormatError):
        Manifest((wrong,))


@pytest.mark.parametrize(
    "data", [b"{}\n", b"\n", descriptor_leaf(_descriptor()), b" " + descriptor_leaf(_descriptor()) + b"\n"]
)
def test_a_manifest_has_one_spelling(data: bytes) -> None:
    """It is named by its hash, so two spellings would be two manifests."""
    with pytest.raises(FormatError):
        open_manifest(data)


def test_no_objects_are_an_empty_file() -> None:
    """A day without data has a manifest too."""
    assert (EMPTY_MANIFEST.encode(), open_manifest(b"")) == (b"", EMPTY_MANIFEST)
