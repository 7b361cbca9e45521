"""V7: the cluster's chain and the roll-calls agree, and every due day is accounted for."""

import datetime as dt
from collections.abc import Sequence
from typing import Final

from dayseal.attest.predicates import Enrolment
from dayseal.codec import format_day
from dayseal.evidence import DayRow, DayStatus, EvidenceBundle, StatedEntry, day_rows, days_between
from dayseal.model import TreeHead, Verdict, day_window
from dayseal.offline.chains import Link, check_chain, check_enrolled, check_revisions, check_seen_heads, cluster_links
from dayseal.offline.result import VerifiedStep
from dayseal.offline.roll_calls import Called, check_inventories, compare_with_chain, open_roll_calls

CUTOFF: Final = dt.timedelta(hours=6)
_SHOWN_DAYS: Final = 40


def account_for_days(
    bundle: EvidenceBundle, entries: Sequence[StatedEntry], head: TreeHead, as_of: dt.datetime
) -> tuple[VerifiedStep, tuple[DayRow, ...]]:
    """V7: check chain and roll-calls; FAIL, naming them, when due days have no statement.

    A day is due from the enrolment's day on, six hours after it ended.

    Raises:
        ChainError: a hole, a branch, or a roll-call that disagrees.
        DigestError, FormatError: rows of a roll-call are not the ones named, or none of ours.
    """
    claim = bundle.claim
    cluster = claim.cluster_id
    first, last = claim.days
    links = cluster_links(entries, cluster)
    resets = check_chain(links, cluster)
    check_enrolled(links)
    check_revisions(links, claim.first, claim.last)
    agreed, unproved = check_seen_heads(entries, bundle.old_heads, head)
    called = open_roll_calls(entries, lambda sha256: bundle.find("rollcalls", sha256), claim.first, claim.last)
    compare_with_chain(called, links, cluster, claim.first)
    told = check_inventories(called, entries, cluster)
    rows = day_rows(entries, cluster, first, last)
    missing = [row.day for row in rows if row.status is DayStatus.MISSING]
    late = [day for day in missing if as_of >= day_window(day).end + CUTOFF]
    proved = (
        f"{len(links)} statements of {cluster.name} are linked without hole or branch, the newest is {links[-1].seq}",
        f"{sum(row.index is not None for row in rows)} of {len(rows)} days have a statement",
        *_called_words(called),
        *told,
        *([f"{agreed} statements saw this very log when they were signed"] if agreed else []),
    )
    not_shown = (
        *resets,
        "that no re-reading of the archive was left out: roll-calls do not count them",
        *_open_words(called, entries, head.size, (first, last)),
        *([f"that {unproved} statements saw this very log: no proof of what they saw"] if unproved else []),
        *([f"{_days_text([d for d in missing if d not in late])}: not due yet"] if len(late) < len(missing) else []),
    )
    problems = (_missing_words(late, links),) if late else ()
    verdict = Verdict.FAIL if late else Verdict.PASS if called else Verdict.UNKNOWN
    return VerifiedStep(7, verdict, proved, ("V6", "the recorder's roll-calls"), not_shown, problems), rows


def _called_words(called: Sequence[Called]) -> list[str]:
    if not called:
        return []
    newest = called[-1].roll_call
    which = f"the newest is number {newest.number} of {newest.day}"
    return [f"{len(called)} roll-calls name exactly the statements shown, {which}: none before it is left out"]


def _open_words(
    called: Sequence[Called], entries: Sequence[StatedEntry], size: int, span: tuple[dt.date, dt.date]
) -> list[str]:
    if not called:
        return ["that the newest statements were not left out: no roll-call is here"]
    words = []
    newest = called[-1]
    behind = size - 1 - newest.index
    hidden = behind - len({entry.index for entry in entries if entry.index > newest.index})
    if hidden:
        where = f"roll-call {newest.roll_call.number} of {newest.roll_call.day} (entry {newest.index})"
        left = f"{hidden} of the {behind} entries behind it are not shown"
        words.append(f"that no revision of these days was recorded after {where}: {left}")
    days = {call.roll_call.day for call in called}
    uncalled = [day for day in days_between(*span) if format_day(day) not in days]
    if uncalled:
        words.append(f"{_days_text(uncalled)}: no roll-call is shown")
    return words


def _missing_words(missing: Sequence[dt.date], links: Sequence[Link]) -> str:
    since = [link.said.day for link in links if isinstance(link.said, Enrolment) and link.said.action == "enter"]
    return f"{_days_text(missing)}: no statement, one for each day promised since the enrolment on {since[-1]}"


def _days_text(days: Sequence[dt.date]) -> str:
    shown = ", ".join(format_day(day) for day in days[:_SHOWN_DAYS])
    more = f" and {len(days) - _SHOWN_DAYS} more" if len(days) > _SHOWN_DAYS else ""
    return f"{shown}{more}"
