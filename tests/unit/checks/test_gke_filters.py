"""Filters in the Logging query language: decided where that can be shown, else left undecided with their text."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dayseal.checks.filter_pattern import Selection
from dayseal.checks.gke.entries import ACTIVITY, DATA_ACCESS, every_entry
from dayseal.checks.gke.query_match import fits
from dayseal.checks.gke.query_syntax import Comparison, Joined, Not, parse_query
from dayseal.checks.gke.selection import judge_filter, judge_sink, takes
from dayseal.errors import FormatError
from dayseal.model.route import Exclusion, Sink
from support.gke_facts import CLUSTER, sink

ALL, DROPS, OPEN = Selection.EVERYTHING, Selection.DROPS, Selection.UNDECIDED
DEFAULT_SINK = (
    'NOT LOG_ID("cloudaudit.googleapis.com/activity") AND NOT LOG_ID("externalaudit.googleapis.com/activity") '
    'AND NOT LOG_ID("cloudaudit.googleapis.com/system_event")'
)


@pytest.mark.parametrize(
    ("text", "activity", "data_access"),
    [
        ("", ALL, ALL),
        ('log_id("cloudaudit.googleapis.com/activity")', ALL, DROPS),
        ('logName:"cloudaudit.googleapis.com"', ALL, ALL),
        ("log_name:cloudaudit.googleapis.com", ALL, ALL),
        ('logName="projects/shop-prod/logs/cloudaudit.googleapis.com%2Factivity"', ALL, DROPS),
        ('logName=("projects/shop-prod/logs/cloudaudit.googleapis.com%2Factivity" OR "x")', ALL, DROPS),
        ('logName=~"cloudaudit\\.googleapis\\.com%2F(activity|data_access)$"', ALL, ALL),
        ('-- audit only\nresource.type="k8s_cluster"\nresource.labels.cluster_name=("prod" OR "dev")', ALL, ALL),
        ('resource.type="K8S_CLUSTER"', ALL, ALL),
        ('protoPayload.serviceName="k8s.io" AND protoPayload.methodName:"io.k8s."', ALL, ALL),
        ('protoPayload."@type"="type.googleapis.com/google.cloud.audit.AuditLog"', ALL, ALL),
        ('"k8s.io"', ALL, ALL),
        ("protoPayload:*", ALL, ALL),
        ("severity>=DEFAULT", ALL, ALL),
        (DEFAULT_SINK, DROPS, ALL),
        ("severity>=ERROR", DROPS, DROPS),
        ("severity>=INFO", OPEN, OPEN),
        ('resource.labels.project_id="another"', DROPS, DROPS),
        ('resource.type="gce_instance"', DROPS, DROPS),
        ('textPayload:"x"', DROPS, DROPS),
        ('-protoPayload.methodName="io.k8s.coordination.v1.leases.update"', DROPS, OPEN),
        ('protoPayload.methodName!~"leases"', DROPS, OPEN),
        ('NOT protoPayload.authenticationInfo.principalEmail:"system:"', DROPS, DROPS),
        ('labels."authorization.k8s.io/decision"="forbid"', DROPS, DROPS),
        ("sample(insertId, 0.5)", DROPS, DROPS),
        ("sample(insertId, 1)", ALL, ALL),
        ('operation.producer="k8s.io"', OPEN, OPEN),
        ('timestamp>"2026-01-01T00:00:00Z"', OPEN, OPEN),
        ('ip_in_net(protoPayload.requestMetadata.callerIp, "10.0.0.0/8")', OPEN, OPEN),
        ('logName=~"(a+)+$"', OPEN, OPEN),
        ("resource.type=", OPEN, OPEN),
        ("((((", OPEN, OPEN),
        ("severity === high", OPEN, OPEN),
    ],
)
def test_what_a_filter_does_to_each_log(text: str, activity: Selection, data_access: Selection) -> None:
    """EVERYTHING is proven for all entries, DROPS is shown on one; anything else is undecided."""
    assert judge_filter(text, CLUSTER, ACTIVITY).selection is activity
    assert judge_filter(text, CLUSTER, DATA_ACCESS).selection is data_access


@pytest.mark.parametrize(
    ("text", "activity"),
    [
        ("severity<ERROR", DROPS),
        ("resource.type=gcs_bucket severity<ERROR sample(insertId, 0.99)", ALL),
        ("resource.type=k8s_cluster sample(insertId, 0.01)", DROPS),
        ('protoPayload.methodName:"leases"', DROPS),
        ('protoPayload.authenticationInfo.principalEmail="somebody@else.example"', OPEN),
        ('log_id("cloudaudit.googleapis.com/data_access")', ALL),
        ("this is = (no filter", OPEN),
    ],
)  # fmt: skip
def test_what_an_exclusion_takes_out(text: str, activity: Selection) -> None:
    """An exclusion that only may concern audit entries leaves the sink undecided, with its text."""
    found = judge_sink(sink(exclusions=(Exclusion("noise", text),)), CLUSTER, ACTIVITY)
    assert found.selection is activity
    assert activity is ALL or "exclusion noise" in found.why
    disabled = sink(exclusions=(Exclusion("noise", text, disabled=True),))
    assert judge_sink(disabled, CLUSTER, ACTIVITY).selection is ALL


def test_the_days_own_records_decide_what_our_samples_leave_open() -> None:
    """A filter that a real record of the day does not pass drops records, whatever it was meant for."""
    record = {
        "logName": "projects/shop-prod/logs/cloudaudit.googleapis.com%2Factivity",
        "resource": {"type": "k8s_cluster", "labels": {"cluster_name": "prod", "project_id": "shop-prod"}},
        "protoPayload": {"methodName": "io.k8s.core.v1.pods.create", "serviceName": "k8s.io"},
        "operation": {"producer": "another"},
    }
    lines = (json.dumps(record).encode(), b"not json", b"[1]", b'{"resource":{}}')
    text = 'operation.producer="k8s.io"'
    found = judge_filter(text, CLUSTER, ACTIVITY, lines)
    assert found.selection is DROPS
    assert "io.k8s.core.v1.pods.create" in found.why
    assert judge_filter(text, CLUSTER, DATA_ACCESS, lines).selection is OPEN


def test_or_binds_tighter_than_and() -> None:
    """As nowhere else: `a OR b AND c` is `(a OR b) AND c`."""
    read = parse_query("a=1 OR b=2 AND NOT c=3")
    either = Joined(False, (Comparison("a", "=", "1"), Comparison("b", "=", "2")))  # noqa: FBT003 - the or
    assert read == Joined(True, (either, Not(Comparison("c", "=", "3"))))  # noqa: FBT003 - the and


def test_a_comparison_with_a_field_an_entry_does_not_have_fails() -> None:
    """So says the language; whether `!=` fails too is not relied on."""
    entry = every_entry(CLUSTER, ACTIVITY)
    assert fits(parse_query('jsonPayload.a="1"'), entry, chance=True) is False
    assert fits(parse_query('jsonPayload.a!="1"'), entry, chance=True) is None
    assert fits(parse_query('NOT jsonPayload.a="1"'), entry, chance=True) is True


@pytest.mark.parametrize("text", ["(" * 40 + "a=1" + ")" * 40, "a=1 " * 6000, "NOT " * 60 + "a=1"])
def test_a_filter_beyond_all_bounds_is_refused(text: str) -> None:
    """A filter is somebody else's text: it must cost no stack and little time."""
    with pytest.raises(FormatError):
        parse_query(text)


@given(st.text(max_size=60) | st.from_regex(r"[a-zA-Z.\"()=:~!<>, -]{0,60}", fullmatch=True))
def test_no_text_breaks_the_reader_or_passes_by_accident(text: str) -> None:
    """It is read or refused; and what is proven to let everything through drops no sample."""
    found = judge_filter(text, CLUSTER, ACTIVITY)
    assert found.selection in {ALL, DROPS, OPEN}
    if found.selection is ALL and text.strip():
        assert fits(parse_query(text), every_entry(CLUSTER, ACTIVITY), chance=False) is True


def test_what_an_intercepting_sink_takes() -> None:
    """Sure, impossible, or open: a filter that cannot be read, or exclusions whose effect is not documented."""

    def taken(text: str, *exclusions: Exclusion) -> bool | None:
        return takes(Sink("organizations/1/sinks/s", "x", filter=text, exclusions=exclusions), CLUSTER, ACTIVITY)

    assert taken("") is True
    assert taken('logName:"cloudaudit"') is True
    assert taken('protoPayload.methodName:"leases"') is True
    assert taken('resource.type="gce_instance"') is False
    assert taken("no = (filter") is None
    assert taken("", Exclusion("e", "severity<ERROR")) is None
