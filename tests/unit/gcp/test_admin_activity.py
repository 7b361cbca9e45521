import datetime as dt
import json
from typing import Any

import pytest

from dayseal.checks.gke.changes import GKE_METHODS
from dayseal.clouds.gcp.changes import Since, Trails
from dayseal.clouds.gcp.entries import Entries
from dayseal.model import Window
from dayseal.model.route import ChangeTrail, Known, Missing, Reason
from support.gcp_estate import ORG
from support.gcp_gate import Fault
from support.gcp_storage import NOW
from support.gcp_world import World

SHOP = "projects/shop"
UPDATE = "google.logging.v2.ConfigServiceV2.UpdateSink"
WHO = "alice@example.com"


def entry(parent: str, method: str, minute: int = 0, day: int = 22, **payload: Any) -> dict[str, Any]:  # noqa: ANN401 - any member
    """Give an Admin Activity entry as the API shows it."""
    return {
        "logName": f"{parent}/logs/cloudaudit.googleapis.com%2Factivity",
        "insertId": f"id-{day}-{minute}",
        "timestamp": f"2026-11-{day}T06:{minute:02d}:00.123456789Z",
        "resource": {"type": "audited_resource", "labels": {"service": "logging.googleapis.com"}},
        "protoPayload": {
            "@type": "type.googleapis.com/google.cloud.audit.AuditLog",
            "serviceName": "logging.googleapis.com",
            "methodName": method,
            "resourceName": f"{parent}/sinks/audit",
            "authenticationInfo": {"principalEmail": WHO},
            **payload,
        },
    }


def trail(world: World, *places: str, since: Since | None = None) -> Known[ChangeTrail] | Missing:
    """Look changes up."""
    found = Trails(Entries(world.calls()), GKE_METHODS, since=since or Since()).answer(places or (SHOP,), NOW)
    assert isinstance(found, Known | Missing)
    return found


def known(found: Known[ChangeTrail] | Missing) -> ChangeTrail:
    """Give the trail."""
    assert isinstance(found, Known), found
    return found.value


def test_a_change_is_told_with_all_that_is_needed_to_judge_it(google: World) -> None:
    """What was changed, how, by whom, and whether it worked."""
    asked = {"@type": "type.googleapis.com/google.logging.v2.UpdateSinkRequest", "sinkName": "audit",
             "sink": {"disabled": True, "filter": "x"}}  # fmt: skip
    google.entries.held[SHOP] = [
        entry(SHOP, UPDATE, 1, request=asked),
        entry(SHOP, UPDATE, 2, status={"code": 7, "message": f"{WHO} may not"}),
        entry(SHOP, "google.logging.v2.ConfigServiceV2.GetSink", 3),
    ]
    first, second = known(trail(google)).changes
    assert (first.name, first.event_id, first.actor, first.error) == (UPDATE, "id-22-1", WHO, "")
    assert first.at == dt.datetime(2026, 11, 22, 6, 1, 0, 123456, tzinfo=dt.UTC)
    assert json.loads(first.parameters) == {"resourceName": f"{SHOP}/sinks/audit", "request": asked}
    assert second.error == "7"


def test_a_policy_delta_is_told(google: World) -> None:
    """Data Access logs are switched off by SetIamPolicy, and only the delta says what it took away."""
    delta = {"auditConfigDeltas": [{"action": "REMOVE", "service": "allServices", "logType": "DATA_READ"}]}
    data = {"@type": "type.googleapis.com/google.iam.v1.logging.AuditData", "policyDelta": delta}
    google.entries.held[SHOP] = [entry(SHOP, "SetIamPolicy", serviceData=data)]
    (change,) = known(trail(google)).changes
    said = json.loads(change.parameters)
    assert said["policyDelta"] == delta
    assert said["serviceData"] == data


def test_every_page_and_every_level_is_read_once(google: World) -> None:
    """A change on the second page, or at the organisation, is a change all the same."""
    google.gate.pages["logging:entries.list"] = 3
    google.entries.held[SHOP] = [entry(SHOP, UPDATE, n) for n in range(8)]
    google.entries.held[ORG] = [entry(ORG, UPDATE, 30)]
    found = known(trail(google, SHOP, ORG))
    assert len(found.changes) == 9
    assert list(found.changes) == sorted(found.changes, key=lambda change: change.at)
    assert google.gate.count("logging:entries.list") == 4


def test_the_window_is_what_was_asked_and_at_most_what_is_kept(google: World) -> None:
    """A trail must not speak for a time it cannot know."""
    google.entries.held[SHOP] = [entry(SHOP, UPDATE, 0, day) for day in (20, 21, 22)]
    recent = Since(places={SHOP: NOW - dt.timedelta(days=2)})
    found = known(trail(google, since=recent))
    assert (found.window, len(found.changes)) == (Window(NOW - dt.timedelta(days=2), NOW), 1)
    assert known(trail(google)).window.start == NOW - dt.timedelta(days=400)
    old = Since(everywhere=NOW - dt.timedelta(days=900))
    assert known(trail(google, since=old)).window.start == NOW - dt.timedelta(days=400)


@pytest.mark.parametrize(("status", "reason"), [(403, Reason.DENIED), (429, Reason.THROTTLED), (503, Reason.TIMED_OUT)])
def test_one_level_that_does_not_answer_leaves_no_trail(
    google: World, monkeypatch: pytest.MonkeyPatch, status: int, reason: Reason
) -> None:
    """The change may have been made just there."""
    monkeypatch.setattr("dayseal.clouds.gcp.entries._PATIENCE_S", 0.2)
    google.gate.refuse("logging:entries.list", ORG, status=status)
    found = trail(google, SHOP, ORG)
    assert isinstance(found, Missing)
    assert (found.reason, found.call.resource) == (reason, ORG)
    assert found.permission == ("logging.logEntries.list" if status == 403 else "")
    assert "example.com" not in found.text  # errors name people


def test_a_refusal_for_the_rate_is_waited_out(google: World) -> None:
    """60 requests a minute are a project's share."""
    google.entries.held[SHOP] = [entry(SHOP, UPDATE)]
    google.gate.refuse("logging:entries.list", status=429, times=1)
    assert len(known(trail(google)).changes) == 1


def test_a_page_that_never_comes_ends(google: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run must end even when Logging does not answer."""
    monkeypatch.setattr("dayseal.clouds.gcp.entries._PATIENCE_S", 0.3)
    monkeypatch.setattr("dayseal.clouds.gcp.entries._TIMEOUT_S", 0.1)
    google.gate.hurt("logging:entries.list", Fault.DELAYED).seconds = 0.4
    found = trail(google)
    assert isinstance(found, Missing)
    assert found.reason is Reason.TIMED_OUT


def test_an_entry_without_method_or_time_is_a_contradiction(google: World) -> None:
    """What cannot be read is not left out: it may be the change that counts."""
    broken = entry(SHOP, UPDATE)
    del broken["insertId"]
    google.entries.held[SHOP] = [broken]
    found = trail(google)
    assert isinstance(found, Missing)
    assert found.reason is Reason.CONTRADICTORY


def test_many_levels_are_asked_with_few_requests(google: World) -> None:
    """60 requests a minute are allowed, and an organisation has hundreds of projects."""
    places = [f"projects/p-{n}" for n in range(150)]
    for place in places:
        google.entries.held[place] = [entry(place, UPDATE, len(place))]
    trails = Trails(Entries(google.calls()), GKE_METHODS)
    trails.load(places, NOW)
    assert google.gate.count("logging:entries.list") == 2
    for place in places:
        (change,) = known(trails.answer([place], NOW)).changes
        assert place in change.parameters
    assert google.gate.count("logging:entries.list") == 2


def test_one_level_that_refuses_hides_no_other(google: World) -> None:
    """One refusal refuses the whole request; asked in halves, only its own trail is missing."""
    places = [f"projects/p-{n:02d}" for n in range(40)]
    google.gate.refuse("logging:entries.list", "projects/p-17")
    trails = Trails(Entries(google.calls()), GKE_METHODS)
    trails.load(places, NOW)
    assert google.gate.count("logging:entries.list") < 15
    missing = [place for place in places if isinstance(trails.answer([place], NOW), Missing)]
    assert missing == ["projects/p-17"]


def test_entries_of_somebody_else_are_given_to_nobody(google: World) -> None:
    """A project that is asked for by its number has entries under its id."""
    google.entries.held["projects/900"] = [entry("projects/archive", UPDATE)]
    trails = Trails(Entries(google.calls()), GKE_METHODS)
    trails.load([SHOP, "projects/900"], NOW)
    assert len(known(trails.answer(["projects/900"], NOW)).changes) == 1
    assert known(trails.answer([SHOP], NOW)).changes == ()
