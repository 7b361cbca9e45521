"""The corpora of the benchmark: every shape, the real mix, about the size asked for."""

import gzip
import json
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from dayseal.demo.generator import Shape, write_corpus
from dayseal.errors import UsageError

_DECODER = json.JSONDecoder()


def _firehose(data: bytes) -> Iterator[dict[str, Any]]:
    text, position = data.decode(), 0
    while position < len(text):
        envelope, position = _DECODER.raw_decode(text, position)
        yield from (json.loads(event["message"]) for event in envelope["logEvents"])


def _exported(data: bytes) -> Iterator[dict[str, Any]]:
    for line in data.decode().splitlines():
        at, _, event = line.partition(" ")
        document = json.loads(event)
        assert at == document["stageTimestamp"][:23] + "Z"
        yield document


def _diagnostic(data: bytes) -> Iterator[dict[str, Any]]:
    for line in data.decode().splitlines():
        yield json.loads(json.loads(line)["properties"]["log"])


def _plain(data: bytes) -> Iterator[dict[str, Any]]:
    for line in data.decode().splitlines():
        yield json.loads(line)


_READERS: dict[Shape, Callable[[bytes], Iterator[dict[str, Any]]]] = {
    Shape.EKS_FIREHOSE: _firehose,
    Shape.EKS_FIREHOSE_DOUBLE: lambda data: _firehose(gzip.decompress(data)),
    Shape.EKS_EXPORT: _exported,
    Shape.GKE: _plain,
    Shape.AKS: _diagnostic,
    Shape.PLAIN: _plain,
}


@pytest.mark.parametrize("shape", Shape)
def test_a_corpus_holds_the_records_it_says_in_the_shape_asked_for(shape: Shape, tmp_path: Path) -> None:
    """A benchmark that read fewer records than it thinks would report a speed nobody has."""
    path = tmp_path / "corpus.gz"
    corpus = write_corpus(path, shape, 3, 2)
    records = list(_READERS[shape](gzip.decompress(path.read_bytes())))
    assert len(records) == corpus.records
    assert 1_700_000 < corpus.bytes < 2_300_000
    assert corpus.stored == path.stat().st_size
    assert all("auditID" in one or "insertId" in one for one in records)


def test_a_corpus_has_the_mix_of_a_real_cluster(tmp_path: Path) -> None:
    """Lease-only data is twice as fast to digest: a benchmark on it would flatter."""
    path = tmp_path / "corpus.gz"
    write_corpus(path, Shape.PLAIN, 4, 12)
    counts: Counter[str] = Counter()
    sizes: Counter[str] = Counter()
    for line in gzip.decompress(path.read_bytes()).splitlines():
        event = json.loads(line)
        counts[event["level"]] += 1
        sizes[event["level"]] += len(line)
        counts["leases"] += event.get("objectRef", {}).get("resource") == "leases"
        assert "requestObject" not in event or event["level"] != "Metadata"
        assert "responseObject" not in event or event["level"] == "RequestResponse"
    total = sum(counts[level] for level in sizes)
    assert [round(100 * counts[level] / total) for level in ("Metadata", "Request", "RequestResponse")] == [90, 6, 4]
    assert round(100 * counts["leases"] / total) == 85
    shares = {level: 100 * size / sizes.total() for level, size in sizes.items()}
    assert 60 < shares["Metadata"] < 72
    assert 7 < shares["Request"] < 13
    assert 19 < shares["RequestResponse"] < 28


def test_doubly_compressed_data_is_the_firehose_object_compressed_once_more(tmp_path: Path) -> None:
    """`CompressionFormat=GZIP` wraps the concatenated members in one more member."""
    path = tmp_path / "corpus.gz"
    write_corpus(path, Shape.EKS_FIREHOSE_DOUBLE, 3, 1)
    outer = zlib.decompressobj(31)
    inner = outer.decompress(path.read_bytes())
    assert outer.eof
    assert not outer.unused_data
    first = zlib.decompressobj(31)
    first.decompress(inner)
    assert first.unused_data.startswith(b"\x1f\x8b")


def test_the_same_seed_gives_the_same_corpus(tmp_path: Path) -> None:
    """Two runs of the benchmark compare like with like."""
    for name in ("one", "two"):
        write_corpus(tmp_path / name, "aks", 9, 1)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


@pytest.mark.parametrize(("shape", "megabytes"), [("tar", 1), ("gke", 0)])
def test_an_unknown_shape_or_no_size_is_refused(tmp_path: Path, shape: str, megabytes: int) -> None:
    """A typing error may not silently benchmark something else."""
    with pytest.raises(UsageError):
        write_corpus(tmp_path / "corpus.gz", shape, 1, megabytes)
