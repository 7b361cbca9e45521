"""The look-up function on a ledger in a bucket, asked as its cloud asks: every cloud's answers the same."""

import datetime as dt
import json

import pytest

from dayseal.codec import decode_base64, sha256_hex
from dayseal.ledger.lookup import open_attestation
from dayseal.ledger.reader import LedgerReader
from dayseal.lookup.remote import RemoteStore
from dayseal.merkle import leaf_hash
from dayseal.notes import open_proof, parse_policy
from support.lookup_clouds import AnyApi
from support.noting_store import NotingStore
from support.plain_logs import DAY

IMMUTABLE = "private, max-age=31536000, immutable"
BAD_CLUSTER = "blue-0123456789abcdef"


def test_clusters_are_the_ones_of_the_roll_call(api: AnyApi) -> None:
    """The newest day and its status come from the roll-call, without reading the log."""
    found = api.json("/clusters")
    assert found["cursor"] is None
    (row,) = found["clusters"]
    assert (row["name"], row["status"], row["day"]) == ("blue", "SEALED", str(DAY + dt.timedelta(days=2)))
    assert row["text"] == "local:lab:-:blue:uid-blue"


def test_days_are_paged_and_bounded(api: AnyApi, blue: str) -> None:
    """A cursor leads from page to page, each day once."""
    days = []
    query = "limit=1"
    while True:
        page = api.json(f"/clusters/{blue}/days?{query}")
        days += page["days"]
        if page["cursor"] is None:
            break
        query = f"limit=1&cursor={page['cursor']}"
    assert [d["day"] for d in days] == [str(DAY + dt.timedelta(days=n)) for n in range(3)]
    assert {d["status"] for d in days} == {"SEALED"}
    bounded = api.json(f"/clusters/{blue}/days?from={days[1]['day']}&to={days[1]['day']}")
    assert bounded["days"] == [days[1]]


def test_a_day_proves_itself_with_no_network(api: AnyApi, blue: str) -> None:
    """The envelope is in the log that the trust policy pins, whoever served it."""
    found = api.json(f"/clusters/{blue}/days/{DAY}")
    assert [r["revision"] for r in found["revisions"]] == list(range(len(found["revisions"])))
    policy = parse_policy(api.policy.read_text())
    for revision in found["revisions"]:
        envelope = decode_base64(revision["envelope"])
        opened = open_proof(revision["proof"].encode(), envelope, policy)
        assert opened.index == revision["entry"]
        kept = api.ledger / f"attestations/local/{blue}/{DAY}/{revision['revision']}.json"
        assert open_attestation(kept.read_bytes(), subject="kept").envelope == envelope


def test_one_day_is_a_few_reads(api: AnyApi, blue: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A look-up does not read the log: the look-up file, the checkpoint, the tiles of one path."""
    service = api.service()
    noting = NotingStore(service._store)
    monkeypatch.setattr(service, "_store", noting)
    api.json(f"/clusters/{blue}/days/{DAY}")
    assert len(noting.read) <= 4, noting.read
    assert "checkpoint" in noting.read
    assert not [key for key in noting.read if key.startswith("tile/entries")]


def test_files_of_the_log_are_served_as_they_are(api: AnyApi) -> None:
    """A verifier reads the log itself; whole tiles never change, the edge and the checkpoint do."""
    for path in sorted(api.ledger.glob("tile/**/*")):
        if path.is_file():
            name = path.relative_to(api.ledger).as_posix()
            reply = api.ask("GET", f"/{name}")
            assert (reply.status, reply.body) == (200, path.read_bytes()), name
            assert reply.headers["Cache-Control"] == "private, max-age=30"  # all of them partial
    reply = api.ask("GET", "/checkpoint")
    assert reply.body == (api.ledger / "checkpoint").read_bytes()
    assert reply.headers["Cache-Control"] == "private, max-age=30"
    for folder in ("manifests", "summaries", "facts", "rollcalls"):
        kept = next((api.ledger / folder).iterdir())
        reply = api.ask("GET", f"/objects/{folder}/{kept.name}")
        assert (reply.status, sha256_hex(reply.body)) == (200, kept.name.partition(".")[0])
        assert reply.headers["Cache-Control"] == IMMUTABLE


def test_a_reader_works_on_nothing_but_the_api(api: AnyApi) -> None:
    """The whole ledger replays from what the API serves."""

    class Direct:
        def get(self, path: str, *, max_bytes: int) -> bytes:
            reply = api.ask("GET", path)
            assert reply.status == 200
            assert len(reply.body) <= max_bytes
            return reply.body

        def post(self, path: str, body: bytes, *, max_bytes: int) -> bytes:
            raise NotImplementedError(f"{path}: {len(body)} bytes, {max_bytes}")

        def fetch(self, link: str, *, max_bytes: int) -> bytes:
            raise NotImplementedError(f"{link}: {max_bytes}")

        def wait(self, seconds: float, /) -> None:
            raise NotImplementedError(f"{seconds}")

    reader = LedgerReader(RemoteStore(Direct()), parse_policy(api.policy.read_text()))
    assert [c.cluster.name for c in reader.state().clusters()] == ["blue"]
    assert leaf_hash(reader.entry(0)) == reader.view.leaf(0)


def test_an_object_too_large_for_an_answer_is_a_link(api: AnyApi, monkeypatch: pytest.MonkeyPatch) -> None:
    """A function cuts answers (Lambda at 6 MB); a manifest may be larger."""
    monkeypatch.setattr("dayseal.lookup.service.MAX_BODY_BYTES", 10)
    kept = next((api.ledger / "manifests").iterdir())
    reply = api.ask("GET", f"/objects/manifests/{kept.name}")
    assert (reply.status, reply.body) == (307, b"")
    assert f"/{api.bucket('ledger')}/manifests/{kept.name}?" in reply.headers["Location"]
    assert reply.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("target", "status"),
    [
        (f"/clusters/{BAD_CLUSTER}/days", 404),
        (f"/clusters/{BAD_CLUSTER}/days/2024-05-01", 404),
        ("/clusters/blue/days", 422),
        ("/clusters/../../etc/days", 404),
        ("/clusters/%2e%2e%2f-0123456789abcdef/days", 404),
        ("/clusters/" + "a" * 5_000 + "-0123456789abcdef/days", 422),
        ("/clusters?limit=0", 422),
        ("/clusters?limit=201", 422),
        ("/clusters?limit=1e3", 422),
        ("/clusters?limit=1&limit=2", 422),
        ("/clusters?cursor=zz", 400),
        ("/clusters?cursor=ff", 400),
        ("/clusters?cursor=" + "61" * 2_000, 422),
        ("/tile/0/001", 404),
        ("/tile/00/000", 404),
        ("/tile/64/000", 404),
        ("/tile/0/000.p/0", 422),
        ("/tile/0/000.p/256", 404),
        ("/tile/0/x000/000", 404),
        ("/tile/0/..%2fcheckpoint", 422),
        ("/tile/entries/..", 422),
        ("/tile/0/0000", 422),
        ("/objects/attestations/x.json", 422),
        ("/objects/manifests/" + "0" * 64 + ".jsonl", 404),
        ("/objects/manifests/" + "0" * 64 + ".json", 404),
        ("/objects/manifests/" + "G" * 64 + ".jsonl", 422),
        ("/evidence/" + "0" * 32, 404),
        ("/evidence/..", 422),
        ("/nothing", 404),
        ("/", 404),
    ],
)  # fmt: skip
def test_hostile_requests_are_problems(api: AnyApi, target: str, status: int) -> None:
    """Whatever is asked, the answer is a small problem document that gives nothing away."""
    reply = api.ask("GET", target)
    assert reply.status == status, reply.body
    assert reply.headers["Content-Type"] == "application/problem+json"
    assert reply.headers["Cache-Control"] == "no-store"
    said = json.loads(reply.body)
    assert said["status"] == status
    assert said["type"].startswith("https://dayseal.dev/problems/")
    assert len(reply.body) < 1_000
    assert b"s3://" not in reply.body
    assert b"Traceback" not in reply.body


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("from=2024-13-01", 400),
        ("from=2024-05-02&to=2024-05-01", 400),
        ("from=yesterday", 422),
        ("from=1714521600", 422),
        ("from=0001-01-01&to=9999-12-31", 200),
        ("from=2025-01-01", 200),
    ],
)
def test_hostile_day_ranges_cost_nothing(api: AnyApi, blue: str, query: str, status: int) -> None:
    """A range is cut to what is recorded before anything is read."""
    reply = api.ask("GET", f"/clusters/{blue}/days?{query}")
    assert reply.status == status, reply.body
    if status == 200:
        assert len(json.loads(reply.body)["days"]) <= 3


def test_no_day_at_all(api: AnyApi, blue: str) -> None:
    """A day that is no day, and a day that nobody recorded."""
    assert api.ask("GET", f"/clusters/{blue}/days/2024-02-30").status == 404
    assert api.ask("GET", f"/clusters/{blue}/days/2023-05-01").status == 404


def test_a_damaged_ledger_is_our_trouble_and_not_the_callers(
    api: AnyApi, blue: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A look-up file that shows another envelope than the log is a 500 that names the file."""
    key = f"attestations/local/{blue}/{DAY}/0.json"
    other = (api.ledger / f"attestations/local/{blue}/{DAY + dt.timedelta(days=1)}/0.json").read_bytes()
    service = api.service()
    monkeypatch.setattr(service, "_store", NotingStore(service._store, {key: other}))
    reply = api.ask("GET", f"/clusters/{blue}/days/{DAY}")
    assert reply.status == 500
    said = json.loads(reply.body)
    assert said["type"].endswith("/ledger-damaged")
    assert key in said["detail"]
