"""The story `dayseal demo` tells: seal, look, tamper, catch, prove, verify, with the real code and a seeded clock."""

import dataclasses
import datetime as dt
import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final, Protocol

from dayseal.codec import format_day
from dayseal.demo.generator import Planted, generate_archive
from dayseal.errors import DaysealError
from dayseal.lookup import DayView, Lookup
from dayseal.model import ClusterId, Verdict
from dayseal.offline import verify_bundle, verify_event_proof
from dayseal.proving import find_by_audit_id, prove_hit
from dayseal.reverification import ReverifyReport, reverify_archives
from dayseal.settings import CONFIG_NAME, read_settings
from dayseal.steps.parts import Parts
from dayseal.steps.reverifying import Selection
from dayseal.wiring import Surroundings, assemble, collect_for, create_workspace, open_workspace
from dayseal.workflow import DayReport, seal_day

FIRST_DAY: Final = dt.date(2026, 11, 16)
ORIGIN: Final = "demo.dayseal.dev/ledger"
_DAY: Final = dt.timedelta(days=1)


class Teller(Protocol):
    """How the story reaches a person."""

    def say(self, text: str) -> None:
        """Tell one line."""
        ...

    def table(self, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        """Show a table."""
        ...


@dataclasses.dataclass(slots=True)
class StoryClock:
    """A clock that stands where the story is."""

    moment: dt.datetime

    def now(self) -> dt.datetime:
        """Give the story's present moment."""
        return self.moment


class SeededEntropy:
    """Bytes that look random and repeat with the seed: SHA-256 of the seed and a counter."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._count = 0

    def __call__(self, size: int) -> bytes:
        """Give the next `size` bytes, at most 32."""
        self._count += 1
        return hashlib.sha256(f"dayseal demo {self._seed} {self._count}".encode()).digest()[:size]


@dataclasses.dataclass(frozen=True, slots=True)
class Stage:
    """Where the story plays: its folder, what was planted, its days, its clock, and everything wired up."""

    folder: Path
    planted: Planted
    days: tuple[dt.date, ...]
    clock: StoryClock
    parts: Parts
    tell: Teller


def tell_story(into: Path, *, days: int, seed: int, tell: Teller, events_per_day: int = 20_000) -> None:
    """Play the whole story into `into`, a new or empty folder.

    Raises:
        DaysealError: something did not turn out as the story promises; the demo is then a failed demo.
    """
    stage = _set_up(into, days, seed, tell, events_per_day)
    _seal_days(stage)
    _late_object(stage)
    altered, deleted = _tamper(stage)
    _catch(stage, altered, deleted)
    _prove_event(stage)
    _evidence(stage)
    _closing_table(stage)


def _set_up(into: Path, days: int, seed: int, tell: Teller, events_per_day: int) -> Stage:
    clock = StoryClock(dt.datetime.combine(FIRST_DAY, dt.time(5), tzinfo=dt.UTC))
    surroundings = Surroundings(clock, SeededEntropy(seed))
    create_workspace(into, origin=ORIGIN, surroundings=surroundings)
    span = tuple(FIRST_DAY + n * _DAY for n in range(days))
    planted = generate_archive(into / "archive", seed=seed, days=span, events_per_day=events_per_day)
    with (into / CONFIG_NAME).open("a", encoding="utf-8") as file:
        file.write(_settings_of(planted))
    tell.say(f"1. Three clusters wrote audit logs for {days} days, in their providers' own layouts:")
    rows = [(c.name, c.provider, f"archive/{c.provider}", str(_total(planted, c))) for c in planted.clusters]
    tell.table(("cluster", "provider", "folder", "records"), rows)
    parts = assemble(read_settings(into / CONFIG_NAME), surroundings=surroundings, progress=lambda _count: None)
    return Stage(into, planted, span, clock, parts, tell)


def _total(planted: Planted, cluster: ClusterId) -> int:
    return sum(count for (name, _), count in planted.counts.items() if name == cluster.name)


def _settings_of(planted: Planted) -> str:
    text = ""
    for cluster in planted.clusters:
        text += f'\n[[archives]]\nname = "{cluster.provider}"\npath = "archive/{cluster.provider}"\n'
        fields = ("provider", "account", "location", "name", "uid")
        text += "\n[[clusters]]\n" + "".join(f'{f} = "{getattr(cluster, f)}"\n' for f in fields)
        text += f'archive = "{cluster.provider}"\n'
    return text


def _seal_days(stage: Stage) -> None:
    stage.tell.say("2. Every morning at 06:30 UTC dayseal sealed the day before, and the recorder called the roll:")
    rows = []
    for day in stage.days:
        stage.clock.moment = dt.datetime.combine(day + _DAY, dt.time(6, 30), tzinfo=dt.UTC)
        rows += [_sealed_row(report, one) for report in [seal_day(stage.parts, day)] for one in report.clusters]
    stage.tell.table(("day", "cluster", "status", "records", "arrival", "what the check says"), rows)


def _sealed_row(report: DayReport, one: object) -> tuple[str, ...]:
    found = next(c for c in report.clusters if c is one)
    check, verdict, summary = found.verdicts[0]
    said = summary.partition(";")[0] if verdict is not Verdict.PASS else ""
    return format_day(report.day), found.cluster.name, found.status, str(found.events), verdict.value, said


def _late_object(stage: Stage) -> None:
    late = stage.planted.late
    late.place()
    stage.clock.moment += dt.timedelta(minutes=30)
    report = seal_day(stage.parts, late.day)
    revised = [c for c in report.clusters if c.outcome == "revised"]
    if not revised:
        raise DaysealError("demo: the late object made no revision, one promised")
    stage.tell.say(
        f"3. An object of {format_day(late.day)} arrived days late ({late.records} records). Sealing that day again appended it: "
        f"revision {revised[0].revision} of {revised[0].cluster.name}; the old day root has a consistency proof to the new one."
    )


def _tamper(stage: Stage) -> tuple[Path, Path]:
    eks, aks = stage.planted.clusters[0], stage.planted.clusters[2]
    first, last = stage.days[0], stage.days[-1]
    altered = _objects(stage, eks, first)[1]
    deleted = _objects(stage, aks, last)[-1]
    data = bytearray(altered.read_bytes())
    data[len(data) // 2] ^= 1
    altered.write_bytes(bytes(data))
    deleted.unlink()
    stage.tell.say("4. Somebody with access to the archive flips one bit of one object, and deletes another:")
    rows = [
        (eks.name, format_day(first), "one bit flipped", altered.name),
        (aks.name, format_day(last), "deleted", f"{deleted.parent.parent.name}/{deleted.parent.name}/{deleted.name}"),
    ]
    stage.tell.table(("cluster", "day", "what", "object"), rows)
    return altered, deleted


def _objects(stage: Stage, cluster: ClusterId, day: dt.date) -> list[Path]:
    archive = next(a for a in stage.parts.archives if cluster in a.clusters)
    root = stage.planted.archives[cluster.name]
    return [root / found.key for found in archive.reader.list_day(day).objects]


def _catch(stage: Stage, altered: Path, deleted: Path) -> None:
    stage.clock.moment += dt.timedelta(minutes=30)
    report = reverify_archives(stage.parts, Selection("all"), only=None)
    _require_caught(stage, report, altered, deleted)
    read = sum(r.comparison.recorded for r in report.rereads)
    stage.tell.say(f"5. dayseal reverify read {read} recorded objects again and caught both:")
    rows = [
        (r.recorded.archive.name, format_day(r.recorded.day), r.finding.verdict.value, fate, change.key.rpartition("/")[2])
        for r in report.rereads
        for fate, changes in (("changed", r.comparison.changed), ("vanished", r.comparison.vanished))
        for change in changes
    ]
    stage.tell.table(("archive", "day", "integrity", "what", "object"), rows)


def _require_caught(stage: Stage, report: ReverifyReport, altered: Path, deleted: Path) -> None:
    changed = {c.key for r in report.rereads for c in r.comparison.changed}
    vanished = {c.key for r in report.rereads for c in r.comparison.vanished}
    archive = stage.folder / "archive"
    wanted = [{p.relative_to(archive).as_posix().partition("/")[2]} for p in (altered, deleted)]
    if [changed, vanished] != wanted:
        raise DaysealError(f"demo: reverify found {changed} changed and {vanished} vanished, {wanted} promised")


def _prove_event(stage: Stage) -> None:
    gke = stage.planted.clusters[1]
    notable = next(n for n in stage.planted.notable if n.cluster == gke.name)
    opened = open_workspace(stage.parts.settings)
    ledger = opened.reader()
    hits = find_by_audit_id(ledger, stage.parts.archives, gke, notable.day, notable.audit_id)
    data = prove_hit(ledger, hits[0])
    (stage.folder / "event.proof").write_bytes(data)
    checked = verify_event_proof(data, opened.policy, since=None, as_of=stage.clock.now())
    _require_pass("event.proof", checked.verification.verdict)
    stage.tell.say(f"6. One event out of {_total(stage.planted, gke)} of {gke.name}, proved and verified with no network (event.proof, {len(data)} bytes):")
    stage.tell.say(f"   {notable.text}")


def _evidence(stage: Stage) -> None:
    gke = stage.planted.clusters[1]
    opened = open_workspace(stage.parts.settings)
    data = collect_for(opened, gke, stage.days[0], stage.days[-1], archives=stage.parts.archives, with_events=False)
    (stage.folder / "evidence.zip").write_bytes(data)
    checked = verify_bundle(data, opened.policy, since=None, as_of=stage.clock.now())
    _require_pass("evidence.zip", checked.verification.verdict)
    stage.tell.say(f"7. Evidence of {gke.name} for {len(stage.days)} days in evidence.zip, verified offline:")
    rows = [(f"V{s.number}", s.verdict.value, s.proved[0] if s.proved else "") for s in checked.verification.steps]
    stage.tell.table(("step", "verdict", "proved"), rows)


def _require_pass(what: str, verdict: Verdict) -> None:
    if verdict is not Verdict.PASS:
        raise DaysealError(f"demo: {what} verified as {verdict}, PASS promised")


def _closing_table(stage: Stage) -> None:
    lookup = Lookup(open_workspace(stage.parts.settings).reader())
    stage.tell.say("8. What the ledger says now, cluster by day:")
    rows = [(c.name, *(_cell(lookup.day(c, day)) for day in stage.days)) for c in stage.planted.clusters]
    stage.tell.table(("cluster", *(f"{day:%m-%d}" for day in stage.days)), rows)
    outage = stage.planted.outage
    stage.tell.say(
        f"   OUTAGE: {outage.cluster} was silent from {outage.window.start:%H:%M} to {outage.window.end:%H:%M} UTC; EMPTY: nothing arrived all day; "
        "CHANGED, GONE: what reverify caught. sealed: as promised; sealed* is provisional until two more days are sealed."
    )


def _cell(view: DayView) -> str:
    if view.reverified.startswith("FAIL"):
        return "GONE" if "0 changed" in view.reverified else "CHANGED"
    if view.status == "NO_DATA":
        return "EMPTY"
    if view.verdict is Verdict.FAIL:
        return "OUTAGE"
    if view.verdict is Verdict.UNKNOWN:
        return "unknown"
    return "sealed" if view.event_state == "final" else "sealed*"
