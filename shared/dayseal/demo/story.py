"""The story `dayseal demo` tells: seal, look, tamper, catch, prove, verify, with the real code and a seeded clock."""

import datetime as dt
from pathlib import Path
from typing import Final

from dayseal.bundling import bundle_days
from dayseal.codec import format_day
from dayseal.demo.stage import Stage, Teller, count_records, set_stage
from dayseal.errors import DaysealError
from dayseal.lookup import DayView, Lookup
from dayseal.model import ClusterId, Verdict
from dayseal.offline import VerifiedStep, verify_bundle, verify_event_proof
from dayseal.proving import find_by_audit_id, prove_hit
from dayseal.reverification import ReverifyReport, reverify_archives
from dayseal.steps.attesting import Attested
from dayseal.steps.reverifying import Selection
from dayseal.wiring import open_workspace
from dayseal.workflow import seal_day

SHOWN_CHARS: Final = 40
_DAY: Final = dt.timedelta(days=1)


def tell_story(into: Path, *, days: int, seed: int, tell: Teller, events_per_day: int = 20_000) -> None:
    """Play the whole story into `into`, a new or empty folder.

    Raises:
        DaysealError: something did not turn out as the story promises; the demo is then a failed demo.
    """
    stage = set_stage(into, days, seed, tell, events_per_day)
    _seal_days(stage)
    _late_object(stage)
    altered, deleted = _tamper(stage)
    _catch(stage, altered, deleted)
    _prove_event(stage)
    _evidence(stage)
    _closing_table(stage)


def _seal_days(stage: Stage) -> None:
    stage.tell.say("2. Every morning at 06:30 UTC dayseal sealed the day before, and the recorder called the roll:")
    rows = []
    for day in stage.days:
        stage.clock.moment = dt.datetime.combine(day + _DAY, dt.time(6, 30), tzinfo=dt.UTC)
        rows += [_sealed_row(one) for one in seal_day(stage.parts, day).clusters]
    stage.tell.table(("day", "cluster", "status", "records", "arrival", "what the check says"), rows)


def _sealed_row(one: Attested) -> tuple[str, ...]:
    _, verdict, summary = one.verdicts[0]
    said = summary.partition(";")[0] if verdict is not Verdict.PASS else ""
    return format_day(one.day), one.cluster.name, one.status, str(one.events), verdict.value, said


def _late_object(stage: Stage) -> None:
    late = stage.planted.late
    late.place()
    stage.clock.moment += dt.timedelta(minutes=30)
    report = seal_day(stage.parts, late.day)
    revised = [c for c in report.clusters if c.outcome == "revised"]
    if not revised:
        raise DaysealError("demo: the late object made no revision, one promised")
    stage.tell.say(
        f"3. An object of {format_day(late.day)} arrived days late ({late.records} records). Sealing again appended it:"
    )
    stage.tell.say(
        f"   revision {revised[0].revision} of {revised[0].cluster.name}; nothing recorded before was touched."
    )
    stage.tell.say("")


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
        (eks.name, format_day(first), "one bit flipped", _short(altered.name)),
        (aks.name, format_day(last), "deleted", _short(deleted.name)),
    ]
    stage.tell.table(("cluster", "day", "what", "object"), rows)
    return altered, deleted


def _objects(stage: Stage, cluster: ClusterId, day: dt.date) -> list[Path]:
    archive = next(a for a in stage.parts.archives if cluster in a.clusters)
    root = stage.planted.archives[cluster.name]
    return [root / found.key for found in archive.reader.list_day(day).objects]


def _short(name: str) -> str:
    return name if len(name) <= SHOWN_CHARS else f"{name[: SHOWN_CHARS - 1]}…"


def _catch(stage: Stage, altered: Path, deleted: Path) -> None:
    stage.clock.moment += dt.timedelta(minutes=30)
    report = reverify_archives(stage.parts, Selection("all"), only=None)
    _require_caught(stage, report, altered, deleted)
    read = sum(r.comparison.recorded for r in report.rereads)
    stage.tell.say(f"5. dayseal reverify read {read} recorded objects again and caught both:")
    rows = [
        (
            r.recorded.archive.name,
            format_day(r.recorded.day),
            r.finding.verdict.value,
            fate,
            _short(change.key.rpartition("/")[2]),
        )
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
    total = count_records(stage.planted, gke)
    stage.tell.say(f"6. One event out of {total} of {gke.name}, proved, and verified with no network (event.proof):")
    stage.tell.say(f"   {notable.text}")
    stage.tell.say("")


def _evidence(stage: Stage) -> None:
    gke = stage.planted.clusters[1]
    opened = open_workspace(stage.parts.settings)
    data = bundle_days(opened.reader(), gke, stage.days[0], stage.days[-1], old_sizes=(), archives=None)
    (stage.folder / "evidence.zip").write_bytes(data)
    checked = verify_bundle(data, opened.policy, since=None, as_of=stage.clock.now())
    _require_pass("evidence.zip", checked.verification.verdict)
    stage.tell.say(f"7. Evidence of {gke.name} for {len(stage.days)} days in evidence.zip, verified offline:")
    rows = [(f"V{s.number}", s.verdict.value, _first_words(s)) for s in checked.verification.steps]
    stage.tell.table(("step", "verdict", "proved"), rows)


def _first_words(step: VerifiedStep) -> str:
    """What the step proved; without the root, which differs with every version of dayseal."""
    return (*step.proved, *step.not_shown)[0].partition(" under root ")[0]


def _require_pass(what: str, verdict: Verdict) -> None:
    if verdict is not Verdict.PASS:
        raise DaysealError(f"demo: {what} verified as {verdict}, PASS promised")


def _closing_table(stage: Stage) -> None:
    lookup = Lookup(open_workspace(stage.parts.settings).reader())
    stage.tell.say("8. What the ledger says now, cluster by day:")
    rows = [(c.name, *(_cell(lookup.day(c, day)) for day in stage.days)) for c in stage.planted.clusters]
    stage.tell.table(("cluster", *(f"{day:%m-%d}" for day in stage.days)), rows)
    outage = stage.planted.outage
    span = f"{outage.window.start:%H:%M} to {outage.window.end:%H:%M} UTC"
    stage.tell.say(f"   OUTAGE   {outage.cluster} was silent from {span}: no log line of any kind")
    stage.tell.say("   EMPTY    nothing arrived all day, and a statement says so")
    stage.tell.say("   CHANGED  an object reads differently than it was recorded")
    stage.tell.say("   GONE     an object is missing before its term")
    stage.tell.say(
        "   sealed   as promised; r1: revised once, something came late; *: provisional until two more days are sealed"
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
    sealed = f"sealed r{view.revision}" if view.revision else "sealed"
    return sealed if view.event_state == "final" else f"{sealed}*"
