"""One sink on the way to the archive, judged for one log: enabled, nothing dropped, nothing taken, may it write?"""

import dataclasses
from collections.abc import Sequence

from dayseal.checks.filter_pattern import Selection
from dayseal.checks.gke.entries import LOGS
from dayseal.checks.gke.iam import may_write, read_grants
from dayseal.checks.gke.selection import judge_sink
from dayseal.checks.gke.sinks import Reach, SinkWay, interceptors
from dayseal.checks.route_terms import RouteThresholds
from dayseal.checks.route_words import Opinion, fix_missing, gcloud, name_missing, worst
from dayseal.errors import FormatError
from dayseal.model import Verdict
from dayseal.model.route import ArchiveFacts, Known, RouteFacts, Sink

_OWNERS = {"projects": "project", "folders": "folder", "organizations": "organization"}
_FINE = Opinion(Verdict.PASS, "")


@dataclasses.dataclass(frozen=True, slots=True)
class SinkContext:
    """What sinks are judged against; `records` are entries of the cluster as the archive holds them."""

    facts: RouteFacts
    thresholds: RouteThresholds
    records: Sequence[bytes] = ()


def judge_way(way: SinkWay, log_id: str, context: SinkContext) -> Opinion:
    """Judge one way for one log: whether it carries the whole log, and what lies at its end."""
    found = worst([_carried(way, log_id, context), _target(way, log_id, context)])
    return Opinion(found.verdict, f"{way.words}: {found.said}", found.fix)


def carries(way: SinkWay, log_id: str, context: SinkContext) -> bool | None:
    """Say whether a way carries a whole log to its end, wherever that is; None where that cannot be decided."""
    verdict = _carried(way, log_id, context).verdict
    return None if verdict is Verdict.UNKNOWN else verdict is Verdict.PASS


def _carried(way: SinkWay, log_id: str, context: SinkContext) -> Opinion:
    sinks = (way.through, way.sink) if way.through is not None else (way.sink,)
    parts = [judge for sink in sinks for judge in (_enabled(sink), _selected(sink, log_id, context))]
    return worst([*parts, _intercepted(way, log_id, context)])


def _enabled(sink: Sink) -> Opinion:
    if not sink.disabled:
        return _FINE
    return Opinion(Verdict.FAIL, "it is disabled, an enabled one promised", update_command(sink) + " --no-disabled")


def _selected(sink: Sink, log_id: str, context: SinkContext) -> Opinion:
    found = judge_sink(sink, context.facts.cluster, log_id, context.records)
    if found.selection is Selection.EVERYTHING:
        return _FINE
    said = f"{found.why}; one that drops no audit entry promised"
    verdict = Verdict.FAIL if found.selection is Selection.DROPS else Verdict.UNKNOWN
    taken = next((e.name for e in sink.exclusions if f"exclusion {e.name} " in found.why), "")
    fix = update_command(sink, remove_exclusions=taken) if taken else update_command(sink, log_filter=audit_filter())
    return Opinion(verdict, said, fix)


def _intercepted(way: SinkWay, log_id: str, context: SinkContext) -> Opinion:
    facts = context.facts
    above = interceptors(way, facts.gke, facts.cluster, log_id, context.records)
    if above:
        sink, taken = max(above, key=lambda item: item[1] is True)
        said = f"intercepting sink {sink.name} {'takes' if taken else 'may take'} its entries to {sink.destination}"
        fix = update_command(sink) + " --no-intercept-children"
        return Opinion(Verdict.FAIL if taken else Verdict.UNKNOWN, said, fix)
    project, top = facts.gke.levels[0], facts.gke.ancestry
    at_top = isinstance(top, Known) and way.level == len(top.value) - 1
    if isinstance(project.sinks, Known) or at_top:
        return _FINE
    said = f"whether a sink above intercepts its entries is not known: {name_missing([project.sinks])}"
    return Opinion(Verdict.UNKNOWN, said, fix_missing([project.sinks]))


def _target(way: SinkWay, log_id: str, context: SinkContext) -> Opinion:
    sink, archive = way.sink, context.facts.archive
    if way.reach is Reach.DECLARED:
        declared = context.thresholds.declared_destination(sink.destination)
        says = declared.says if declared is not None else ""
        return Opinion(Verdict.PASS, f"behind {sink.destination} lies {says} (declared, not proven)")
    if way.reach is Reach.OPAQUE:
        said = f"destination {sink.destination}: what lies behind it is not known"
        return Opinion(Verdict.UNKNOWN, said, "name in the settings what lies behind it")
    if way.reach is Reach.UNASKED:
        return Opinion(Verdict.UNKNOWN, f"nothing was asked about the sinks behind {sink.destination}", "dayseal check")
    if archive is None:
        said = f"it leads to {sink.destination}, and the settings name no archive"
        return Opinion(Verdict.UNKNOWN, said, "name the archive in the settings")
    if way.reach is not Reach.ARCHIVE:
        said = f"it leads to {sink.destination}, archive {archive.uri} promised"
        fix = gcloud("logging sinks update", sink.name.rpartition("/")[2], f"storage.googleapis.com/{archive.name}")
        return Opinion(Verdict.FAIL, said, f"{fix} {owner_flag(sink)}")
    return worst([_place(archive, log_id), _writer(sink, archive)])


def _place(archive: ArchiveFacts, log_id: str) -> Opinion:
    """A sink names its objects after the log: an archive's prefix must take that in."""
    if not f"{log_id}/".startswith(archive.prefix):
        said = f"objects of {log_id} lie outside the archive's prefix {archive.prefix!r}"
        return Opinion(Verdict.FAIL, said, "name the whole bucket as the archive in the settings")
    if isinstance(archive.exists, Known) and not archive.exists.value:
        return Opinion(Verdict.FAIL, f"bucket {archive.name} does not exist", create_bucket(archive))
    return _FINE


def _writer(sink: Sink, archive: ArchiveFacts) -> Opinion:
    """Judge whether the sink's writer may create objects: without that, nothing arrives."""
    if not sink.writer:
        return Opinion(Verdict.UNKNOWN, "it names no writer identity", update_command(sink))
    fix = gcloud(
        "storage buckets add-iam-policy-binding",
        f"gs://{archive.name}",
        member=sink.writer,
        role="roles/storage.objectCreator",
    )
    try:
        grants = read_grants(archive)
    except FormatError as exc:
        return Opinion(Verdict.UNKNOWN, str(exc), fix)
    allowed = may_write(grants, sink.writer)
    if allowed:
        return Opinion(Verdict.PASS, f"to {sink.destination}, where its writer may create objects")
    said = f"its writer {sink.writer} may not create objects in {archive.name}"
    if allowed is None:
        why = name_missing(grants.hidden) if grants.hidden else "it may by a group, a condition or a custom role"
        return Opinion(Verdict.UNKNOWN, f"whether {said.replace('may not', 'may', 1)} is not known: {why}", fix)
    return Opinion(Verdict.FAIL, f"{said}, roles/storage.objectCreator promised", fix)


def update_command(sink: Sink, **options: str) -> str:
    """Give the command that changes a sink."""
    return f"{gcloud('logging sinks update', sink.name.rpartition('/')[2], **options)} {owner_flag(sink)}"


def owner_flag(sink: Sink) -> str:
    """Give the option that names a sink's owner: `--organization=1`."""
    kind, _, name = sink.name.rpartition("/sinks/")[0].partition("/")
    return f"--{_OWNERS.get(kind, 'project')}={name}"


def audit_filter() -> str:
    """Give a filter that lets every audit entry through."""
    return " OR ".join(f'log_id("{log_id}")' for log_id in LOGS)


def create_bucket(archive: ArchiveFacts) -> str:
    """Give the command that makes the archive's bucket."""
    return gcloud("storage buckets create", f"gs://{archive.name}", project="ARCHIVE_PROJECT")
