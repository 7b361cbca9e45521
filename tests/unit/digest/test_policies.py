"""The comparison with the provider's policy during a digest, against the plain one of `audit.policy`."""

import io
import json
from collections import Counter

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dayseal.audit.formats.shapes import Shape
from dayseal.audit.policy import (
    Decision,
    Evaluator,
    Level,
    Request,
    Stage,
    compare,
    observed_event,
    profile_policy,
    request_of_event,
)
from dayseal.audit.policy.rules import decisions_of
from dayseal.digest import policies
from dayseal.digest.objects import digest_object
from dayseal.digest.policies import PolicyJudge, judge_of
from dayseal.digest.tally import Tally, merge_all
from support.naive_policy import naive_rule

EKS = profile_policy("eks")
TIME = "2026-11-22T06:00:00.{:06}Z"
URIS = st.sampled_from(
    [
        *("/api/v1/namespaces/x/pods/y", "/api/v1/namespaces/x/pods", "/api/v1/nodes/n", "/version", "/livez?x=1"),
        *("/api/v1/namespaces/x/secrets?limit=5", "/api/v1/secrets?fieldSelector=metadata.name%3Dtls"),
        "/api/v1/events",
        *("/api/v1/namespaces/x/serviceaccounts/a/token", "/api/v1/namespaces/x/pods/y/exec?command=sh", "/apis/foo"),
        *("/apis/apps/v1/namespaces/x/deployments/d", "/api/v1/namespaces/kube-system/endpoints/e", "/" + "z" * 600),
    ]
)
EVENTS = st.fixed_dictionaries(
    {
        "level": st.sampled_from(["Metadata", "Request", "RequestResponse", "Loud"]),
        "stage": st.sampled_from([*(stage.value for stage in Stage), "Later"]),
        "verb": st.sampled_from(["get", "list", "watch", "create", "patch", "delete"]),
        "requestURI": URIS,
        "user": st.fixed_dictionaries(
            {"username": st.sampled_from(["", "anna", "system:node:n", "system:kube-proxy", "system:apiserver"])},
            optional={"groups": st.sampled_from([["system:nodes"], ["system:authenticated"], []])},
        ),
        "stageTimestamp": st.integers(0, 99).map(TIME.format),
    },
    optional={
        "responseStatus": st.sampled_from([{"code": 200}, {"code": 403}, {"code": "200"}, {}]),
        "requestObject": st.sampled_from([{"kind": "Pod"}, None, "text"]),
        "responseObject": st.sampled_from([{"kind": "Pod"}, None]),
        "annotations": st.just({"audit.k8s.io/truncated": "true"}),
    },
)


def naive_decision(request: Request) -> Decision:
    """Decide by the evaluator that has no tables."""
    rule = naive_rule(EKS, request)
    return decisions_of(EKS)[0 if rule is None else rule + 1]


def naive_class(event: dict[str, object]) -> tuple[str, str]:
    """Compare one event without any memory, with the evaluator that has no tables."""
    levels = {level.text: level for level in Level}
    user = event["user"]
    assert isinstance(user, dict)
    if event["level"] not in levels or event["stage"] not in {stage.value for stage in Stage}:
        return "", ""
    request = request_of_event(
        verb=str(event["verb"]),
        request_uri=str(event["requestURI"]),
        user=user["username"],
        groups=tuple(user.get("groups", ())),
    )
    decision = naive_decision(request)
    status = event.get("responseStatus", {})
    code = status.get("code") if isinstance(status, dict) else None
    seen = observed_event(
        level=levels[str(event["level"])],
        stage=Stage(event["stage"]),
        request_body=event.get("requestObject") is not None,
        response_body=event.get("responseObject") is not None,
        code=code if isinstance(code, int) else None,
        cut="annotations" in event,
    )
    return compare(decision, request, seen).value, decision.level.text


def tally_of(events: list[dict[str, object]]) -> Tally:
    """Digest events as an EKS export."""
    lines = [f"2026-11-22T06:00:01.000Z {json.dumps(event, separators=(',', ':'))}" for event in events]
    stored = "\n".join(lines).encode()
    return merge_all(tally for _, tally in digest_object(io.BytesIO(stored), key="k", version="").tallies)


@given(st.lists(EVENTS, min_size=1, max_size=12))
def test_the_digest_compares_every_event_as_the_plain_way_does(events: list[dict[str, object]]) -> None:
    """What is remembered must never answer for another request."""
    tally = tally_of(events)
    expected = Counter(found for event in events if (found := naive_class(event)[0]))
    assert {key.comparison: n for key, n in tally.policy.kept.items()} == expected
    drift = Counter(pair for event in events if (pair := naive_class(event))[0] not in ("", "MATCH"))
    counted: Counter[tuple[str, str]] = Counter()
    for key, cell in tally.drift.kept.items():
        counted[key.comparison, key.expected] += cell.events
    assert counted == drift


def test_a_small_memory_changes_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is emptied when full, in the middle of a day."""
    monkeypatch.setattr(policies, "_MAX_REQUESTS", 2)
    monkeypatch.setattr(policies, "_MAX_JUDGEMENTS", 2)
    uris = ["/api/v1/namespaces/x/pods/y", "/version", "/api/v1/namespaces/x/secrets/s", "/livez", "/api/v1/nodes"]
    events: list[dict[str, object]] = [
        {"level": level, "stage": "ResponseComplete", "verb": verb, "requestURI": uri, "user": {"username": "anna"},
         "stageTimestamp": TIME.format(0)}
        for _ in range(3) for uri in uris for verb in ("get", "create") for level in ("Metadata", "Request")
    ]  # fmt: skip
    tally = tally_of(events)
    expected = Counter(naive_class(event)[0] for event in events)
    assert {key.comparison: n for key, n in tally.policy.kept.items()} == expected


def test_drift_keeps_when_it_was_seen() -> None:
    """The date a provider changes its policy is read from these times."""
    events: list[dict[str, object]] = [
        {"level": "Metadata", "stage": "ResponseComplete", "verb": "get", "requestURI": "/version",
         "user": {"username": "system:anonymous"}, "stageTimestamp": TIME.format(n)}
        for n in (7, 3, 5)
    ]  # fmt: skip
    ((key, cell),) = tally_of(events).drift.kept.items()
    assert (key.comparison, key.resource, key.user_class) == ("UNEXPECTED", "/version", "anonymous")
    assert key.expected == "None"
    assert (cell.events, cell.last_us - cell.first_us) == (3, 4)


def test_nothing_is_compared_where_nobody_published_a_policy() -> None:
    """A self-managed cluster's records look like EKS's, and were made by rules we do not know."""
    stored = b'{"kind":"Event","level":"Metadata","stage":"ResponseComplete","verb":"get","requestURI":"/version"}'
    ((_, tally),) = digest_object(io.BytesIO(stored), key="k", version="").tallies
    assert dict(tally.policy.kept) == {}


def test_a_judge_names_the_rules_it_judges_by() -> None:
    """Two days can only be compared when both were judged by the same rules."""
    judge = judge_of(Shape.GKE)
    assert isinstance(judge, PolicyJudge)
    assert judge.name == f"gke@{policies.profile_version('gke')}"
    assert judge_of(Shape.KUBE) is None


def test_parts_of_split_entries_are_counted_and_their_bodies_not_missed() -> None:
    """An entry over 512 KiB is cut into parts; each part has only some of what the whole has."""
    entry = {
        "logName": "projects/p/logs/cloudaudit.googleapis.com%2Factivity",
        "timestamp": TIME.format(0),
        "resource": {"type": "k8s_cluster", "labels": {"project_id": "p", "location": "l", "cluster_name": "c"}},
        "protoPayload": {
            "methodName": "io.k8s.core.v1.pods.create",
            "resourceName": "core/v1/namespaces/x/pods/y",
            "authenticationInfo": {"principalEmail": "anna@example.com"},
        },
    }
    parts = [{"uid": "big", "totalSplits": 3}, {"uid": "big", "index": 2, "totalSplits": 3}, {"uid": "big", "index": 9}]
    stored = b"\n".join(msgspec.json.encode({**entry, "split": part}) for part in parts)
    ((_, tally),) = digest_object(io.BytesIO(stored), key="k", version="").tallies
    assert sorted((key.total, key.number, n) for key, n in tally.splits.kept.items()) == [(3, 0, 1), (3, 2, 1)]
    assert {key.comparison: n for key, n in tally.policy.kept.items()} == {"MATCH": 2, "LOWER": 1}


def test_the_evaluator_of_a_profile_is_the_plain_one() -> None:
    """The judge decides by the profile as it is shipped."""
    request = request_of_event(verb="create", request_uri="/api/v1/namespaces/x/pods", user="anna", groups=())
    assert Evaluator(EKS).decide(request) == naive_decision(request)
