"""V1 to V3: the policy, the checkpoint, and growth."""

import dataclasses
import datetime as dt

import pytest

from dayseal.evidence import collect_evidence
from dayseal.model import TreeHead, Verdict
from dayseal.notes import TrustPolicy, vkey_of_spki
from dayseal.offline import FreshnessState
from support.bundle_checks import check, problem, sound_bundle
from support.ledger_story import told_story
from support.story_parts import CLUSTER, LOG, NOON, ORIGIN, POLICY, STRANGER, WITNESSED, day

_COSIGNED = int(NOON.timestamp()) - 3600


def first_problem(policy: TrustPolicy) -> str:
    """Give what a verifier with this policy finds first."""
    return check(sound_bundle(), policy).verification.problems[0]


def test_a_policy_without_root_keys_proves_nothing() -> None:
    """A C2SP export of the policy has no roots: nobody could delegate."""
    checked = check(sound_bundle(), dataclasses.replace(POLICY, roots=())).verification
    assert checked.problems == ("V1: trust policy: no root key, at least one promised",)
    assert "--c2sp" in checked.steps[0].hint


def test_a_policy_without_a_log_proves_nothing() -> None:
    """There is no key to hold the checkpoint against."""
    assert first_problem(dataclasses.replace(POLICY, logs=())) == "V1: trust policy: no log key, at least one promised"


def test_a_log_of_another_origin_is_refused() -> None:
    """Evidence of a log that the verifier does not know is evidence of nothing."""
    policy = dataclasses.replace(POLICY, logs=(vkey_of_spki("ledger.example/other", LOG.spki),))
    assert first_problem(policy) == f"V2: checkpoint: of log {ORIGIN}, which the trust policy does not name"


def test_a_checkpoint_by_an_unknown_key_is_refused() -> None:
    """The name alone is no signature."""
    policy = dataclasses.replace(POLICY, logs=(vkey_of_spki(ORIGIN, STRANGER.spki),))
    assert first_problem(policy).startswith("V2: note: none of its 1 signature lines is by a known key")


def test_other_root_keys_are_refused() -> None:
    """The genesis names its roots, the verifier pins them: both must agree."""
    policy = dataclasses.replace(POLICY, roots=(("root", STRANGER.spki),))
    assert first_problem(policy) == "V5: genesis: its root keys are not the pinned ones"


def test_a_bundle_that_a_witness_saw_lately_is_fresh() -> None:
    """The cosignature's time is somebody else's word than the operator's."""
    checked = check(told_story().bundle(cosigned_at=_COSIGNED), WITNESSED).verification
    assert checked.freshness.state is FreshnessState.PROVEN
    assert checked.verdict is Verdict.PASS


def test_a_bundle_that_witnesses_saw_long_ago_says_nothing_of_now() -> None:
    """Entries since then may say otherwise; --as-of asks about the state then."""
    bundle = told_story().bundle(cosigned_at=_COSIGNED)
    checked = check(bundle, WITNESSED, as_of=NOON + dt.timedelta(hours=48)).verification
    assert checked.verdict is Verdict.UNKNOWN
    assert checked.freshness.state is FreshnessState.STALE
    assert checked.freshness.text == (
        "witnesses saw it last at 2026-11-24T11:00:00Z, 49 hours before 2026-11-26T12:00:00Z, at most 48 promised"
    )
    assert checked.steps[1].not_shown == (f"freshness: {checked.freshness.text}",)
    assert "--as-of" in checked.steps[1].hint


def test_asking_about_an_earlier_moment_is_fresh() -> None:
    """A checkpoint seen after the moment asked about holds all that was recorded by then."""
    bundle = told_story().bundle(cosigned_at=_COSIGNED)
    checked = check(bundle, WITNESSED, as_of=NOON - dt.timedelta(hours=2)).verification
    assert checked.freshness.state is FreshnessState.PROVEN


def test_without_witness_and_since_freshness_is_unproven() -> None:
    """Issue, item 8. The verdict stands: the bundle is what it says it is."""
    checked = check(sound_bundle()).verification
    assert (checked.verdict, checked.freshness.state) == (Verdict.PASS, FreshnessState.UNPROVEN)


def test_since_a_checkpoint_of_a_size_the_bundle_carries_growth_is_proved() -> None:
    """What attestors saw gives a bundle many sizes; any kept checkpoint of these sizes can be compared."""
    size = sound_bundle().old_heads[0].head.size
    checked = check(sound_bundle(), since=told_story().checkpoint(size)).verification
    assert (checked.verdict, checked.freshness.state) == (Verdict.PASS, FreshnessState.SINCE)


@pytest.mark.parametrize("size", [0, None])
def test_since_the_empty_log_or_the_same_checkpoint_needs_no_proof(size: int | None) -> None:
    """Every log starts empty; the same head is the same log."""
    assert check(sound_bundle(), since=told_story().checkpoint(size)).verification.steps[2].verdict is Verdict.PASS


def test_a_size_asked_for_when_the_bundle_was_made_is_carried() -> None:
    """`dayseal evidence --since` takes the auditor's own checkpoint."""
    story = told_story()
    bundle = collect_evidence(story.reader(), CLUSTER, day(0), day(2), old_sizes=(1, 2))
    assert {1, 2} <= {old.head.size for old in bundle.old_heads}
    assert check(bundle, since=story.checkpoint(1)).verification.verdict is Verdict.PASS


def test_since_a_size_without_a_proof_stays_open() -> None:
    """Not shown is not refuted, and not passed either."""
    step = check(sound_bundle(), since=told_story().checkpoint(1)).verification.steps[2]
    assert step.verdict is Verdict.UNKNOWN
    assert "no consistency proof for that size is here" in step.not_shown[0]


def test_since_a_newer_checkpoint_stays_open() -> None:
    """An old bundle cannot know what came after it."""
    later = told_story()
    later.roll_call(3)
    step = check(sound_bundle(), since=later.checkpoint()).verification.steps[2]
    assert step.verdict is Verdict.UNKNOWN
    assert step.not_shown[0].endswith("it is the older one")


def test_a_fork_of_the_log_is_refused() -> None:
    """Two roots for one size, both signed by the log: it showed two histories."""
    other = told_story()
    other.envelopes[3] = other.envelopes[4]
    size = sound_bundle().old_heads[-1].head.size
    checked = check(sound_bundle(), since=other.checkpoint(size)).verification
    assert checked.problems[0].startswith(f"V3: --since: {size} entries have root")
    assert "two histories" in checked.steps[2].hint


def test_an_old_head_that_is_no_start_of_the_log_is_refused() -> None:
    """Whatever the bundle carries is verified, asked for or not."""
    bundle = sound_bundle()
    heads = (dataclasses.replace(bundle.old_heads[0], head=TreeHead(1, b"\x01" * 32)), *bundle.old_heads[1:])
    assert problem(dataclasses.replace(bundle, old_heads=heads)).startswith("V3: consistency: ")
