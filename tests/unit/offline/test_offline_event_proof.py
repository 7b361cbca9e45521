"""Verifying one event: what holds, what it rests on, and that nothing of the file may change."""

import dataclasses
import datetime as dt
import functools
import io
from collections.abc import Callable

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dayseal.errors import DaysealError, FormatError
from dayseal.evidence import EventProof, build_event_proof, encode_event_proof, parse_event_proof
from dayseal.model import TreeHead, Verdict
from dayseal.notes import TrustPolicy
from dayseal.offline import EventVerification, FreshnessState, verify_event_proof
from support.ledger_story import Story, told_story
from support.story_parts import CLUSTER, NOON, POLICY, WITNESSED, day, records

_COSIGNED = int(NOON.timestamp()) - 3600


@functools.cache
def proof(*, cosigned_at: int | None = None, old_sizes: tuple[int, ...] = ()) -> EventProof:
    """Prove the second record of the first object of the story's first day."""
    reader = told_story().reader(cosigned_at=cosigned_at)
    reader.state()  # the story keeps no look-up files: days come from the entries
    recorded = reader.day(CLUSTER, day(0))[-1]
    return build_event_proof(reader, recorded, 0, io.BytesIO(records(0)), 1, old_sizes=old_sizes)


def verify(
    found: EventProof | bytes, policy: TrustPolicy = POLICY, *, since: bytes | None = None, as_of: dt.datetime = NOON
) -> EventVerification:
    """Verify a proof or its bytes."""
    data = found if isinstance(found, bytes) else encode_event_proof(found)
    return verify_event_proof(data, policy, since=since, as_of=as_of)


def refusal(found: EventProof) -> str:
    """Give what verification says against a proof; it must say something, and give no event."""
    checked = verify(found)
    assert checked.verification.verdict is Verdict.FAIL
    assert checked.event is None
    return checked.verification.problems[0]


def test_a_sound_proof_gives_the_event() -> None:
    """All nine steps hold, and the bytes shown are the ones proved."""
    checked = verify(proof())
    assert [step.verdict for step in checked.verification.steps].count(Verdict.PASS) == 8
    assert checked.verification.verdict is Verdict.PASS
    assert checked.event is not None
    assert checked.event.record == records(0).splitlines()[1]
    assert (checked.event.cluster, checked.event.day, checked.event.revision) == (CLUSTER, day(0), 1)


def test_without_witness_or_since_freshness_is_unproven() -> None:
    """Nothing in the file can show that there is nothing newer."""
    checked = verify(proof()).verification
    assert checked.freshness.state is FreshnessState.UNPROVEN
    assert any("freshness" in text for text in checked.steps[1].not_shown)


def test_a_file_reads_back_as_it_was_built() -> None:
    """The file carries all of the proof and nothing else."""
    assert parse_event_proof(encode_event_proof(proof(old_sizes=(3, 5)))) == proof(old_sizes=(3, 5))


def test_another_record_is_refused() -> None:
    """The record's leaf is bound to its object."""
    other = dataclasses.replace(proof().record, record=records(0).splitlines()[0])
    found = refusal(dataclasses.replace(proof(), record=other))
    assert found.startswith("V9: record 1: not in 2026-11-20/a.log as it was digested")


def test_another_context_is_refused() -> None:
    """Context and record are one leaf: a record cannot be given another origin."""
    found = dataclasses.replace(proof(), record=dataclasses.replace(proof().record, context=b"{}"))
    assert refusal(found).startswith("V9: ")


def test_bytes_cannot_move_between_context_and_record() -> None:
    """The leaf says where the context ends."""
    sound = proof().record
    moved = dataclasses.replace(sound, context=sound.record[:1], record=sound.record[1:])
    assert refusal(dataclasses.replace(proof(), record=moved)).startswith("V9: ")


def test_another_descriptor_is_refused() -> None:
    """The object's descriptor is bound to the signed day root."""
    sound = proof().descriptor
    other = dataclasses.replace(sound, descriptor=msgspec.structs.replace(sound.descriptor, key="2026-11-20/b.log"))
    found = refusal(dataclasses.replace(proof(), descriptor=other))
    assert found.startswith("V8: 2026-11-20/b.log: not in the manifest")


@pytest.mark.parametrize("dropped", [0, 1, 2])
def test_no_root_entry_may_be_left_out(dropped: int) -> None:
    """Genesis and every delegation are counted by the roll-call in the proof."""
    entries = tuple(entry for entry in proof().entries if entry.index != dropped)
    assert refusal(dataclasses.replace(proof(), entries=entries)).startswith("V5: ")


def test_an_entry_that_the_proof_does_not_need_is_refused() -> None:
    """Whatever is in the file must be there for a reason."""
    reader = told_story().reader()
    extra = dataclasses.replace(proof().entries[0], index=3, envelope=reader.entry(3), path=reader.inclusion(3))
    entries = tuple(sorted((*proof().entries, extra), key=lambda entry: entry.index))
    assert "one and no needless entry promised" in refusal(dataclasses.replace(proof(), entries=entries))


def test_an_old_head_in_the_proof_is_verified_even_when_nobody_asks() -> None:
    """A path that nobody checks would be free text."""
    sound = proof(old_sizes=(3,))
    old = dataclasses.replace(sound.old_heads[0], head=TreeHead(3, b"\x01" * 32))
    assert refusal(dataclasses.replace(sound, old_heads=(old,))).startswith("V3: ")


def test_growth_from_a_kept_checkpoint_is_proved() -> None:
    """`--since` with a size the proof carries makes it no older than that checkpoint."""
    kept = told_story().checkpoint(5)
    checked = verify(proof(old_sizes=(5,)), since=kept).verification
    assert checked.verdict is Verdict.PASS
    assert checked.freshness.state is FreshnessState.SINCE


def test_a_witness_proves_freshness_and_the_event_stays_proved_when_it_gets_old() -> None:
    """What was recorded once stays recorded; only newness ages."""
    sound = proof(cosigned_at=_COSIGNED)
    fresh, stale = verify(sound, WITNESSED), verify(sound, WITNESSED, as_of=NOON + dt.timedelta(days=90))
    assert fresh.verification.freshness.state is FreshnessState.PROVEN
    assert stale.verification.freshness.state is FreshnessState.STALE
    assert stale.verification.verdict is Verdict.PASS


def test_a_proof_without_the_quorum_is_provisional() -> None:
    """Not knowing is not passing."""
    checked = verify(proof(), WITNESSED).verification
    assert checked.verdict is Verdict.UNKNOWN
    assert "provisional: quorum w1 has not cosigned it" in checked.steps[1].not_shown


def test_another_spelling_of_the_file_is_refused() -> None:
    """One proof has one file."""
    data = encode_event_proof(proof())
    for changed in (data + b"\n", b" " + data, data.replace(b'"index":0', b'"index":0.0', 1), data[:-1]):
        with pytest.raises(FormatError):
            parse_event_proof(changed)


@given(st.binary(max_size=200) | st.text(max_size=80).map(str.encode))
def test_garbage_is_a_format_error(data: bytes) -> None:
    """Whatever somebody sends, the reader answers in one way."""
    with pytest.raises(FormatError):
        parse_event_proof(data)


def smallest_proof() -> EventProof:
    """Prove a record of the shortest ledger that can hold one: no recorder, so no roll-call."""
    story = Story(with_recorder=False)
    story.enrol()
    story.seal(0, [("a", records(0))])
    reader = story.reader()
    reader.state()
    return build_event_proof(reader, reader.day(CLUSTER, day(0))[0], 0, io.BytesIO(records(0)), 1)


@pytest.mark.parametrize("build", [smallest_proof, pytest.param(proof, marks=pytest.mark.slow)])
def test_every_single_bit_of_a_proof_counts(build: Callable[[], EventProof]) -> None:
    """Issue, item 8: all bits. Our own proofs have no signature lines by unknown keys, so there is no exception."""
    data = encode_event_proof(build())
    assert verify(data).verification.verdict is Verdict.PASS
    accepted = []
    for at in range(len(data) * 8):
        changed = bytearray(data)
        changed[at // 8] ^= 1 << at % 8
        try:
            checked = verify_event_proof(bytes(changed), POLICY, since=None, as_of=NOON)
        except DaysealError:
            continue
        if checked.verification.verdict is not Verdict.FAIL or checked.event is not None:
            accepted.append(at)
    assert accepted == []
