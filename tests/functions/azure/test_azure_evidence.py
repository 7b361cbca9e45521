"""What only Azure's look-up has: an app role for evidence with events, a queue, links by a user delegation key."""

import base64
import datetime as dt
import json
import urllib.parse
from collections.abc import Iterator

import pytest
import urllib3

from dayseal.clouds.local.clock import SystemClock
from dayseal.errors import UsageError
from support.azure_lookup_api import EVENTS_ROLE, AzureApi, ask_door
from support.gateway import Reply
from support.lookup_world import seal_three_days, serving_on_azure
from support.plain_logs import DAY


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AzureApi]:
    """The functions on three sealed days."""
    world = seal_three_days(tmp_path_factory.mktemp("lookup"))
    with serving_on_azure(world, tmp_path_factory.mktemp("source")) as api:
        yield api


@pytest.fixture
def api(served: AzureApi) -> AzureApi:
    """The functions, honest and idle."""
    served.calm()
    return served


def wanted(api: AzureApi, days: int = 1) -> bytes:
    """Give a request for some days' evidence."""
    cluster = api.json("/clusters")["clusters"][0]["id"]
    return json.dumps({"cluster": cluster, "from": str(DAY), "to": str(DAY + dt.timedelta(days=days - 1))}).encode()


def ask_as(api: AzureApi, roles: tuple[str, ...], method: str, target: str, body: bytes = b"") -> Reply:
    """Ask as somebody with these app roles."""
    return ask_door(api.door, method, target, body, "application/json", roles)


def test_evidence_with_events_is_for_the_app_role_alone(api: AzureApi) -> None:
    """App Service lets an auditor in to every path; audit events are personal data and secrets."""
    body = wanted(api)
    job = json.loads(api.ask("POST", "/evidence/events", body).body)["job"]
    for roles in ((), ("Evidence.Plain",), (EVENTS_ROLE.lower(),), (f"{EVENTS_ROLE} ",)):
        for method, target in (("POST", "/evidence/events"), ("GET", f"/evidence/events/{job}")):
            for spelled in (target, target.replace("/events", "%2Fevents"), target.replace("e", "%65")):
                reply = ask_as(api, roles, method, spelled, body if method == "POST" else b"")
                assert (reply.status, reply.headers["Content-Type"]) == (403, "application/problem+json"), spelled
    assert ask_as(api, (), "GET", f"/evidence/{job}").status == 404
    assert ask_as(api, ("Other", EVENTS_ROLE), "GET", f"/evidence/events/{job}").status == 200
    assert ask_as(api, (), "POST", "/evidence", body).status == 202


@pytest.mark.parametrize(
    "header",
    ["", "e30=", "%%%", base64.b64encode(b'{"claims":[["roles","Evidence.Events"]]}').decode(),
     base64.b64encode(b'{"claims":[{"typ":"groups","val":"Evidence.Events"}]}').decode(),
     base64.b64encode(b"\xff").decode()],
)  # fmt: skip
def test_a_principal_that_names_no_role_has_none(api: AzureApi, header: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What cannot be read is nobody, and a claim of another kind is no role."""
    monkeypatch.setattr("support.azure_lookup_api.principal", lambda *_: header)
    assert ask_as(api, (EVENTS_ROLE,), "POST", "/evidence/events", wanted(api)).status == 403


def test_where_no_role_is_named_nobody_gets_events(api: AzureApi, monkeypatch: pytest.MonkeyPatch) -> None:
    """An app whose settings lack a line must not be more open than others."""
    monkeypatch.delenv("DAYSEAL_EVENTS_ROLE")
    api.door.open_door.cache_clear()
    try:
        for roles in ((), ("",), (EVENTS_ROLE,)):
            assert ask_as(api, roles, "POST", "/evidence/events", wanted(api)).status in (404, 405)
    finally:
        api.door.open_door.cache_clear()


def test_a_link_serves_one_blob_for_a_quarter_of_an_hour_to_be_read(api: AzureApi) -> None:
    """The signature covers blob, right, protocol and term, and it is no account key's."""
    url = api.json(api.ask("POST", "/evidence", wanted(api)).headers["Location"])["url"]
    said = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(url).query))
    assert (said["sp"], said["sr"], said["spr"], said["sks"]) == ("r", "b", "https", "b")
    assert said["ske"] == said["se"]  # the key ends with the link
    ends = dt.datetime.strptime(said["se"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=dt.UTC)
    assert dt.timedelta(minutes=14) < ends - SystemClock().now() <= dt.timedelta(minutes=15)
    assert urllib3.request("GET", url).status == 200
    for changed in (
        url.replace("/files/plain/", "/jobs/plain/").replace(".zip?", ".json?"),
        url.replace("sp=r&", "sp=rw&"),
        url.replace("/evidence/files", "/ledger/files"),
        url.replace(f"se={urllib.parse.quote(said['se'])}", "se=2099-01-01T00%3A00%3A00Z"),
    ):
        assert changed != url
        assert urllib3.request("GET", changed).status == 403, changed
    assert urllib3.request("DELETE", url).status == 403
    assert urllib3.request("PUT", url, body=b"x", headers={"x-ms-blob-type": "BlockBlob"}).status == 403


def test_a_queue_that_takes_nothing_is_no_job_that_waits(api: AzureApi) -> None:
    """Whoever asked is told at once, and may ask again."""
    api.queue.full = True
    body = wanted(api, days=2)
    reply = api.ask("POST", "/evidence", body)
    assert (reply.status, b"queues" in reply.body) == (503, False)
    api.queue.full = False
    again = api.ask("POST", "/evidence", body)
    assert (again.status, json.loads(again.body)["state"]) == (202, "done")


@pytest.mark.parametrize("event", [{"kind": "all", "job": "0" * 32}, {"kind": "plain"}, {"job": 5, "kind": "plain"}])
def test_a_message_that_names_no_job_is_told_as_an_error(api: AzureApi, event: dict[str, str]) -> None:
    """Only the look-up may add messages; another one is put aside after three times, and the alert rings."""
    with pytest.raises(UsageError, match="promised"):
        api.queue.run(event)
