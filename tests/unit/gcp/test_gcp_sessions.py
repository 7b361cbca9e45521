import concurrent.futures
import json
import pickle
from collections.abc import Iterator
from typing import Any

import pytest
from google.auth.credentials import Credentials

from dayseal.clouds.gcp.calls import Ask, Calls
from dayseal.clouds.gcp.discover import GcpDiscovery, SearchScope
from dayseal.clouds.gcp.session import Access, Sessions, open_ordinary_credentials
from dayseal.model.route import Call, Missing, Reason
from support.gcp_estate import ORG, add_project, gke_cluster
from support.gcp_gate import Fault
from support.gcp_world import World, nobody
from support.http_switch import QuietHandler, serving

SINKS = Ask(Call("logging", "sinks.list", "projects/shop"), "v2/projects/shop/sinks", {"filter": 'in_scope("ALL")'})


class Counted(Credentials):
    """Credentials that count how often a token was fetched."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # google-auth says that it is typed, and is in part
        self.fetched = 0

    def refresh(self, request: object) -> None:  # noqa: ARG002 - as google-auth calls it
        """Fetch a token."""
        self.fetched += 1
        self.token = "token"  # noqa: S105 - it is none


class Scripted(QuietHandler):
    """Answers from a list; remembers what it was asked."""

    answers: list[tuple[int, dict[str, Any], dict[str, str]]]
    heard: list[dict[str, str]]

    def serve(self, body: bytes) -> None:  # noqa: ARG002 - the base class's
        """Give the next answer, the last one for ever."""
        self.heard.append({name.lower(): value for name, value in self.headers.items()} | {":path": self.path})
        status, said, headers = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        self.answer(status, json.dumps(said).encode(), headers)


@pytest.fixture
def scripted() -> Iterator[tuple[str, type[Scripted]]]:
    """Serve answers from a list."""
    server = type("Server", (Scripted,), {"answers": [], "heard": []})
    with serving(server) as address:
        yield address, server


def test_a_token_is_fetched_once_for_all_threads(google: World) -> None:
    """Sixteen threads begin at once, and the metadata server is slow."""
    credentials = Counted()
    add_project(google, "shop", "111", gke_cluster("prod"))
    calls = google.calls(open_credentials=lambda: credentials)
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: calls.list(SINKS).ended, range(24)))
    assert (found, credentials.fetched) == ([None] * 24, 1)


def test_an_access_travels_to_other_processes() -> None:
    """Workers get in by themselves, so nothing that is open goes along."""
    access = Access(quota_project="billing")
    assert pickle.loads(pickle.dumps(access)) == access  # noqa: S301 - our own bytes
    assert access.open_credentials is open_ordinary_credentials
    assert access.address("logging") == "https://logging.googleapis.com"


def test_requests_say_whom_to_count_them_against(scripted: tuple[str, type[Scripted]]) -> None:
    """Otherwise they count against the project the credentials come from."""
    address, server = scripted
    server.answers = [(200, {}, {})]
    sessions = Sessions(Access(endpoint=address, quota_project="billing", open_credentials=nobody))
    assert Calls(sessions).list(SINKS).ended is None
    assert server.heard[0]["x-goog-user-project"] == "billing"


@pytest.mark.parametrize(("said", "waited"), [("3", 3.0), ("86400", 8.0), ("soon", 0.5), ("", 0.5)])
def test_a_service_may_say_when_to_come_back(scripted: tuple[str, type[Scripted]], said: str, waited: float) -> None:
    """Within bounds: a run must end."""
    address, server = scripted
    server.answers = [(429, {}, {"Retry-After": said} if said else {}), (200, {}, {})]
    waits: list[float] = []
    access = Access(endpoint=address, open_credentials=nobody, wait=waits.append)
    assert Calls(Sessions(access)).list(SINKS).ended is None
    assert waits == [waited]


def test_an_answer_that_leads_elsewhere_is_not_followed(scripted: tuple[str, type[Scripted]]) -> None:
    """The token would go along."""
    address, server = scripted
    server.answers = [(302, {}, {"Location": f"{address}/elsewhere"})]
    ended = Calls(Sessions(Access(endpoint=address, open_credentials=nobody))).list(SINKS).ended
    assert isinstance(ended, Missing)
    assert (ended.reason, len(server.heard)) == (Reason.CONTRADICTORY, 1)


def test_a_listing_that_never_ends_is_no_listing(scripted: tuple[str, type[Scripted]]) -> None:
    """A page that follows itself would be asked for ever."""
    address, server = scripted
    server.answers = [(200, {"sinks": [{}], "nextPageToken": "again"}, {})]
    ended = Calls(Sessions(Access(endpoint=address, open_credentials=nobody))).list(SINKS).ended
    assert isinstance(ended, Missing)
    assert (ended.reason, len(server.heard)) == (Reason.CONTRADICTORY, 2)


def test_a_service_that_never_answers_is_given_up(google: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """After as many attempts as were allowed, each bounded."""
    monkeypatch.setattr("dayseal.clouds.gcp.session._TIMEOUT_S", (0.1, 0.1))
    google.gate.hurt("logging:sinks.list", Fault.DELAYED).seconds = 0.3
    ended = google.calls(attempts=2).list(SINKS).ended
    assert isinstance(ended, Missing)
    assert (ended.reason, google.gate.count("logging:sinks.list")) == (Reason.TIMED_OUT, 2)


@pytest.mark.parametrize("name", ["//container.googleapis.com/projects/shop/locations/x", "nonsense", ""])
def test_an_index_that_names_the_impossible_is_not_complete(google: World, name: str) -> None:
    """Something is there that nobody looked at."""
    add_project(google, "shop", "111", gke_cluster("prod"))
    google.index.append(("projects/shop", name))
    found = GcpDiscovery(google.calls(), SearchScope(above=(ORG,))).discover()
    assert len(found.clusters) == 1
    assert found.silent == (f"{ORG}: a cluster with an impossible name: {name!a}",)


def test_a_cluster_whose_entry_lacks_its_id_is_told(google: World) -> None:
    """Without an id nobody can say whether it is the enrolled one."""
    broken = gke_cluster("prod")
    del broken["id"]
    add_project(google, "shop", "111", broken, gke_cluster("other"))
    found = GcpDiscovery(google.calls(), SearchScope(above=(ORG,))).discover()
    assert [cluster.name for cluster in found.clusters] == ["other"]
    assert found.silent == ("project shop: cluster 'prod' cannot be read",)
