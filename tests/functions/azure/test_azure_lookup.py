"""The look-up function of Azure on a ledger in a folder, asked by HTTP request objects as its host makes them.

In containers it is asked in tests/functions/lookup, where there is Azurite.
"""

import dataclasses
import datetime as dt
import json
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from dayseal.ledger.reader import LedgerReader
from dayseal.lookup.remote import RemoteStore
from dayseal.merkle import leaf_hash
from dayseal.notes import parse_policy
from support.azure_lookup_api import ask_door, load_door
from support.gateway import Reply
from support.lookup_world import seal_three_days
from support.plain_logs import DAY

BAD_CLUSTER = "blue-0123456789abcdef"


@dataclasses.dataclass(frozen=True, slots=True)
class Api:
    """The function's module, and the workspace behind it."""

    module: ModuleType
    workspace: Path

    def ask(self, method: str, target: str, body: bytes = b"") -> Reply:
        """Ask as the host does."""
        return ask_door(self.module, method, target, body, "application/json")

    def json(self, target: str) -> Any:  # noqa: ANN401 - any document
        """GET a document that must be there."""
        reply = self.ask("GET", target)
        assert reply.status == 200, reply
        return json.loads(reply.body)

    def get(self, path: str, *, max_bytes: int) -> bytes:
        """Give what a path answers, as whoever reads the ledger by the API alone."""
        reply = self.ask("GET", path)
        assert (reply.status, len(reply.body) <= max_bytes) == (200, True)
        return reply.body

    def post(self, path: str, body: bytes, *, max_bytes: int) -> bytes:
        """Nobody sends anything here."""
        raise NotImplementedError(f"{path}: {len(body)} bytes, {max_bytes}")

    def fetch(self, link: str, *, max_bytes: int) -> bytes:
        """No links are given here."""
        raise NotImplementedError(f"{link}: {max_bytes}")

    def wait(self, seconds: float, /) -> None:
        """Nothing is waited for."""
        raise NotImplementedError(f"{seconds}")


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    """The function as an app serves it that was told to."""
    workspace = seal_three_days(tmp_path_factory.mktemp("lookup")).home / "w"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DAYSEAL_CONFIG", str(workspace / "dayseal.toml"))
        yield Api(load_door(), workspace)


def test_days_are_paged_and_bounded(api: Api) -> None:
    """A cursor leads from page to page, each day once."""
    (blue,) = (row["id"] for row in api.json("/clusters")["clusters"])
    days, query = [], "limit=1"
    while True:
        page = api.json(f"/clusters/{blue}/days?{query}")
        days += page["days"]
        if page["cursor"] is None:
            break
        query = f"limit=1&cursor={page['cursor']}"
    assert [day["day"] for day in days] == [str(DAY + dt.timedelta(days=number)) for number in range(3)]
    one = days[1]["day"]
    assert api.json(f"/clusters/{blue}/days?from={one}&to={one}")["days"] == [days[1]]


def test_a_reader_works_on_nothing_but_the_api(api: Api) -> None:
    """The whole ledger replays from what the function serves."""
    policy = parse_policy((api.workspace / "trust.policy").read_text())
    reader = LedgerReader(RemoteStore(api), policy)
    assert [one.cluster.name for one in reader.state().clusters()] == ["blue"]
    assert leaf_hash(reader.entry(0)) == reader.view.leaf(0)


def test_what_is_too_large_for_an_answer_is_pointed_at(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody signs links to files; the answer says where the object lies."""
    monkeypatch.setattr("dayseal.lookup.service.MAX_BODY_BYTES", 10)
    kept = next((api.workspace / "ledger/manifests").iterdir())
    reply = api.ask("GET", f"/objects/manifests/{kept.name}")
    assert reply.status == 400
    assert "read it from" in json.loads(reply.body)["detail"]


@pytest.mark.parametrize(
    ("target", "status"),
    [
        (f"/clusters/{BAD_CLUSTER}/days", 404),
        ("/clusters/../../etc/days", 404),
        ("/clusters/%2e%2e%2f-0123456789abcdef/days", 404),
        ("/clusters/" + "a" * 5_000 + "-0123456789abcdef/days", 422),
        ("/clusters?limit=0", 422),
        ("/clusters?limit=1&limit=2", 422),
        ("/clusters?cursor=zz", 400),
        ("/tile/0/..%2fcheckpoint", 422),
        ("/objects/manifests/" + "G" * 64 + ".jsonl", 422),
        ("/evidence/" + "0" * 32, 404),
        ("//clusters", 404),
        ("/", 404),
    ],
)  # fmt: skip
def test_hostile_requests_are_problems(api: Api, target: str, status: int) -> None:
    """Whatever is asked, the answer is a small problem document that gives nothing away."""
    reply = api.ask("GET", target)
    assert reply.status == status, reply.body
    assert reply.headers["Content-Type"] == "application/problem+json"
    assert reply.headers["Cache-Control"] == "no-store"
    assert len(reply.body) < 1_000
    assert b"Traceback" not in reply.body


def test_nothing_is_taken_from_anybody(api: Api) -> None:
    """It reads; no environment says where evidence is made."""
    reply = api.ask("POST", "/clusters", b"{}")
    assert (reply.status, reply.headers["Allow"]) == (405, "GET")
    assert api.ask("DELETE", "/checkpoint").status == 405
    assert api.ask("POST", "/evidence", b"{}").status == 404
