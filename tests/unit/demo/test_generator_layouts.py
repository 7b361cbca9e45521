"""The layouts of the three providers, and the actors in them, checked against what is documented."""

import datetime as dt
import ipaddress
import json
import re
import zlib
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dayseal.demo.generator import Planted, generate_archive

_DAYS = tuple(dt.date(2026, 11, 20) + dt.timedelta(days=i) for i in range(3))
_FIREHOSE = re.compile(
    r"(\d{4})/(\d\d)/(\d\d)/(\d\d)/[a-z-]+-3-\1-\2-\3-\4-\d\d-\d\d-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\Z"
)
_SINK = re.compile(
    r"cloudaudit\.googleapis\.com/(activity|data_access)/\d{4}/\d\d/\d\d/(\d\d):00:00_\2:59:59_(S0|A0:\d{10})\.json\Z"
)
_BLOB = re.compile(
    r"insights-logs-kube-audit/resourceId=/[A-Z0-9/.-]+/AKS-PROD/y=\d{4}/m=\d\d/d=\d\d/h=\d\d/m=00/PT1H\.json\Z"
)
_CREDENTIAL = "authentication.kubernetes.io/credential-id"


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Planted:
    """One small archive; no test changes it."""
    return generate_archive(tmp_path_factory.mktemp("layouts"), seed=2, days=_DAYS, events_per_day=4_000)


@pytest.fixture(scope="module")
def events(planted: Planted) -> dict[str, list[dict[str, Any]]]:
    """All Kubernetes events of the two clusters that write them as such."""
    eks = [json.loads(one["message"]) for _, envelope in _envelopes(planted) for one in envelope["logEvents"]]
    aks = [json.loads(record["properties"]["log"]) for _, record in _lines(planted, "aks-prod")]
    return {"eks-prod": eks, "aks-prod": aks}


def _keys(planted: Planted, name: str) -> list[tuple[str, Path]]:
    root = planted.archives[name]
    return sorted((str(path.relative_to(root)), path) for path in root.rglob("*") if path.is_file())


def _lines(planted: Planted, name: str) -> Iterator[tuple[str, dict[str, Any]]]:
    for key, path in _keys(planted, name):
        for line in path.read_text().splitlines():
            yield key, json.loads(line)


def _envelopes(planted: Planted, kind: str = "DATA_MESSAGE") -> Iterator[tuple[str, dict[str, Any]]]:
    for key, path in _keys(planted, "eks-prod"):
        data = path.read_bytes()
        while data:
            member = zlib.decompressobj(31)
            envelope = json.loads(member.decompress(data))
            data = member.unused_data
            if envelope["messageType"] == kind:
                yield key, envelope


def test_keys_follow_each_providers_layout(planted: Planted) -> None:
    """Batch days are read from keys, so these must be the providers' own."""
    for name, layout in (("eks-prod", _FIREHOSE), ("gke-prod", _SINK), ("aks-prod", _BLOB)):
        keys = [key for key, _ in _keys(planted, name)]
        assert all(layout.match(key) for key in keys)
        assert len(keys) >= 24 * 2


def test_firehose_files_by_arrival_so_a_days_last_minute_lies_in_the_next_day(planted: Planted) -> None:
    """An archive whose folders matched event days exactly would hide the hardest part of judging them."""
    batch_days: dict[str, set[str]] = defaultdict(set)
    for key, envelope in _envelopes(planted):
        for event in envelope["logEvents"]:
            day = json.loads(event["message"])["stageTimestamp"][:10]
            batch_days[day].add(key[:10].replace("/", "-"))
    assert batch_days == {
        "2026-11-20": {"2026-11-20", "2026-11-21"},
        "2026-11-21": {"2026-11-21", "2026-11-22"},
        "2026-11-22": {"2026-11-22"},
    }


def test_firehose_objects_hold_several_members_streams_and_sometimes_a_probe(planted: Planted) -> None:
    """Readers that stop after the first member, or count probes as records, must fail on this archive."""
    streams: dict[str, set[str]] = defaultdict(set)
    for key, envelope in _envelopes(planted):
        streams[key].add(envelope["logStream"])
    assert all(len(found) == 2 for found in streams.values())
    assert all(re.fullmatch(r"kube-apiserver-audit-[0-9a-f]{32}", one) for found in streams.values() for one in found)
    probes = [envelope for _, envelope in _envelopes(planted, "CONTROL_MESSAGE")]
    assert 0 < len(probes) < len(streams) / 4


def test_a_sinks_hour_holds_its_own_entries_and_addenda_hold_what_came_after_it(planted: Planted) -> None:
    """An addendum keeps the date of its entries, not of its sending."""
    addenda = 0
    for key, entry in _lines(planted, "gke-prod"):
        hour = "/".join((*entry["timestamp"][:10].split("-"), entry["timestamp"][11:13]))
        assert f"/{hour}:00:00_" in key
        in_time = entry["timestamp"][:13] == entry["receiveTimestamp"][:13]
        assert in_time == key.endswith("_S0.json")
        addenda += not in_time
    assert addenda > 0


def test_a_sinks_files_hold_entries_of_another_cluster_and_of_another_service(planted: Planted) -> None:
    """One sink serves a whole project: what is not the cluster's own may not be counted as such."""
    kinds = {
        (entry["resource"]["type"], entry["resource"]["labels"].get("cluster_name"))
        for _, entry in _lines(planted, "gke-prod")
    }
    assert kinds == {("k8s_cluster", "gke-prod"), ("k8s_cluster", "sandbox"), ("gce_instance", None)}


def test_aks_blobs_are_filed_by_the_hour_of_receipt(planted: Planted) -> None:
    """A blob's first lines are the hour before's last events."""
    early = 0
    for key, record in _lines(planted, "aks-prod"):
        y, m, d, h = re.findall(r"y=(\d+)/m=(\d+)/d=(\d+)/h=(\d+)", key)[0]
        hour = dt.datetime(int(y), int(m), int(d), int(h), tzinfo=dt.UTC)
        at = dt.datetime.fromisoformat(json.loads(record["properties"]["log"])["stageTimestamp"])
        assert hour - dt.timedelta(seconds=30) <= at < hour + dt.timedelta(hours=1)
        assert record["category"] == "kube-audit"
        early += at < hour
    assert early > 0


def test_uris_are_escaped_as_go_escapes_them(planted: Planted) -> None:
    """The API server writes `&` as an escape; inside a JSON string that becomes two backslashes' worth."""
    _, blob = _keys(planted, "aks-prod")[-1]
    text = blob.read_text()
    assert "resourceVersion=0" in text
    assert r"limit=500\\u0026resourceVersion=0" in text
    found = {json.loads(json.loads(line)["properties"]["log"])["requestURI"] for line in text.splitlines()}
    assert "/api/v1/configmaps?limit=500&resourceVersion=0" in found


def test_nodes_name_their_certificate_except_behind_the_iam_authenticator(
    events: dict[str, list[dict[str, Any]]],
) -> None:
    """Coverage of credential ids is measured by class, and EKS nodes have none."""
    for name, found in events.items():
        nodes = [one["user"] for one in found if one["user"].get("username", "").startswith("system:node:")]
        ids = {user["extra"][_CREDENTIAL][0][:11] for user in nodes if "extra" in user}
        assert ids == (set() if name == "eks-prod" else {"X509SHA256="})


def test_a_token_minted_for_a_job_is_the_one_its_pod_uses(events: dict[str, list[dict[str, Any]]]) -> None:
    """The join of uses to mints has something to join."""
    for found in events.values():
        minted = {
            one["annotations"].get("authentication.kubernetes.io/issued-credential-id")
            for one in found
            if "annotations" in one
        }
        users = [one["user"] for one in found if one["user"].get("username", "").endswith(":billing:report")]
        used = {user["extra"][_CREDENTIAL][0] for user in users}
        assert len(used) > 20
        assert used <= minted


def test_failed_logins_are_written_when_the_answer_starts_and_shells_are_gets(
    events: dict[str, list[dict[str, Any]]],
) -> None:
    """Two traps of real logs: filters on ResponseComplete lose every 401, filters on create lose every exec."""
    for found in events.values():
        failed = [one for one in found if one["responseStatus"]["code"] == 401]
        assert failed
        assert {(one["stage"], str(one["user"])) for one in failed} == {("ResponseStarted", "{}")}
        assert any(one["responseStatus"]["code"] == 403 for one in found)
        shells = [one for one in found if one.get("objectRef", {}).get("subresource") == "exec"]
        assert {(one["verb"], one["responseStatus"]["code"]) for one in shells} == {("get", 101)}


def test_addresses_are_private_or_for_documentation_only(events: dict[str, list[dict[str, Any]]]) -> None:
    """Nobody's real address stands in the repository's demo."""
    allowed = [ipaddress.ip_network(net) for net in ("10.0.0.0/8", "203.0.113.0/24", "198.51.100.0/24")]
    for found in events.values():
        addresses = {ipaddress.ip_address(ip) for one in found for ip in one["sourceIPs"] if ip != "::1"}
        assert all(any(address in net for net in allowed) for address in addresses)
