"""Evidence of an earlier release still verifies, bytes and pages alike."""

from collections.abc import Callable

import pytest

from dayseal.model import Verdict
from dayseal.notes import parse_policy
from dayseal.offline import FreshnessState, Verification, verify_bundle, verify_event_proof
from support.story_parts import NOON, records
from support.vector_files import vector_bytes

_POLICY = parse_policy(vector_bytes("evidence/trust.policy").decode())
_SINCE = vector_bytes("evidence/checkpoint.5")


def check_bundle(since: bytes | None) -> Verification:
    """Verify the bundle that the repository keeps."""
    return verify_bundle(vector_bytes("evidence/evidence.zip"), _POLICY, since=since, as_of=NOON).verification


def check_proof(since: bytes | None) -> Verification:
    """Verify the event proof that the repository keeps."""
    checked = verify_event_proof(vector_bytes("evidence/event.proof"), _POLICY, since=since, as_of=NOON)
    assert checked.event is not None
    assert checked.event.record == records(0).splitlines()[1]
    return checked.verification


@pytest.mark.parametrize("check", [check_bundle, check_proof])
@pytest.mark.parametrize(
    ("since", "state"), [(None, FreshnessState.UNPROVEN), (_SINCE, FreshnessState.SINCE)], ids=["alone", "since"]
)
def test_kept_evidence_holds(
    check: Callable[[bytes | None], Verification], since: bytes | None, state: FreshnessState
) -> None:
    """An auditor verifies in ten years what was made today."""
    verified = check(since)
    assert (verified.problems, verified.verdict) == ((), Verdict.PASS)
    assert verified.freshness.state is state
