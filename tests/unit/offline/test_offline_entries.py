"""V4 to V6: entries are in the log, their keys were delegated, their signatures hold."""

import dataclasses

from dayseal.attest.dsse import sign_envelope
from dayseal.attest.predicates import ClusterDay
from dayseal.attest.statement import Statement, encode_statement
from dayseal.codec import sha256_hex
from dayseal.ledger.entry import parse_admitted
from dayseal.model import Scope
from dayseal.ports import Signer
from support.bundle_checks import check, problem, sound_bundle, with_entry, without
from support.ledger_story import Story, replaced, told_story
from support.story_parts import ATTESTOR, OTHER, RECORDER, STRANGER, records

_DAY = 4  # the index of the story's first cluster-day


def sealed_by(story: Story, signer: Signer) -> Story:
    """Let the story's next day be signed by another key."""
    story.enrol()
    story.seal(0, [("a", records(0))], signer=signer)
    return story


def test_an_altered_entry_is_not_in_the_log() -> None:
    """One other byte in the signature and the leaf is another one."""
    entry = next(e for e in sound_bundle().entries if e.index == _DAY)
    altered = dataclasses.replace(entry, envelope=entry.envelope.replace(b'"sig":"M', b'"sig":"N'))
    assert altered != entry
    assert problem(with_entry(sound_bundle(), altered)).startswith(f"V4: entry {_DAY}: not in the log of 11 entries")


def test_an_entry_under_another_index_is_not_in_the_log() -> None:
    """Delegations are judged by index, so the index is proved with the entry."""
    entry = next(e for e in sound_bundle().entries if e.index == _DAY)
    moved = with_entry(without(sound_bundle(), _DAY), dataclasses.replace(entry, index=3))
    assert problem(moved).startswith("V4: entry 3: not in the log of 11 entries")


def test_a_key_that_nobody_delegated_is_refused() -> None:
    """The recorder should have refused it; the verifier does not rely on that."""
    assert problem(sealed_by(Story(), STRANGER)).endswith("no delegation names it")


def test_a_key_delegated_for_another_role_is_refused() -> None:
    """A recorder does not attest."""
    assert problem(sealed_by(Story(), RECORDER)).endswith("delegated as recorder, attestor promised")


def test_a_delegation_out_of_scope_is_refused() -> None:
    """A key for one account says nothing about another."""
    story = Story()
    story.delegate("attestor", STRANGER, scope=Scope(("gke",), ("*",)))
    found = problem(sealed_by(story, STRANGER))
    assert found.startswith("V5: entry 5: eks:111122223333:eu-central-1:prod:OIDC1 is outside the scope of attestor")


def test_a_key_granted_later_is_refused() -> None:
    """Keys are judged by the delegations at an entry's index."""
    story = Story()
    story.delegate("attestor", STRANGER, from_index=50)
    assert problem(sealed_by(story, STRANGER)).endswith("not granted yet at entry 5")


def test_a_revoked_key_is_refused_even_when_the_revocation_reaches_back() -> None:
    """The revocation stands behind the entry and names an index before it."""
    story = told_story()
    story.delegate("attestor", ATTESTOR, action="revoke", from_index=_DAY)
    assert problem(story).endswith(f"revoked from entry {_DAY} on, used at entry {_DAY}")


def test_a_revocation_that_is_left_out_shows_in_the_roll_call() -> None:
    """Without it the revoked key would look good."""
    story = told_story()
    index = story.delegate("attestor", ATTESTOR, action="revoke", from_index=2)
    story.roll_call(3)
    found = problem(without(story.bundle(), index))
    assert found.startswith("V5: roll-call 3: 3 delegations under head")
    assert found.endswith("one was left out")


def test_a_delegation_by_a_stranger_is_refused() -> None:
    """Only root keys delegate."""
    story = told_story()
    story.delegate("attestor", STRANGER, by=STRANGER)
    assert "which is not accepted here" in problem(story)


def test_evidence_without_the_genesis_is_refused() -> None:
    """Nothing would tie the log to the pinned root keys."""
    assert problem(without(sound_bundle(), 0)) == "V5: entries: no genesis, entry 0 promised"


def test_a_forged_signature_is_refused() -> None:
    """The envelope names the delegated key, another key signed."""
    story = told_story()
    sound = parse_admitted(story.envelopes[_DAY], subject="entry")
    forged = sign_envelope(encode_statement(sound.statement), [STRANGER])
    name = {key: sha256_hex(key.spki).encode() for key in (STRANGER, ATTESTOR)}
    story.envelopes[_DAY] = forged.replace(name[STRANGER], name[ATTESTOR])
    assert problem(story) == f"V6: entry {_DAY}: the signature is not by key {sha256_hex(ATTESTOR.spki)[:16]}"


def test_an_entry_with_two_signatures_is_refused() -> None:
    """Who said it must be one party."""
    story = told_story()
    sound = parse_admitted(story.envelopes[_DAY], subject="entry")
    story.envelopes[_DAY] = sign_envelope(encode_statement(sound.statement), [ATTESTOR, RECORDER])
    assert problem(story) == f"V5: entry {_DAY}: 2 signatures, one promised"


def test_a_statement_about_another_cluster_does_not_belong_here() -> None:
    """A bundle is about one cluster; other statements in it would be noise that looks like evidence."""
    story = told_story()
    sound = parse_admitted(story.envelopes[_DAY], subject="entry").statement
    assert isinstance(sound.predicate, ClusterDay)
    said = replaced(sound.predicate, cluster=replaced(sound.predicate.cluster, provider=OTHER.provider))
    story.envelopes[_DAY] = sign_envelope(
        encode_statement(Statement(sound.subject_name, sound.subject_sha256, said)), [ATTESTOR]
    )
    bundle = story.bundle(1, 2)
    foreign = dataclasses.replace(
        bundle.entries[0],
        index=_DAY,
        envelope=story.envelopes[_DAY],
        path=story.reader().inclusion(_DAY),
    )
    assert problem(with_entry(bundle, foreign)).startswith(f"V7: entry {_DAY}: about gke:111122223333")


def test_a_sound_bundle_says_what_each_step_rests_on() -> None:
    """Each step but the first names the steps or people it stands on."""
    steps = check(sound_bundle()).verification.steps
    assert [step.number for step in steps] == list(range(1, 10))
    assert all(step.rests_on for step in steps)
    assert all(step.proved for step in steps)
