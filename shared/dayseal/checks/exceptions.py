"""Accepted exceptions: shown beside a verdict until they expire, never instead of it."""

import dataclasses
import datetime as dt
from collections.abc import Sequence

from dayseal.attest.predicates import AcceptedException
from dayseal.codec import format_day
from dayseal.model import ClusterId, Finding, Verdict
from dayseal.settings import ExceptionSettings

_ANY_CLUSTER = "*"


@dataclasses.dataclass(frozen=True, slots=True)
class MarkedFinding:
    """A finding as the check gave it, the exception that stands beside it, and what is to be said of expired ones."""

    finding: Finding
    exception: AcceptedException | None
    notes: tuple[str, ...]


def mark_exceptions(
    findings: Sequence[Finding], accepted: Sequence[ExceptionSettings], *, cluster: ClusterId, on: dt.date
) -> tuple[MarkedFinding, ...]:
    """Put beside each finding the accepted exception that covers it on the day `on`; order is kept.

    An exception names its cluster by name, by full text or as `*`, and its check by id. It holds up to and
    including its `expires` day; after that it is ignored and a note says so. The one that expires last is
    shown. A PASS and a NOT_APPLICABLE need none and get none. The verdict never changes.
    """
    mine = [rule for rule in accepted if rule.cluster in {_ANY_CLUSTER, cluster.name, cluster.text}]
    return tuple(_mark(finding, mine, on) for finding in findings)


def _mark(finding: Finding, accepted: Sequence[ExceptionSettings], on: dt.date) -> MarkedFinding:
    if finding.verdict in {Verdict.PASS, Verdict.NOT_APPLICABLE}:
        return MarkedFinding(finding, None, ())
    mine = sorted((rule for rule in accepted if rule.check == finding.check), key=lambda rule: rule.expires)
    notes = tuple(
        f"an exception accepted by {rule.owner} expired on {format_day(rule.expires)} and is ignored"
        for rule in mine
        if rule.expires < on
    )
    if not mine or mine[-1].expires < on:
        return MarkedFinding(finding, None, notes)
    chosen = mine[-1]
    shown = AcceptedException(owner=chosen.owner, reason=chosen.reason, expires=format_day(chosen.expires))
    return MarkedFinding(finding, shown, notes)
