"""Evidence jobs: started by one function, made by another, fetched by a link."""

import datetime as dt
import json

import pytest
import urllib3

from dayseal.clouds.local.clock import SystemClock
from dayseal.codec import format_time, sha256_hex
from dayseal.errors import AccessError
from dayseal.model import Verdict
from dayseal.notes import parse_policy
from dayseal.offline import verify_bundle
from support.gateway import Reply
from support.lookup_clouds import AnyApi
from support.plain_logs import DAY

DAYS = {"from": str(DAY), "to": str(DAY + dt.timedelta(days=1))}


def start(api: AnyApi, cluster: str, route: str = "/evidence", /, **more: object) -> Reply:
    """POST a request for evidence."""
    return api.ask("POST", route, json.dumps({"cluster": cluster, **DAYS, **more}).encode())


def test_a_bundle_is_made_and_fetched_by_a_link(api: AnyApi, blue: str) -> None:
    """What the link gives verifies with no network."""
    reply = start(api, blue)
    assert reply.status == 202
    job = api.json(reply.headers["Location"])
    assert job["state"] == "done"
    data = urllib3.request("GET", job["url"]).data
    assert (len(data), sha256_hex(data)) == (job["bytes"], job["sha256"])
    now = SystemClock().now()
    checked = verify_bundle(data, parse_policy(api.policy.read_text()), since=None, as_of=now)
    assert checked.verification.verdict is Verdict.PASS, checked.verification.problems
    assert (checked.cluster.path, checked.with_events) == (blue, False)


def test_events_have_routes_of_their_own(api: AnyApi, blue: str) -> None:
    """Who may ask for statements only cannot reach a bundle with events, by whatever name."""
    reply = start(api, blue, "/evidence/events")
    assert reply.status == 202
    where = reply.headers["Location"]
    assert where.startswith("/evidence/events/")
    job = api.json(where)
    assert job["state"] == "done", job
    assert api.ask("GET", f"/evidence/{job['job']}").status == 404
    data = urllib3.request("GET", job["url"]).data
    checked = verify_bundle(data, parse_policy(api.policy.read_text()), since=None, as_of=SystemClock().now())
    assert checked.with_events


def test_asking_twice_makes_one_bundle(api: AnyApi, blue: str) -> None:
    """A retried request, or two curious people, cost one run."""
    api.runs_jobs = False
    size = int((api.ledger / "checkpoint").read_text().splitlines()[1])
    first, second = (start(api, blue, since=size) for _ in range(2))
    assert first.headers["Location"] == second.headers["Location"]
    assert json.loads(second.body)["state"] == "queued"
    assert len(api.jobs) == 1
    event = api.jobs.pop()
    assert [api.run(event) for _ in range(2)] == ["done", "done"]
    assert json.loads(start(api, blue, since=size).body)["state"] == "done"
    assert api.jobs == []


@pytest.mark.parametrize(
    ("more", "status"),
    [
        ({"to": "2024-04-30"}, 400),
        ({"to": "2034-05-01"}, 400),
        ({"from": "2024-02-30"}, 400),
        ({"from": 5}, 422),
        ({"since": 10**9}, 400),
        ({"since": 0}, 422),
        ({"since": "x"}, 422),
        ({"cluster": "../../x"}, 422),
        ({"cluster": "blue-0123456789abcdef"}, 404),
    ],
)
def test_nonsense_starts_nothing(api: AnyApi, blue: str, more: dict[str, object], status: int) -> None:
    """A job costs a function's run: nothing starts before the request fits the ledger."""
    reply = start(api, blue, **more)
    assert reply.status == status, reply.body
    assert reply.headers["Content-Type"] == "application/problem+json"
    assert api.jobs == []


def test_events_of_many_days_are_refused(api: AnyApi, blue: str) -> None:
    """A bundle is built in memory, and nobody needs a month of secrets at once."""
    assert start(api, blue, "/evidence/events", to=str(DAY + dt.timedelta(days=6))).status == 202
    assert start(api, blue, "/evidence/events", to=str(DAY + dt.timedelta(days=7))).status == 400


def test_a_job_that_fell_silent_is_failed_and_can_be_asked_for_again(api: AnyApi, blue: str) -> None:
    """A function that was killed writes nothing; its job must not block the next one for ever."""
    api.runs_jobs = False
    where = start(api, blue, to=str(DAY)).headers["Location"]
    key = f"jobs/plain/{where.rpartition('/')[2]}.json"
    record = json.loads(api.read_evidence(key))
    record["at"] = format_time(SystemClock().now() - dt.timedelta(minutes=21))
    body = json.dumps(record, sort_keys=True, separators=(",", ":")).encode()
    api.write_evidence(key, body)
    assert api.json(where)["state"] == "failed"
    api.jobs.clear()
    assert json.loads(start(api, blue, to=str(DAY)).body)["state"] == "queued"
    assert len(api.jobs) == 1


def test_a_job_that_storage_failed_is_raised_so_that_it_is_tried_again(
    api: AnyApi, blue: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An outage is over in a minute; the second attempt makes the bundle."""
    api.runs_jobs = False
    start(api, blue, to=str(DAY + dt.timedelta(days=2)))
    event = api.jobs.pop()

    def refuse(*_: object) -> bytes:
        raise AccessError("s3://evidence/secret-name: 503")

    api.break_work(monkeypatch, refuse)
    with pytest.raises(AccessError):
        api.run(event)
    failed = api.json(f"/evidence/{event['job']}")
    assert (failed["state"], failed["problem"]) == ("failed", "storage did not answer as promised")
    monkeypatch.undo()
    assert api.run(event) == "done"
