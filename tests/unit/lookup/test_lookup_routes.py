"""The look-up API's paths, for clouds that hand over a plain request."""

import msgspec
import pytest

from dayseal.lookup.answers import Answer, Problem
from dayseal.lookup.routes import Asked, answer_request
from dayseal.lookup.service import LookupService
from dayseal.testing.memory import MemoryGuard, MemoryStore
from dayseal.testing.world import World, some_cluster

DAY = "2026-11-20"


class NoLinks:
    """Makes no links: nothing here is large."""

    def link(self, key: str, *, seconds: int) -> str:
        """Refuse."""
        raise AssertionError(f"{key} {seconds}")


@pytest.fixture
def service() -> LookupService:
    """Give a look-up on a small ledger in memory."""
    world = World(MemoryStore(), MemoryGuard(), MemoryStore())
    world.create()
    attestor = world.attestor()
    attestor.enrol(some_cluster("prod"))
    attestor.seal(some_cluster("prod"), DAY)
    world.recorder().run()
    return LookupService(world.store, world.policy, NoLinks())


def ask(service: LookupService, path: str, **query: str) -> Answer:
    """Ask for a path."""
    return answer_request(service, Asked("GET", path, query))


def test_every_route_answers(service: LookupService) -> None:
    """The same documents as on AWS."""
    clusters = msgspec.json.decode(ask(service, "/clusters", limit="1").encoded)["clusters"]
    path = f"/clusters/{clusters[0]['id']}/days"
    assert ask(service, path, **{"from": DAY, "to": DAY}).status == 200
    day = ask(service, f"{path}/{DAY}")
    assert (day.status, day.media_type) == (200, "application/json")
    assert ask(service, "/checkpoint").status == 200
    assert ask(service, "/tile/0/000.p/5").status == 200


@pytest.mark.parametrize(
    ("path", "query", "status"),
    [
        ("/", {}, 404),
        ("/clusters/", {}, 404),
        ("/clusters", {"limit": "0"}, 422),
        ("/clusters", {"limit": "201"}, 422),
        ("/clusters", {"limit": "1_0"}, 422),
        ("/clusters", {"limit": "²"}, 422),
        ("/clusters", {"cursor": "x" * 1_801}, 422),
        ("/clusters/../checkpoint", {}, 404),
        ("/clusters/nobody-0123456789abcdef/days", {}, 404),
        ("/clusters/nobody-0123456789abcdef/days/20261120", {}, 422),
        ("/clusters/nobody-0123456789abcdef/days/2026-11-20\n", {}, 422),
        ("/tile/../checkpoint", {}, 422),
        ("/objects/manifests/..", {}, 422),
        ("/evidence", {}, 404),
        ("/objects/manifests/" + "0" * 64 + ".json", {}, 404),
        ("/checkpoint\n", {}, 404),
    ],
)
def test_what_makes_no_sense_is_a_problem_document(
    service: LookupService, path: str, query: dict[str, str], status: int
) -> None:
    """A caller's words are hostile until they fit."""
    said = ask(service, path, **query)
    assert said.status == status
    assert isinstance(said.body, Problem)


def test_only_reading_is_answered(service: LookupService) -> None:
    """Nothing here changes anything."""
    said = answer_request(service, Asked("POST", "/clusters", {}))
    assert (said.status, said.headers["Allow"]) == (405, "GET")


def test_without_evidence_there_is_no_route_to_it(service: LookupService) -> None:
    """A function that makes none must not say that a job of that name is missing."""
    asked = Asked("POST", "/evidence", {}, b"{}", "application/json")
    assert answer_request(service, asked).status == 404
