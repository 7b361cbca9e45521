"""Route facts as the check tasks write them down: typed, and equal after the way."""

import dataclasses
import datetime as dt

import pytest

from dayseal.codec import encode_value, open_value
from dayseal.errors import FormatError
from dayseal.model import ClusterId
from dayseal.model.route import RouteFacts
from dayseal.runs.unasked import unasked_route
from dayseal.steps.routing import judge_route
from support.route_facts import CLUSTER, DAY, NOW, PROMISED, denied, route

_KIND = tuple[RouteFacts, ...]


def test_a_missing_answer_stays_missing() -> None:
    """A denial that came back as an empty list would pass."""
    facts = route()
    lost = dataclasses.replace(facts, source=dataclasses.replace(facts.eks, filters=denied("logs:Describe")))
    assert open_value(encode_value((lost,)), _KIND, subject="routes") == (lost,)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"reason":"not-asked"', b'"reason":"bored"'),
        (b'"reason":"not-asked"', b'"season":"not-asked"'),
        (b'"asked_at":"', b'"asked_at":"9'),
        (b'"archive":null', b'"archive":[]'),
        (b'"streams":[]', b'"streams":{}'),
        (b'"cluster":{', b'"extra":1,"cluster":{'),
        (b'"archive":null', b'"archive": null'),
        (b'"log_group_name":"', b'"log_group_name":1,"x":"'),
    ],
)
def test_altered_facts_are_refused(old: bytes, new: bytes) -> None:
    """What is judged is what was asked, or nothing."""
    data = encode_value((unasked_route(CLUSTER, NOW, "nobody was there"),))
    assert old in data
    with pytest.raises(FormatError):
        open_value(data.replace(old, new, 1), _KIND, subject="routes")


def test_a_value_that_has_no_form_is_not_written() -> None:
    """A dict or a set would come back as something else."""
    with pytest.raises(FormatError):
        encode_value({"a": 1})


def test_a_route_nobody_asked_about_passes_no_check() -> None:
    """The task that asks may die; silence must not become PASS, and the reason is told."""
    cluster = ClusterId("eks", "111122223333", "eu-central-1", "prod", "uid")
    facts = unasked_route(cluster, dt.datetime(2026, 11, 23, tzinfo=dt.UTC), "the task that asks gave no result")
    findings = judge_route(facts, PROMISED, DAY)
    assert {f.verdict.text for f in findings} <= {"UNKNOWN", "NOT_APPLICABLE"}
    assert {f.check for f in findings if f.verdict.text == "UNKNOWN"} >= {"audit-enabled", "export-route", "retention"}
    assert any("gave no result" in f.summary for f in findings)
