"""Nothing that goes into the ledger names people, hosts or addresses, whatever the records hold."""

import datetime as dt
import json
import random
import re

import msgspec
import pytest

from dayseal.checks import CHECKS
from dayseal.evidence import collect_evidence, signs_text
from dayseal.lookup import find_cluster
from support.known_truth import digested, exec_line, renewal_lines, renewals
from support.plain_logs import DAY
from support.sealing import World

START = dt.datetime.combine(DAY, dt.time(6), tzinfo=dt.UTC)
HOST, ADDRESS, PERSON = "ip-10-0-3-12.eu-central-1.compute.internal", "10.0.3.12", "anna.lang@example.com"
SECRETS = (HOST, HOST.partition(".")[0], ADDRESS, PERSON, "anna", "198.51.100.23")
# Whatever looks like an address, and is no version or time.
IPV4 = re.compile(r"(?<![0-9.])(?:[0-9]{1,3}[-.]){3}[0-9]{1,3}(?![0-9.]*Z|[0-9])")


def event(n: int, **fields: object) -> bytes:
    """Write an export line of an event full of names; `fields` replace its own."""
    at = f"{START + dt.timedelta(seconds=n):%Y-%m-%dT%H:%M:%S.%fZ}"
    whole = {
        "kind": "Event",
        "level": "Metadata",
        "auditID": f"00000000-0000-4000-8000-{n:012}",
        "stage": "ResponseComplete",
        "requestURI": f"/api/v1/nodes/{HOST}/proxy/{PERSON}?from={ADDRESS}",
        "verb": "get",
        "user": {"username": f"system:node:{HOST}", "groups": [PERSON], "extra": {"arn": [PERSON]}},
        "sourceIPs": [ADDRESS, "198.51.100.23"],
        "userAgent": f"curl {PERSON}",
        "objectRef": {"resource": "nodes", "name": HOST, "namespace": PERSON, "subresource": "proxy"},
        "responseStatus": {"code": 403, "message": f'User "{PERSON}" cannot get {ADDRESS}'},
        "annotations": {"authorization.k8s.io/reason": PERSON},
        "stageTimestamp": at,
    }
    return f"{at[:23]}Z {json.dumps(whole | fields)}".encode()


def crafted() -> list[bytes]:
    """Give events in whose every counted part a client put a name."""
    fields = ("resource", "subresource", "apiGroup")
    names = (HOST.partition(".")[0], ADDRESS, PERSON)
    refs = [{"resource": "pods"} | {field: name} for field in fields for name in names]
    refs += [{"resource": "pods", "subresource": f"proxy/{PERSON}"}, {"resource": "/" + PERSON}, {"apiGroup": HOST}]
    lines = [event(n, objectRef=ref) for n, ref in enumerate(refs)]
    parts = ("verb", "level", "stage")
    lines += [event(50 + n, **{part: name}) for n, part in enumerate(parts) for name in (ADDRESS, PERSON)]
    lines.append(event(70, objectRef={}, requestURI=f"/{PERSON}/{ADDRESS}"))
    lease = {"resource": "leases", "namespace": PERSON, "name": HOST}
    return [
        *lines,
        event(80, verb="update", objectRef=lease),
        event(81, verb="update", objectRef=lease | {"uid": HOST}),
    ]


@pytest.fixture(scope="module")
def sealed(tmp_path_factory: pytest.TempPathFactory) -> World:
    """A day of renewals, shells and crafted events, sealed."""
    world = World(tmp_path_factory.mktemp("names"))
    chance = random.Random(1)  # noqa: S311 - a corpus, not a key
    beats = renewal_lines(renewals(START, START + dt.timedelta(hours=3), chance, 3))
    shells = [exec_line(START + dt.timedelta(minutes=n), level="Metadata", user=PERSON) for n in range(9)]
    (world.logs / "audit.log").write_bytes(b"\n".join([*beats, *shells, *crafted()]))
    world.seal()
    return world


def test_no_statement_names_anybody(sealed: World) -> None:
    """A statement stays for years and is shown around."""
    texts = [msgspec.json.encode(one).decode() for one in sealed.entries()]
    assert texts
    for text in texts:
        _check(text)


def test_no_object_beside_the_statements_names_anybody(sealed: World) -> None:
    """Summaries, facts and manifests go into the ledger with them; only details may hold names."""
    files = [path for path in (sealed.home / "w").rglob("*") if path.is_file() and "details" not in path.parts]
    kinds = {path.parent.name for path in files}
    assert {"summaries", "facts", "manifests"} <= kinds
    for path in files:
        if path.parent.name in ("summaries", "facts", "manifests"):
            _check(path.read_text())
    details = [path for path in (sealed.home / "w").rglob("*") if path.is_file() and "details" in path.parts]
    assert any(PERSON in path.read_text() for path in details)


def test_the_drift_is_told_without_names(sealed: World) -> None:
    """The rows of the optional policy section are the newest text that comes out of records."""
    policy = sealed.statement().policy
    assert not isinstance(policy, msgspec.UnsetType)
    assert [row for row in policy.drift if "create pods/exec by human: Metadata, RequestResponse published" in row]
    assert "audit-policy" in {check.id for check in CHECKS if check.implemented}


def test_signs_are_counted_in_the_statement_and_told_in_the_details(sealed: World) -> None:
    """What happened may be shown to everybody; who it was, only to those who may see the details."""
    said = sealed.statement()
    assert not isinstance(said.signs, msgspec.UnsetType)
    assert said.signs.seen["pod-shell/medium"] == 9
    assert "sign pod-shell (medium): 9" in signs_text(said)
    assert not isinstance(said.credentials, msgspec.UnsetType)
    assert said.credentials["human"].events >= 9
    (details,) = (sealed.home / "w/details").rglob("*.json")
    examples = json.loads(details.read_text())["examples"]
    shells = [text for name, _, text in examples if name == "pod-shell"]
    assert len(shells) == 5
    assert all(text.startswith(f"{PERSON} create pods/exec shop/web 101") for text in shells)


def test_the_report_of_a_bundle_shows_signs_and_says_what_they_are_not(sealed: World) -> None:
    """An auditor reads the page, and must not take a count for a detector."""
    ledger = sealed.parts().open_reader()
    report = collect_evidence(ledger, find_cluster(ledger, "blue"), DAY, DAY).report.decode()
    assert f"{DAY} sign pod-shell (medium): 9" in report
    assert "nothing here replaces a detector" in report
    _check(report)


def test_a_tally_in_memory_knows_no_lease_by_name() -> None:
    """Workers hand tallies over as documents, which nobody looks at twice."""
    labels = {key.lease for key in digested(crafted()).leases.kept}
    assert len(labels) == 2
    assert all(re.fullmatch(r"other/([0-9a-f]{16})?", label) for label in labels)


def _check(text: str) -> None:
    for secret in SECRETS:
        assert secret not in text, f"{secret} in {text[max(0, text.find(secret) - 200) :][:400]}"
    assert IPV4.search(text) is None, text[IPV4.search(text).start() - 50 :][:120]  # type: ignore[union-attr]  # it was found
