"""Offline verification, V1 to V9: bytes in, values out, no network, no files, no clock of its own.

    V1  the trust policy pins log and root keys        V6  signatures hold, statements are strict
    V2  the log signed the checkpoint; how new it is   V7  no hole, no branch, every due day accounted for
    V3  the log only grew since what you kept          V8  manifests and day roots are the ones signed
    V4  every entry is in the log                      V9  records are leaves of what was signed
    V5  every signing key was delegated for it

Each step proves something on the ground of the ones before it, so the first that is refuted ends the
run: the steps behind it are not reached.
"""

import datetime as dt

from dayseal.errors import FormatError, RefutedError
from dayseal.evidence import DayRow, parse_event_proof, parse_evidence
from dayseal.model import Verdict
from dayseal.notes import TrustPolicy
from dayseal.offline.contents import check_contents
from dayseal.offline.days import account_for_days
from dayseal.offline.entries import check_delegations, open_statements, prove_inclusion
from dayseal.offline.events import digest_again, only_day, prove_descriptor, prove_record
from dayseal.offline.head import open_head, pin_trust, prove_growth
from dayseal.offline.result import (
    UNKNOWN_FRESHNESS,
    BundleVerification,
    EventVerification,
    Freshness,
    Verification,
    VerifiedEvent,
    VerifiedStep,
    finish_steps,
)


def verify_event_proof(
    data: bytes, policy: TrustPolicy, *, since: bytes | None, as_of: dt.datetime
) -> EventVerification:
    """Verify an event proof; the event comes back only when none of V1 to V9 was refuted.

    `since` is a checkpoint the verifier kept from earlier. The age of the checkpoint is told, but does
    not change the verdict: what was recorded once stays recorded.

    Raises:
        FormatError: `data` is no event proof.
    """
    proof = parse_event_proof(data)
    run = _Run()
    event: VerifiedEvent | None = None
    try:
        step, pinned = pin_trust(policy)
        run.passed(step)
        step, opened, run.freshness = open_head(proof.checkpoint, pinned, as_of, stale_matters=False)
        run.passed(step)
        step, run.freshness = prove_growth(opened, proof.old_heads, since, pinned, run.freshness)
        run.passed(step)
        run.passed(prove_inclusion(proof.entries, opened.checkpoint))
        step, delegated = check_delegations(proof.entries, opened.checkpoint, pinned)
        run.passed(step)
        step, entries = open_statements(delegated)
        run.passed(step)
        step, stated, said = only_day(entries)
        run.passed(step)
        run.passed(prove_descriptor(proof, stated, said))
        step, event = prove_record(proof, stated, said)
        run.passed(step)
    except (RefutedError, FormatError) as exc:
        run.refuted(exc)
    return EventVerification(run.result(), event)


def verify_bundle(data: bytes, policy: TrustPolicy, *, since: bytes | None, as_of: dt.datetime) -> BundleVerification:
    """Verify an evidence bundle, and give its days once V7 was reached.

    `since` is a checkpoint the verifier kept from earlier; `as_of` is the moment asked about: it decides
    which days were due and whether the checkpoint is stale.

    Raises:
        FormatError: `data` is no evidence bundle.
    """
    bundle = parse_evidence(data)
    cluster, (first, last) = bundle.claim.cluster_id, bundle.claim.days
    run = _Run()
    rows: tuple[DayRow, ...] = ()
    try:
        step, pinned = pin_trust(policy)
        run.passed(step)
        step, opened, run.freshness = open_head(bundle.checkpoint, pinned, as_of, stale_matters=True)
        run.passed(step)
        step, run.freshness = prove_growth(opened, bundle.old_heads, since, pinned, run.freshness)
        run.passed(step)
        run.passed(prove_inclusion(bundle.entries, opened.checkpoint))
        step, delegated = check_delegations(bundle.entries, opened.checkpoint, pinned)
        run.passed(step)
        step, entries = open_statements(delegated)
        run.passed(step)
        step, rows = account_for_days(bundle, entries, opened.checkpoint.head, as_of)
        run.passed(step)
        step, manifests = check_contents(bundle, entries, opened.checkpoint)
        run.passed(step)
        run.passed(digest_again(bundle, manifests))
    except (RefutedError, FormatError) as exc:
        run.refuted(exc)
    return BundleVerification(run.result(), cluster, first, last, bundle.claim.with_events, rows)


class _Run:
    """The steps done so far; a step that was refuted is the last."""

    def __init__(self) -> None:
        self.freshness: Freshness = UNKNOWN_FRESHNESS
        self._done: list[VerifiedStep] = []

    def passed(self, step: VerifiedStep) -> None:
        self._done.append(step)

    def refuted(self, exc: RefutedError | FormatError) -> None:
        number = len(self._done) + 1
        self._done.append(VerifiedStep(number, Verdict.FAIL, problems=(str(exc),), hint=exc.hint))

    def result(self) -> Verification:
        return Verification(finish_steps(self._done), self.freshness)
