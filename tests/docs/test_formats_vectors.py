"""The worked vectors of the format pages are what the real code gives."""

import io
import re

import pytest

from architecture.sources import ROOT
from dayseal.audit.formats.anomalies import AnomalyKind
from dayseal.audit.formats.shapes import Shape
from dayseal.codec import sha256_hex
from dayseal.digest.manifest import Manifest, descriptor_leaf, extend_manifest, first_manifest
from dayseal.digest.objects import digest_object
from dayseal.digest.records import read_records
from dayseal.digest.tally import encode_tally
from dayseal.merkle import leaf_hash
from dayseal.merkle.proofs import consistency_path
from dayseal.model import ObjectDescriptor

_FOLDER = ROOT / "docs" / "formats"
_LOG, _ENVELOPE = "2026-11-22/audit.log", "2026/11/22/blue-1"


def _blocks(page: str) -> list[str]:
    """Give the text of each fenced block after the page's worked vector begins."""
    text = (_FOLDER / page).read_text().partition("## Worked vector")[2]
    return re.findall(r"^```\n(.*?)\n```$", text, re.MULTILINE | re.DOTALL)


def _descriptor(data: bytes, key: str, start: int = 0) -> ObjectDescriptor:
    return digest_object(io.BytesIO(data), key=key, version="", start=start, end=start + len(data)).descriptor


def _manifests() -> tuple[Manifest, Manifest]:
    log, envelope = (block.encode() for block in _blocks("manifest.md")[:2])
    added = b'{"kind":"Event","n":3}\n'
    first = first_manifest([_descriptor(envelope, _ENVELOPE), _descriptor(log + b"\n", _LOG)])
    return first, extend_manifest(first, [_descriptor(added, _LOG, len(log) + 1)])


def test_the_manifest_vector_is_what_the_code_writes() -> None:
    """A second implementation starts from these bytes; a wrong one would cost it days."""
    first, second = _manifests()
    old, new = _blocks("manifest.md")[3:5]
    assert (first.encode(), second.encode()) == (f"{old}\n".encode(), f"{old}\n{new}\n".encode())
    text = (_FOLDER / "manifest.md").read_text()
    for manifest in (first, second):
        assert f"`{manifest.sha256}`" in text
        assert f"`{manifest.day_root().hex()}`" in text
    leaves = [leaf_hash(descriptor_leaf(descriptor)) for descriptor in second.descriptors]
    assert [f"`{step.hex()}`" in text for step in consistency_path(leaves, 2)] == [True]


def test_the_record_vectors_are_what_the_code_hashes() -> None:
    """Context and record are joined with a length, which is easy to get wrong."""
    log, envelope, context = (block.encode() for block in _blocks("manifest.md")[:3])
    records = [*read_records(io.BytesIO(log + b"\n")), *read_records(io.BytesIO(envelope))]
    text = (_FOLDER / "manifest.md").read_text()
    assert [f"`{record.leaf.hex()}`" in text for record in records] == [True, True, True]
    assert (records[2].context, records[2].data) == (context, b'{"kind":"Event","n":4}')
    assert f"{len(context)} bytes, so `len32` is `{len(context):08x}`" in text


def test_the_summary_vector_is_what_the_code_writes() -> None:
    """Rows, their order and their numbers in one line."""
    record, wanted = (block.encode() for block in _blocks("summary.md"))
    ((_, tally),) = digest_object(io.BytesIO(record + b"\n"), key="a", version="").tallies
    text = (_FOLDER / "summary.md").read_text()
    assert encode_tally(tally) == wanted
    assert f"{len(wanted)} bytes with SHA-256 `{sha256_hex(wanted)}`" in text
    assert f"One record of {len(record)} bytes" in text


@pytest.mark.parametrize("name", [*(shape.splitter for shape in Shape), *(kind.value for kind in AnomalyKind)])
def test_every_splitter_and_anomaly_is_written_down(name: str) -> None:
    """A splitter that no page describes cannot be rebuilt when this program is gone."""
    assert f"`{name}`" in (_FOLDER / "splitters.md").read_text()
