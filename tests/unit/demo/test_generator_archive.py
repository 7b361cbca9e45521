"""The generated archives: what was promised, read back with the standard library alone."""

import datetime as dt
import hashlib
import itertools
import json
import zlib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from dayseal.demo.generator import Planted, generate_archive
from dayseal.errors import UsageError

_DAYS = tuple(dt.date(2026, 11, 20) + dt.timedelta(days=i) for i in range(4))
_EVENTS = 3_000
_KUBE = {"kind", "apiVersion", "level", "auditID", "stage", "requestURI", "verb", "user", "stageTimestamp"}


class Read(NamedTuple):
    """One record as a test reads it back: its batch day, audit id, time, log stream and document."""

    day: dt.date
    audit_id: str
    at: dt.datetime
    stream: str
    document: dict[str, Any]


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Planted:
    """One small archive for all tests of this module; none of them changes it but the late object's."""
    return generate_archive(tmp_path_factory.mktemp("archive"), seed=1, days=_DAYS, events_per_day=_EVENTS)


@pytest.fixture(scope="module")
def records(planted: Planted) -> dict[str, list[Read]]:
    """Every record on disk by cluster, before the late object is placed."""
    readers = {"eks-prod": _read_eks, "gke-prod": _read_gke, "aks-prod": _read_aks}
    return {name: list(readers[name](root)) for name, root in planted.archives.items()}


def _gzip_members(data: bytes) -> Iterator[bytes]:
    while data:
        member = zlib.decompressobj(31)
        yield member.decompress(data)
        assert member.eof
        data = member.unused_data


def _time(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text)


def _files(root: Path) -> list[Path]:
    return sorted(path for path in root.rglob("*") if path.is_file())


def _read_eks(root: Path) -> Iterator[Read]:
    for path in _files(root):
        day = dt.date(*map(int, path.relative_to(root).parts[:3]))
        for member in _gzip_members(path.read_bytes()):
            envelope = json.loads(member)
            assert (envelope["owner"], envelope["logGroup"]) == ("111122223333", "/aws/eks/eks-prod/cluster")
            if envelope["messageType"] == "CONTROL_MESSAGE":
                continue
            for event in envelope["logEvents"]:
                inner = json.loads(event["message"])
                at = _time(inner["stageTimestamp"])
                assert event["timestamp"] == int(at.timestamp() * 1000)
                assert len(event["id"]) == 56
                yield Read(day, inner["auditID"], at, envelope["logStream"], inner)


def _read_gke(root: Path) -> Iterator[Read]:
    for path in _files(root):
        day = dt.date(*map(int, path.relative_to(root).parts[2:5]))
        for line in path.read_text().splitlines():
            entry = json.loads(line)
            if entry["resource"]["labels"].get("cluster_name") == "gke-prod":
                yield Read(day, entry["insertId"], _time(entry["timestamp"]), path.relative_to(root).parts[1], entry)


def _read_aks(root: Path) -> Iterator[Read]:
    for path in _files(root):
        y, m, d = (int(part[2:]) for part in path.parts[-6:-3])
        for line in path.read_text().splitlines():
            record = json.loads(line)
            assert record["properties"]["log"].endswith("}\n")
            inner = json.loads(record["properties"]["log"])
            at = _time(inner["stageTimestamp"])
            yield Read(dt.date(y, m, d), inner["auditID"], at, record["properties"]["pod"], inner)


def _print_of(root: Path) -> dict[str, tuple[str, float]]:
    return {
        str(path.relative_to(root)): (hashlib.sha256(path.read_bytes()).hexdigest(), path.stat().st_mtime)
        for path in _files(root)
    }


def test_the_same_arguments_give_the_same_archive_and_another_seed_gives_another(tmp_path: Path) -> None:
    """The demo's output is pasted into the README: it may not depend on the hour or the folder."""
    first, again, other = (
        generate_archive(tmp_path / name, seed=seed, days=_DAYS[:2], events_per_day=2_000)
        for name, seed in (("first", 5), ("again", 5), ("other", 6))
    )
    assert _print_of(tmp_path / "first") == _print_of(tmp_path / "again")
    assert _print_of(tmp_path / "first") != _print_of(tmp_path / "other")
    assert (first.counts, first.notable, first.late.data) == (again.counts, again.notable, again.late.data)
    assert first.notable != other.notable


def test_the_counts_are_those_on_disk(planted: Planted, records: dict[str, list[Read]]) -> None:
    """The story and later tests compare what was sealed with these counts."""
    found = Counter((name, one.day) for name, reads in records.items() for one in reads)
    assert found == Counter(planted.counts)
    assert set(planted.counts) == {(name, day) for name in planted.archives for day in _DAYS}


def test_every_kubernetes_event_has_the_fields_of_an_event(records: dict[str, list[Read]]) -> None:
    """Templates are filled without a JSON encoder, so each filled record is parsed here once."""
    for name in ("eks-prod", "aks-prod"):
        for one in records[name]:
            assert one.document.keys() >= _KUBE
            assert one.document["apiVersion"] == "audit.k8s.io/v1"
            assert _time(one.document["requestReceivedTimestamp"]) < one.at
            assert "<<" not in str(one.document)


def test_every_gke_entry_is_in_the_log_its_verb_belongs_to(records: dict[str, list[Read]]) -> None:
    """Writes go to Admin Activity, reads to Data Access; neither says level or stage."""
    for one in records["gke-prod"]:
        payload = one.document["protoPayload"]
        reads = payload["methodName"].rpartition(".")[2] in {"get", "list", "watch"}
        wanted = "data_access" if reads or "subjectaccessreviews" in payload["methodName"] else "activity"
        assert one.stream == wanted
        assert one.document["logName"].endswith(f"%2F{wanted}")
        assert not {"level", "stage"} & one.document.keys()
        assert payload["methodName"].startswith("io.k8s.")


def test_the_outage_has_no_event_of_its_cluster(planted: Planted, records: dict[str, list[Read]]) -> None:
    """The demo's main finding: about 23 minutes on one day in the middle, on all streams."""
    window = planted.outage.window
    assert 22 * 60 < window.seconds < 24 * 60
    assert window.start.date() == window.end.date() == _DAYS[2]
    for one in records[planted.outage.cluster]:
        assert not window.start <= one.at < window.end
        assert not window.start <= _time(one.document["requestReceivedTimestamp"]) < window.end


def test_nothing_is_silent_for_two_minutes_except_what_was_planted(
    planted: Planted, records: dict[str, list[Read]]
) -> None:
    """A silence nobody planted would make the demo report an outage nobody can explain."""
    first = dt.datetime.combine(_DAYS[0], dt.time(), tzinfo=dt.UTC)
    last = dt.datetime.combine(_DAYS[-1], dt.time(), tzinfo=dt.UTC) + dt.timedelta(days=1)
    silent = []
    for name, reads in records.items():
        times = [first, *sorted(one.at for one in reads), last]
        silent += [(name, a, b) for a, b in itertools.pairwise(times) if (b - a).total_seconds() > 120]
    aks, eks = sorted(silent)
    assert (aks[0], eks[0]) == (planted.empty_day[0], planted.outage.cluster)
    assert eks[1] < planted.outage.window.start < planted.outage.window.end <= eks[2]
    assert aks[1].date() < planted.empty_day[1] == (aks[2] - dt.timedelta(minutes=2)).date()


def test_the_empty_day_has_no_object(planted: Planted) -> None:
    """NO_DATA means that nothing lies there, not that an empty object does."""
    name, day = planted.empty_day
    assert planted.counts[name, day] == 0
    assert not [path for path in _files(planted.archives[name]) if f"m={day:%m}/d={day:%d}" in str(path)]


def test_the_late_object_is_written_only_when_it_is_placed(planted: Planted, tmp_path: Path) -> None:
    """It must be absent while its day is sealed, and lie under that day's prefix afterwards."""
    late = generate_archive(tmp_path, seed=1, days=_DAYS, events_per_day=_EVENTS).late
    assert late.data == planted.late.data
    assert not late.path.exists()
    late.place()
    assert late.path.read_bytes() == late.data
    assert f"/activity/{late.day:%Y/%m/%d}/13:00:00_13:59:59_A0:" in str(late.path)
    assert late.path.stat().st_mtime == late.sent_at.timestamp()
    entries = [json.loads(line) for line in late.data.splitlines()]
    assert len(entries) == late.records > 40
    assert {_time(entry["timestamp"]).date() for entry in entries} == {late.day}
    assert all(_time(entry["receiveTimestamp"][:26] + "Z").date() > late.day for entry in entries)


def test_a_notable_event_has_an_audit_id_of_its_own(planted: Planted, records: dict[str, list[Read]]) -> None:
    """`prove --audit-id` refuses an id that several records share."""
    ids = Counter(one.audit_id for reads in records.values() for one in reads)
    days = {one.audit_id: (name, one.day) for name, reads in records.items() for one in reads}
    assert len(planted.notable) == 9
    for notable in planted.notable:
        assert ids[notable.audit_id] == 1
        assert days[notable.audit_id] == (notable.cluster, notable.day)


@pytest.mark.parametrize(
    ("days", "events"),
    [(_DAYS[:1], 2_000), ((_DAYS[0], _DAYS[2]), 2_000), (_DAYS, 1_999)],
    ids=["one day", "a hole", "too quiet"],
)
def test_what_cannot_be_generated_truthfully_is_refused(tmp_path: Path, days: list[dt.date], events: int) -> None:
    """With fewer events or one day the promises about silences and the empty day could not be kept."""
    with pytest.raises(UsageError):
        generate_archive(tmp_path, seed=1, days=days, events_per_day=events)


def test_a_folder_that_holds_something_is_refused(tmp_path: Path) -> None:
    """Objects of an earlier run would be sealed as if they belonged to this one."""
    (tmp_path / "gke").mkdir()
    (tmp_path / "gke" / "x").write_bytes(b"")
    with pytest.raises(UsageError, match="not empty"):
        generate_archive(tmp_path, seed=1, days=_DAYS)
