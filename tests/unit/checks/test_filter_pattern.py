"""Which filter patterns let every audit record through."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dayseal.checks.filter_expression import evaluate, parse_expression
from dayseal.checks.filter_pattern import SAMPLES, Selection, judge_pattern
from dayseal.errors import FormatError


@pytest.mark.parametrize("pattern", ["", "  ", '"audit.k8s.io"', "kind", '?nothing ?"audit.k8s.io/v1"', "Event kind"])
def test_these_let_everything_through(pattern: str) -> None:
    """An empty pattern, and terms that stand at the start of every audit record."""
    assert judge_pattern(pattern)[0] is Selection.EVERYTHING


@pytest.mark.parametrize(
    "pattern",
    [
        '{ $.verb != "get" }',
        "{ $.verb = create || $.verb = delete }",
        '{ $.kind = "Event" && $.level = "RequestResponse" }',
        '{ $.user.username = "kube*" }',
        "-lease -leases",
        "ERROR",
        "?ERROR ?WARN",
        "secrets",
    ],
)
def test_these_drop_audit_records(pattern: str) -> None:
    """A record of a common sort that does not pass shows it."""
    selection, why = judge_pattern(pattern)
    assert selection is Selection.DROPS
    assert "does not pass" in why


@pytest.mark.parametrize(
    "pattern",
    [
        '{ $.kind = "Event" }',
        '{ ($.apiVersion = "audit.k8s.io/*") }',
        '{ $.verb = "get" || $.kind = Event }',
        '{ $.kind = "Event" && ($.verb = "x" || $.apiVersion = "audit*") }',
    ],
)
def test_these_hold_for_every_whole_record_only(pattern: str) -> None:
    """A record the provider cut off is no JSON, so a pattern over fields may drop it: long requests would hide."""
    assert judge_pattern(pattern)[0] is Selection.WHOLE


@pytest.mark.parametrize(
    "pattern",
    [
        '{ $.stage != "RequestReceived" }',
        "{ $.responseStatus.code = 200 }",
        "{ $.user.extra IS NULL }",
        "{ $.a[0] = x }",
        "[ip, user, request]",
        "%audit.*%",
        "{ $.kind = }",
        "{ $.kind = Event ",
        "{" + "(" * 40 + "$.kind = Event" + ")" * 40 + "}",
        "-nothing",
    ],
)
def test_these_cannot_be_decided(pattern: str) -> None:
    """What is not proven to let everything through, nor shown to drop something, is not guessed."""
    assert judge_pattern(pattern)[0] is Selection.UNDECIDED


def test_the_days_own_records_may_show_more() -> None:
    """A sample of the archive's own shape decides what the built-in ones leave open."""
    received = SAMPLES[0].replace(b"ResponseComplete", b"RequestReceived")
    assert judge_pattern('{ $.stage != "RequestReceived" }', [received])[0] is Selection.DROPS


def test_only_the_star_is_a_wildcard() -> None:
    """Brackets and question marks stand for themselves."""
    expression = parse_expression('{ $.a = "x[1]?*" }')
    assert evaluate(expression, {"$.a": "x[1]?y"}.get) is True
    assert evaluate(expression, {"$.a": "x1zy"}.get) is False
    assert evaluate(expression, lambda _: None) is None


@given(st.text(max_size=60))
def test_no_pattern_breaks_the_reader(text: str) -> None:
    """A filter pattern is somebody's input: whatever it is, it is judged."""
    assert judge_pattern(text)[0] in Selection
    with contextlib.suppress(FormatError):
        parse_expression("{" + text + "}")
