"""Building event proofs: the record is found again, with its context, or nothing is built."""

import gzip
import io
import json

import pytest

from dayseal.errors import DigestError, UsageError
from dayseal.evidence import build_event_proof, encode_event_proof
from dayseal.ledger.reader import LedgerReader
from dayseal.model import Verdict
from dayseal.offline import verify_event_proof
from support.ledger_story import Story, told_story
from support.story_parts import CLUSTER, NOON, POLICY, day, records

_ENVELOPE = {
    "messageType": "DATA_MESSAGE",
    "owner": "111122223333",
    "logGroup": "/aws/eks/prod/cluster",
    "logStream": "kube-apiserver-audit-1",
    "subscriptionFilters": ["all"],
    "logEvents": [
        {"id": str(n), "timestamp": 1_763_632_800_000 + n, "message": line.decode()}
        for n, line in enumerate(records(0).splitlines())
    ],
}
_FIREHOSE = gzip.compress(json.dumps(_ENVELOPE).encode(), mtime=0)


def opened(story: Story) -> LedgerReader:
    """Give a reader that takes days from the entries."""
    reader = story.reader()
    reader.state()
    return reader


def test_a_record_with_a_context_is_proved_with_it() -> None:
    """An EKS record does not say where it came from; its envelope does, and the leaf binds both."""
    story = Story()
    story.enrol()
    story.seal(0, [("2026-11-20/firehose.gz", _FIREHOSE)])
    reader = opened(story)
    proof = build_event_proof(reader, reader.day(CLUSTER, day(0))[0], 0, io.BytesIO(_FIREHOSE), 2)
    assert json.loads(proof.record.context) == {
        "id": "2",
        "logGroup": "/aws/eks/prod/cluster",
        "logStream": "kube-apiserver-audit-1",
        "owner": "111122223333",
        "timestamp": 1_763_632_800_002,
    }
    checked = verify_event_proof(encode_event_proof(proof), POLICY, since=None, as_of=NOON)
    assert checked.verification.verdict is Verdict.PASS
    assert checked.event is not None
    assert (checked.event.record, checked.event.context) == (records(0).splitlines()[2], proof.record.context)


@pytest.mark.parametrize("number", [0, 1, 2])
def test_every_record_of_an_object_can_be_proved(number: int) -> None:
    """Any single event, not only the convenient ones."""
    reader = opened(told_story())
    recorded = reader.day(CLUSTER, day(0))[-1]
    proof = build_event_proof(reader, recorded, 0, io.BytesIO(records(0)), number)
    assert proof.record.record == records(0).splitlines()[number]
    data = encode_event_proof(proof)
    assert verify_event_proof(data, POLICY, since=None, as_of=NOON).verification.verdict is Verdict.PASS


@pytest.mark.parametrize(
    ("at", "number", "message"),
    [
        (0, 3, "record 3 asked, it has 3"),
        (0, -1, "record -1 asked"),
        (2, 0, "object 2 asked, the manifest of the day has 2"),
    ],
)
def test_what_is_not_there_cannot_be_proved(at: int, number: int, message: str) -> None:
    """Misuse, not a refutation."""
    reader = opened(told_story())
    recorded = reader.day(CLUSTER, day(0))[-1]
    with pytest.raises(UsageError, match=message):
        build_event_proof(reader, recorded, at, io.BytesIO(records(0)), number)


@pytest.mark.parametrize("stored", [records(0).replace(b"list", b"exec", 1), records(0)[:-1] + b"\n{}\n", b""])
def test_an_object_that_changed_gives_no_proof(stored: bytes) -> None:
    """The archive no longer holds what was sealed, and the error says so."""
    reader = opened(told_story())
    recorded = reader.day(CLUSTER, day(0))[-1]
    with pytest.raises(DigestError, match="the manifest says"):
        build_event_proof(reader, recorded, 0, io.BytesIO(stored), 1)


def test_a_record_that_names_another_cluster_is_refused() -> None:
    """Objects are shared: this cluster's statement covers the bytes, but does not make the record its own."""
    story = Story()
    story.enrol()
    other = gzip.compress(json.dumps(_ENVELOPE | {"logGroup": "/aws/eks/shop/cluster"}).encode(), mtime=0)
    story.seal(0, [("2026-11-20/firehose.gz", other)])
    reader = opened(story)
    proof = build_event_proof(reader, reader.day(CLUSTER, day(0))[0], 0, io.BytesIO(other), 0)
    checked = verify_event_proof(encode_event_proof(proof), POLICY, since=None, as_of=NOON)
    assert checked.event is None
    assert checked.verification.problems[0].startswith(
        "V9: record 0: it names eks:111122223333::shop:/aws/eks/shop/cluster, the statement is about eks:111122223333"
    )
