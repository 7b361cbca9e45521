import json

import pytest

from dayseal.audit.formats.shapes import HEAD_BYTES, Shape, after_export_time, recognise

ENVELOPE = b'{"messageType":"DATA_MESSAGE","owner":"1","logGroup":"g","logStream":"s","logEvents":[]}'


@pytest.mark.parametrize(
    ("head", "shape"),
    [
        (ENVELOPE, Shape.FIREHOSE),
        (b'{"owner":"1","logGroup":"g"', Shape.FIREHOSE),
        (b"junk" + ENVELOPE, Shape.FIREHOSE),
        (b"2026-11-22T06:00:00.000Z {}", Shape.EXPORT),
        (b"2026-11-22T06:00:00Z {}", Shape.EXPORT),
        (b'{"insertId":"1"', Shape.GKE),
        (b'{"labels":{"kind":"x"},"logName":"y"}', Shape.GKE),
        (b'{"time":"t","resourceId":"/SUB"}', Shape.AKS),
        (b'{"kind": 0}', Shape.KUBE),
        (b'{"annotations":{"a":"{\\"logName\\":1}"},"apiVersion":"v1"}', Shape.KUBE),
        (b'{"metadata":{},"level":"Metadata"}', Shape.KUBE),
        (b'no json\n\n \r\n{"kind":"Event"}', Shape.KUBE),
        (b"", Shape.UNKNOWN),
        (b"{}", Shape.UNKNOWN),
        (b'["kind"]', Shape.UNKNOWN),
        (b'{"a":"kind"}', Shape.UNKNOWN),
        (b'{"a":{"kind":1}}', Shape.UNKNOWN),
        (b"2026-11-22 06:00:00 {}", Shape.UNKNOWN),
        (b"{" * 70_000, Shape.UNKNOWN),
    ],
)
def test_a_shape_is_told_by_the_first_line_that_tells(head: bytes, shape: Shape) -> None:
    """Nobody configures which shape an archive has, and an object's name proves nothing."""
    assert recognise(head) is shape


def test_only_the_head_is_looked_at() -> None:
    """An object is recognised before it is read, in bounded time."""
    assert recognise(b"x" * HEAD_BYTES + b'\n{"kind":"Event"}') is Shape.UNKNOWN


def test_a_splitter_is_named_with_its_version() -> None:
    """A released splitter never changes what it yields, so its version stands in every descriptor."""
    assert {shape.splitter for shape in Shape} == {
        "eks-cloudwatch-firehose/1",
        "eks-cloudwatch-export/1",
        "gke-sink-lines/1",
        "aks-diagnostic-lines/1",
        "kube-apiserver-lines/1",
        "unknown-lines/1",
    }


def test_an_export_line_is_split_after_its_time() -> None:
    """The event is everything after the first space; the line itself is the record."""
    line = b"2026-11-22T06:00:00.000Z " + json.dumps({"kind": "Event"}).encode()
    assert json.loads(line[after_export_time(line) :]) == {"kind": "Event"}
    assert after_export_time(line[1:]) == 0
