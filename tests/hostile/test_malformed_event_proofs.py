"""Event proofs malformed in every way: a clear error or a refuted step, never another exception."""

import functools
import io
import json

import pytest

from dayseal.attest.dsse import sign_envelope
from dayseal.codec import canonical_json, decode_base64
from dayseal.errors import FormatError, RefutedError
from dayseal.evidence import build_event_proof, encode_event_proof
from dayseal.model import Verdict
from dayseal.offline import verify_event_proof
from support.ledger_story import told_story
from support.malformed import malformed_json
from support.story_parts import ATTESTOR, CLUSTER, NOON, POLICY, day, records


@functools.cache
def sound_proof() -> bytes:
    """Give a proof that holds."""
    reader = told_story().reader()
    reader.state()
    recorded = reader.day(CLUSTER, day(0))[-1]
    return encode_event_proof(build_event_proof(reader, recorded, 0, io.BytesIO(records(0)), 1, old_sizes=(3,)))


def refusal(data: bytes) -> str:
    """Give the words by which a proof is refused; "" when it is not."""
    try:
        found = verify_event_proof(data, POLICY, since=None, as_of=NOON)
    except (FormatError, RefutedError) as exc:
        return str(exc)
    if found.verification.verdict is Verdict.FAIL:
        assert found.event is None
        return found.verification.problems[0]
    return ""


def test_the_proof_holds_as_it_is() -> None:
    """Otherwise every change of it would be refused for nothing."""
    assert refusal(sound_proof()) == ""


def test_every_malformed_kind_is_refused_in_words() -> None:
    """Each field left out, renamed, repeated, reordered, of another type, huge, negative, in look-alikes."""
    kinds = dict(malformed_json(sound_proof(), rows=5))
    assert len(kinds) > 500
    accepted = {kind for kind, data in kinds.items() if not refusal(data)}
    # Old heads and the roll-call are an offer: without them less is shown, and verification says so.
    assert accepted == {"consistency is a list", "consistency/0 is left out", "entries/4 is left out"}


def test_a_proof_cut_at_any_byte_is_refused() -> None:
    """A download that broke off, at every length."""
    data = sound_proof()
    assert [size for size in range(len(data)) if not refusal(data[:size])] == []


def malformed_statements() -> list[tuple[str, bytes]]:
    """Give every malformed kind of the statements in the proof's entries, signed all the same."""
    found = []
    for entry in json.loads(sound_proof())["entries"]:
        payload = decode_base64(json.loads(entry["envelope"])["payload"])
        found += [(f"entry {entry['index']}: {kind}", data) for kind, data in malformed_json(payload)]
    return found


@pytest.mark.parametrize("part", range(4))
def test_malformed_statements_in_sound_envelopes_are_refused_in_words(part: int) -> None:
    """What a key holder can sign: the entry is not in the log, and nothing else may happen before that shows."""
    document = json.loads(sound_proof())
    envelopes = []
    for kind, payload in malformed_statements()[part::4]:
        if len(payload) > 40_000:
            continue
        envelope = sign_envelope(payload, [ATTESTOR]).decode("utf-8")
        at = next(n for n, e in enumerate(document["entries"]) if kind.startswith(f"entry {e['index']}:"))
        entries = [*document["entries"]]
        entries[at] = entries[at] | {"envelope": envelope}
        envelopes.append((kind, canonical_json(document | {"entries": entries})))
    assert len(envelopes) > 100
    assert [kind for kind, data in envelopes if not refusal(data)] == []
