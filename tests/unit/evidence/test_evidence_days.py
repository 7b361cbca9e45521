"""Rows of days: enrolment decides what was due, re-readings what is unchanged."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dayseal.attest.predicates import (
    Chain,
    ChangedObject,
    ClusterRef,
    Enrolment,
    Reverification,
    ReverifiedDay,
    SeenHead,
)
from dayseal.attest.statement import Statement
from dayseal.evidence import DayStatus, Reread, StatedEntry, day_rows, days_between
from dayseal.evidence.days import is_enrolled
from dayseal.ledger.entry import parse_admitted
from support.ledger_story import told_story
from support.story_parts import CLUSTER, FIRST, day

_CHAIN = Chain(seq=0, previous_envelope_sha256=None, seen_head=SeenHead(size=0, root=""))
_GONE = ChangedObject(key="a", version="", recorded="00", now=None)


def enrolment(action: str, on: dt.date) -> Enrolment:
    """Give an enrolment of the story's cluster."""
    return Enrolment(
        cluster=ClusterRef.of(CLUSTER),
        action="enter" if action == "enter" else "leave",
        day=on.isoformat(),
        reason="",
        chain=_CHAIN,
        at="",
    )


def reread(manifest: str, *, unreadable: int = 0, vanished: tuple[ChangedObject, ...] = ()) -> Statement:
    """Report that a manifest was digested again."""
    found = ReverifiedDay(
        archive="", day="", manifest=manifest, checked=1, same=1, grown=0, expired=0, unreadable=unreadable,
        changed=(), vanished=vanished, left_off=0,
    )  # fmt: skip
    said = Reverification(
        selection="all", seed="", nonce="", budget_bytes=None, days=(found,), verdict="PASS", chain=_CHAIN, at=""
    )
    return Statement("reverification", "00" * 32, said)


def story_entries() -> tuple[StatedEntry, ...]:
    """Give the story's statements."""
    parsed = [parse_admitted(data, subject="entry") for data in told_story().envelopes]
    return tuple(StatedEntry(n, entry.envelope_sha256, entry.statement) for n, entry in enumerate(parsed))


@given(st.integers(0, 800))
def test_days_between_counts_both_ends(span: int) -> None:
    """Ranges of batch days include both ends everywhere."""
    days = days_between(FIRST, FIRST + dt.timedelta(days=span))
    assert len(days) == span + 1
    assert (days[0], days[-1]) == (FIRST, FIRST + dt.timedelta(days=span))


def test_enrolment_reaches_from_its_day_on_until_a_later_one() -> None:
    """The newest enrolment that reaches a day decides."""
    said = [enrolment("enter", day(0)), enrolment("leave", day(5)), enrolment("enter", day(8))]
    assert [is_enrolled(said, day(n)) for n in (-1, 0, 4, 5, 7, 8)] == [False, True, True, False, False, True]


@pytest.mark.parametrize(
    ("reports", "found"),
    [
        ([], Reread.NONE),
        ([{}], Reread.SAME),
        ([{"unreadable": 1}], Reread.UNKNOWN),
        ([{"unreadable": 1}, {}], Reread.SAME),
        ([{"vanished": (_GONE,)}], Reread.CHANGED),
        ([{"vanished": (_GONE,)}, {}], Reread.CHANGED),
    ],
)
def test_once_changed_a_day_stays_changed(reports: list[dict[str, object]], found: Reread) -> None:
    """Putting an object back does not undo that it was gone."""
    entries = story_entries()
    manifest = next(s for s in entries if s.index == 6).statement.subject_sha256
    later = [StatedEntry(20 + n, "", reread(manifest, **report)) for n, report in enumerate(reports)]  # type: ignore[arg-type]  # the reports above
    row = day_rows([*entries, *later], CLUSTER, day(1), day(1))[0]
    assert (row.status, row.reread) == (DayStatus.SEALED, found)


def test_a_change_found_in_an_older_revision_counts_for_the_day() -> None:
    """A revision appends: what the first one names is part of the last."""
    entries = story_entries()
    first = next(s for s in entries if s.index == 4).statement.subject_sha256
    last = next(s for s in entries if s.index == 7).statement.subject_sha256
    later = [StatedEntry(20, "", reread(first, vanished=(_GONE,))), StatedEntry(21, "", reread(last))]
    row = day_rows([*entries, *later], CLUSTER, day(0), day(0))[0]
    assert (row.revision, row.reread) == (1, Reread.CHANGED)
