"""Chains of statements."""

import dataclasses
import datetime as dt

import pytest

from dayseal.checks import ChainRow, ChainView, find_faults, judge_chain
from dayseal.model import ClusterId, Verdict

CLUSTER = ClusterId("local", "acct", "here", "blue", "uid-1")
DAY = dt.date(2026, 11, 20)


def chain(length: int) -> tuple[ChainRow, ...]:
    """An enrolment and `length - 1` days."""
    days = [
        ChainRow(seq, f"e{seq}", f"e{seq - 1}", 3 + seq, DAY + dt.timedelta(days=seq - 1), 0)
        for seq in range(1, length)
    ]
    return (ChainRow(0, "e0", None, 3), *days)


def view(
    rows: tuple[ChainRow, ...], days: int = 3, *, resets: tuple[int, ...] = (), unread: tuple[str, ...] = ()
) -> ChainView:
    """Look at a chain that owes a statement for each of `days` days."""
    due = tuple(DAY + dt.timedelta(days=n) for n in range(days))
    return ChainView(CLUSTER, rows, due, resets, unread)


def test_a_whole_chain_passes() -> None:
    """Enrolment, then one statement for each due day."""
    finding = judge_chain(view(chain(4)))
    assert finding.verdict is Verdict.PASS
    assert finding.summary == "4 statements in one chain, 3 due days all there"


def test_order_of_reading_does_not_matter() -> None:
    """Entries may be handed over in any order; only their numbers count."""
    assert judge_chain(view(tuple(reversed(chain(4))))).verdict is Verdict.PASS


@pytest.mark.parametrize("left_out", [0, 1, 2])
def test_every_left_out_statement_is_a_hole(left_out: int) -> None:
    """Leaving out the statement that tells of an outage is the point of the attack."""
    rows = tuple(row for row in chain(4) if row.seq != left_out)
    finding = judge_chain(view(rows))
    assert finding.verdict is Verdict.FAIL
    assert f"hole: numbers {left_out} to {left_out} are missing" in finding.summary
    assert finding.fix == "dayseal explain local:acct:here:blue:uid-1"


def test_a_left_out_newest_statement_shows_as_a_missing_day() -> None:
    """A chain that is cut at its end has no hole: only the due days tell."""
    finding = judge_chain(view(chain(3)))
    assert finding.verdict is Verdict.FAIL
    assert "due day 2026-11-22 has no statement" in finding.summary


def test_two_statements_of_one_number_are_a_branch() -> None:
    """Two runs of one attestor, or somebody with its key."""
    rows = (*chain(4), ChainRow(2, "other", "e1", 99, DAY, 1))
    assert "branch: number 2 is entry 5 and entry 99" in judge_chain(view(rows)).summary


def test_a_wrong_link_fails() -> None:
    """A statement put in place of another leaves its follower pointing at the old one."""
    rows = tuple(dataclasses.replace(row, envelope_sha256="x") if row.seq == 1 else row for row in chain(4))
    assert "wrong link: number 2 names e1, number 1 is x" in judge_chain(view(rows)).summary


def test_number_zero_names_nothing_before_it() -> None:
    """A first statement with a predecessor means that the chain was cut at its start."""
    assert find_faults((ChainRow(0, "e0", "before", 1),)) == ("wrong link: number 0 names a statement before it",)


def test_revisions_of_a_day_count_from_zero_without_a_gap() -> None:
    """A skipped revision would be a day root nobody can compare with."""
    rows = (*chain(2), ChainRow(2, "e2", "e1", 5, DAY, 1), ChainRow(3, "e3", "e2", 6, DAY, 3))
    assert find_faults(rows) == ("day 2026-11-20: number 3 is revision 3, 2 promised",)


def test_a_reset_by_root_keys_allows_the_chain_to_start_anew() -> None:
    """A loss that cannot be repaired is signed for, and stays visible in the text."""
    reset, after = ChainRow(7, "e7", None, 20), ChainRow(8, "e8", "e7", 21, DAY + dt.timedelta(days=1), 0)
    rows = (*chain(2), reset, after)
    assert judge_chain(view(rows, days=2)).verdict is Verdict.FAIL
    assert judge_chain(view((*chain(2), after), days=2, resets=(7,))).verdict is Verdict.FAIL
    finding = judge_chain(view(rows, days=2, resets=(7,)))
    assert finding.verdict is Verdict.PASS
    assert "started anew at 7 by root keys" in finding.summary


def test_unread_entries_make_it_unknown() -> None:
    """A hole where we could not look is no hole yet."""
    finding = judge_chain(view(chain(3), unread=("entry 6: timed out",)))
    assert finding.verdict is Verdict.UNKNOWN


def test_no_statement_and_none_due_is_not_applicable() -> None:
    """A cluster that was enrolled a minute ago owes nothing."""
    assert judge_chain(view((), days=0)).verdict is Verdict.NOT_APPLICABLE
    assert judge_chain(view((), days=1)).verdict is Verdict.FAIL
