"""What only Google Cloud's look-up has: evidence with events behind a function of its own, links that IAM signs."""

import datetime as dt
import json
from collections.abc import Iterator

import pytest
import urllib3

from support.gcp_lookup_api import GcpApi
from support.lookup_world import seal_three_days, serving_on_gcp
from support.plain_logs import DAY

pytest.importorskip("functions_framework", reason="the functions framework is not installed")


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[GcpApi]:
    """The functions on three sealed days."""
    world = seal_three_days(tmp_path_factory.mktemp("lookup"))
    with serving_on_gcp(world, tmp_path_factory.mktemp("source")) as api:
        yield api


@pytest.fixture
def api(served: GcpApi) -> GcpApi:
    """The functions, honest and idle."""
    served.calm()
    return served


def wanted(api: GcpApi) -> bytes:
    """Give a request for a day's evidence."""
    cluster = api.json("/clusters")["clusters"][0]["id"]
    return json.dumps({"cluster": cluster, "from": str(DAY), "to": str(DAY)}).encode()


def test_each_function_makes_one_kind_of_evidence_and_knows_nothing_of_the_other(api: GcpApi) -> None:
    """IAM grants whole functions: who may call `lookup` must find no way to audit events in it."""
    body = wanted(api)
    for entry, other in ((api.main.lookup, "/evidence/events"), (api.main.events, "/evidence")):
        assert api._call(entry, "POST", other, body, "application/json").status in (404, 405)
    started = api.ask("POST", "/evidence/events", body)
    job = json.loads(started.body)["job"]
    assert api.ask("GET", f"/evidence/events/{job}").status == 200
    assert api._call(api.main.lookup, "GET", f"/evidence/{job}", b"", "").status == 404
    assert api._call(api.main.lookup, "GET", f"/evidence/events/{job}", b"", "").status == 404


def test_a_link_serves_one_object_and_no_other(api: GcpApi) -> None:
    """The signature covers bucket, name and term."""
    job = api.json(api.ask("POST", "/evidence", wanted(api)).headers["Location"])
    assert urllib3.request("GET", job["url"]).status == 200
    other = job["url"].replace("/files/plain/", "/jobs/plain/").replace(".zip?", ".json?")
    assert urllib3.request("GET", other).status == 403
    longer = job["url"].replace("X-Goog-Expires=900", "X-Goog-Expires=9000")
    assert longer != job["url"]
    assert urllib3.request("GET", longer).status == 403


def test_without_the_right_to_sign_there_is_a_problem_and_no_link(api: GcpApi) -> None:
    """What is wrong is ours to find in the log; the caller tries again later."""
    where = api.ask("POST", "/evidence", wanted(api)).headers["Location"]
    api.vouching.refused = True
    reply = api.ask("GET", where)
    assert (reply.status, reply.headers["Content-Type"]) == (503, "application/problem+json")
    assert "Retry-After" in reply.headers
    assert b"audit.iam" not in reply.body


def test_a_body_of_another_kind_is_refused(api: GcpApi) -> None:
    """A form of some page must not start anything."""
    for kind in ("text/plain", "application/x-www-form-urlencoded", ""):
        assert api.ask("POST", "/evidence", b"{}", kind).status == 415
    assert api.ask("POST", "/evidence", b"{").status == 422
    assert api.jobs == []


def test_a_task_that_names_no_kind_is_refused(api: GcpApi) -> None:
    """Only the queue's account may call, and it says what `lookup` put in."""
    reply = api._call(api.main.evidence, "POST", "/", b'{"kind":"all","job":"x"}', "application/json")
    assert reply.status == 400


def test_a_queue_that_takes_nothing_is_no_job_that_waits(api: GcpApi) -> None:
    """Whoever asked is told at once, and may ask again."""
    api.vouching.full = True
    body = json.loads(wanted(api)) | {"to": str(DAY + dt.timedelta(days=1))}
    reply = api.ask("POST", "/evidence", json.dumps(body).encode())
    assert reply.status == 503
    api.vouching.full = False
    again = api.ask("POST", "/evidence", json.dumps(body).encode())
    assert (again.status, json.loads(again.body)["state"]) == (202, "done")
