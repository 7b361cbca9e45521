"""The roll-call beside the chains."""

import dataclasses
import datetime as dt

from dayseal.checks import CalledRoll, ChainEnd, RollCallView, judge_roll_call
from dayseal.model import Finding, Verdict

AT = dt.datetime(2026, 11, 24, 7, tzinfo=dt.UTC)
BLUE, RED = ChainEnd("blue", 4, "aa" * 32), ChainEnd("red", 9, "bb" * 32)


def judge(
    rows: tuple[ChainEnd, ...] | None, *, hours: float = 1, expected: tuple[ChainEnd, ...] = (BLUE, RED)
) -> Finding:
    """Judge roll-call 3, called `hours` ago."""
    latest = None if rows is None else CalledRoll(3, 40, AT, rows)
    return judge_roll_call(
        RollCallView("example.test/l", latest, expected, AT - dt.timedelta(days=9), AT + dt.timedelta(hours=hours))
    )


def test_a_fresh_and_right_roll_call_passes() -> None:
    """Row by row what the chains say, whatever the order."""
    assert judge((RED, BLUE)).verdict is Verdict.PASS


def test_a_cluster_without_a_row_fails() -> None:
    """An attestor that went silent must not simply disappear."""
    finding = judge((BLUE,))
    assert finding.verdict is Verdict.FAIL
    assert "red is enrolled and has no row" in finding.summary
    assert finding.fix == "dayseal explain red"


def test_a_row_for_a_stranger_fails() -> None:
    """The recorder counts only clusters that were enrolled."""
    assert "red has a row and is not enrolled" in judge((BLUE, RED), expected=(BLUE,)).summary


def test_a_row_that_names_another_statement_fails() -> None:
    """Either the roll-call or the chain was shown differently to somebody."""
    finding = judge((BLUE, dataclasses.replace(RED, envelope_sha256="cc" * 32)))
    assert (
        "red is called with statement 9 (cccccccccccccccc), its chain ends with 9 (bbbbbbbbbbbbbbbb)" in finding.summary
    )


def test_a_cluster_called_twice_fails() -> None:
    """Two rows could say two things."""
    assert judge((BLUE, RED, RED)).verdict is Verdict.FAIL


def test_a_roll_call_older_than_the_limit_fails() -> None:
    """26 hours: one a day, and two hours of grace."""
    assert judge((BLUE, RED), hours=26).verdict is Verdict.PASS
    finding = judge((BLUE, RED), hours=27)
    assert finding.verdict is Verdict.FAIL
    assert "27 h 0 min old" in finding.summary


def test_no_roll_call_fails_once_one_is_due() -> None:
    """A ledger whose recorder stopped on its first day must not look young for ever."""
    assert judge(None).verdict is Verdict.FAIL
    young = RollCallView("l", None, (BLUE,), AT, AT + dt.timedelta(hours=26))
    assert judge_roll_call(young).verdict is Verdict.NOT_APPLICABLE


def test_without_an_enrolled_cluster_there_is_nothing_to_call() -> None:
    """An empty ledger owes no roll-call."""
    assert judge_roll_call(RollCallView("l", None, (), None, AT)).verdict is Verdict.NOT_APPLICABLE
