"""The table of checks, and exceptions beside verdicts."""

import datetime as dt

import pytest

from dayseal.checks import CHECKS, LEDGER_CHECKS, SUPPORT_PHRASE, find_check, mark_exceptions
from dayseal.errors import UsageError
from dayseal.model import ClusterId, Finding, Verdict
from dayseal.settings import ExceptionSettings

CLUSTER = ClusterId("local", "acct", "here", "blue", "uid-1")
TODAY = dt.date(2026, 11, 24)


def rule(
    expires: dt.date = TODAY, *, cluster: str = "blue", check: str = "arrival", owner: str = "ops"
) -> ExceptionSettings:
    """Accept an exception that ends today."""
    return ExceptionSettings(cluster=cluster, check=check, owner=owner, reason="moving house", expires=expires)


def finding(verdict: Verdict = Verdict.FAIL, check: str = "arrival") -> Finding:
    """Give a finding that needs an exception."""
    return Finding(check, verdict, "a silence")


def test_fourteen_checks_with_stable_ids_in_order() -> None:
    """Statements from years ago name these ids, so neither they nor their order may move."""
    ids = (
        "audit-enabled audit-coverage retention export-route export-health archive-immutable archive-central "
        "arrival continuity monitored integrity audit-policy credential-attribution clock-skew"
    )
    assert [check.id for check in CHECKS] == ids.split()
    assert [check.number for check in CHECKS] == list(range(1, 15))
    assert [check.id for check in LEDGER_CHECKS] == ["chain", "roll-call"]


def test_what_is_carried_out_is_said() -> None:
    """A check that does not run must not look as if it passed."""
    later = {check.id for check in (*CHECKS, *LEDGER_CHECKS) if not check.implemented}
    assert later == set()


def test_controls_are_supported_never_satisfied() -> None:
    """It replaces neither assessor sampling nor log review nor failure response."""
    words = " ".join([SUPPORT_PHRASE, *(check.promise + check.title for check in CHECKS)]).lower()
    assert "complian" not in words
    assert "satisf" not in words
    assert "PCI DSS 4.0.1: 10.3.4" in find_check("integrity").controls


def test_an_unknown_check_is_refused() -> None:
    """A misspelt id in the settings would silently cover nothing."""
    with pytest.raises(UsageError, match="arival"):
        find_check("arival")


@pytest.mark.parametrize("cluster", ["blue", CLUSTER.text, "*"])
def test_an_exception_stands_beside_the_verdict(cluster: str) -> None:
    """It shows who accepted what until when, and leaves FAIL a FAIL."""
    (marked,) = mark_exceptions([finding()], [rule(cluster=cluster)], cluster=CLUSTER, on=TODAY)
    assert marked.finding == finding()
    assert marked.exception is not None
    assert (marked.exception.owner, marked.exception.expires) == ("ops", "2026-11-24")


def test_an_expired_exception_is_ignored_and_said_so() -> None:
    """Silently ending would look as if nobody had ever accepted it."""
    (marked,) = mark_exceptions([finding()], [rule(dt.date(2026, 11, 23))], cluster=CLUSTER, on=TODAY)
    assert marked.exception is None
    assert marked.notes == ("an exception accepted by ops expired on 2026-11-23 and is ignored",)


def test_the_exception_that_lasts_longest_is_shown() -> None:
    """A renewed exception stands in the settings beside the old one."""
    rules = [rule(dt.date(2027, 1, 1), owner="new"), rule(dt.date(2026, 1, 1), owner="old")]
    (marked,) = mark_exceptions([finding()], rules, cluster=CLUSTER, on=TODAY)
    assert marked.exception is not None
    assert marked.exception.owner == "new"
    assert len(marked.notes) == 1


def test_others_exceptions_cover_nothing_here() -> None:
    """Another cluster, another check, or a verdict that needs none."""
    rules = [rule(cluster="red"), rule(check="integrity")]
    (marked,) = mark_exceptions([finding()], rules, cluster=CLUSTER, on=TODAY)
    assert marked.exception is None
    (passed,) = mark_exceptions([finding(Verdict.PASS)], [rule()], cluster=CLUSTER, on=TODAY)
    assert passed.exception is None
