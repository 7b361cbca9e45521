"""Changes on a GKE route, as Admin Activity entries tell them: sinks, exclusions, log buckets, audit configurations."""

from collections.abc import Callable, Mapping
from typing import Final

from dayseal.checks.change_words import ChangeEffect, Effect, RouteView, parse_request
from dayseal.checks.filter_pattern import Selection
from dayseal.checks.gke.archive_changes import archive_effect, key_effect
from dayseal.checks.gke.audit import reads_recorded
from dayseal.checks.gke.entries import ACTIVITY, DATA_ACCESS
from dayseal.checks.gke.policy_deltas import audit_effect
from dayseal.checks.gke.selection import judge_sink, takes
from dayseal.checks.gke.sink_opinions import SinkContext, judge_way
from dayseal.checks.gke.sinks import Reach, log_bucket_of, reach_of, ways_of
from dayseal.checks.route_terms import RouteThresholds
from dayseal.model import Verdict
from dayseal.model.route import ConfigChange, Exclusion, Missing, RouteFacts, Sink

_CONFIG: Final = "google.logging.v2.ConfigServiceV2."
_CLUSTERS: Final = ("google.container.v1.ClusterManager.", "google.container.v1beta1.ClusterManager.")


def unseen_archive(facts: RouteFacts) -> tuple[Missing, ...]:
    """Give why nobody could look where the archive itself is changed: in its own project, if that is known."""
    archive = facts.archive
    if archive is None:
        return tuple(level.sinks for level in facts.gke.levels if isinstance(level.sinks, Missing))
    return (archive.owner,) if isinstance(archive.owner, Missing) else ()


def gke_effect(change: ConfigChange, facts: RouteFacts, thresholds: RouteThresholds) -> ChangeEffect | None:
    """Say what a change meant for this cluster's route; None when it failed or is about something else."""
    if change.error:
        return None
    request = parse_request(change.parameters)
    if request is None:
        return ChangeEffect("request", Effect.UNCLEAR, f"{change.name} with a request that cannot be read")
    view = RouteView(change, facts, thresholds, request)
    handler = _HANDLERS.get(change.name)
    if handler is None:
        return ChangeEffect(change.name, Effect.UNCLEAR, f"{change.name}, which no rule here knows")
    return handler(view)


def _sink(view: RouteView) -> ChangeEffect | None:
    """Sinks are one aspect: what one of them no longer carries, another may."""
    name = _sink_name(view)
    if not _above(view, name.partition("/sinks/")[0]):
        return None
    if view.change.name.endswith("DeleteSink"):
        return _lost_sink(view, name, f"sink {name} deleted")
    said = view.says("request", "sink")
    if not isinstance(said, Mapping):
        return ChangeEffect("sinks", Effect.UNCLEAR, f"sink {name} changed, in a way the request does not tell")
    sink, told = _read_sink(view, name, said)
    if sink.intercept_children and not sink.disabled:
        return _interception(view, sink)
    if sink.disabled:
        return _lost_sink(view, name, f"sink {name} disabled")
    return _written(view, sink, told)


def _written(view: RouteView, sink: Sink, told: frozenset[str]) -> ChangeEffect:
    """Say what a sink's new state, filter, exclusions or destination mean; a new sink takes nothing away."""
    effect = _narrowed(view, sink, told)
    if view.change.name.endswith("CreateSink") and effect.effect is not Effect.RESTORED:
        return ChangeEffect("sinks", Effect.NEUTRAL, f"sink {sink.name} created")
    return effect


def _narrowed(view: RouteView, sink: Sink, told: frozenset[str]) -> ChangeEffect:
    facts, words = view.facts, f"sink {sink.name} set to {sink.destination or 'the same destination'}"
    leads = reach_of(sink.destination, facts, view.thresholds) if sink.destination else Reach.ARCHIVE
    if leads not in {Reach.ARCHIVE, Reach.DECLARED}:
        return _lost_sink(view, sink.name, f"{words}, which is not the archive")
    if "disabled" in told and not told & {"filter", "exclusions"}:
        return ChangeEffect("sinks", Effect.RESTORED, f"sink {sink.name} enabled")
    if not told & {"filter", "exclusions"}:
        return ChangeEffect("sinks", Effect.NEUTRAL, f"{words}, filter as it was")
    found = [judge_sink(sink, facts.cluster, log_id) for log_id in _logs(view)]
    drops = next((f for f in found if f.selection is Selection.DROPS), None)
    if drops is not None:
        return _lost_sink(view, sink.name, f"sink {sink.name}: {drops.why}")
    doubtful = next((f for f in found if f.selection is not Selection.EVERYTHING), None)
    if doubtful is not None:
        return ChangeEffect("sinks", Effect.UNCLEAR, f"sink {sink.name}: {doubtful.why}")
    if {"destination", "filter"} <= told or view.change.name.endswith("CreateSink"):
        return ChangeEffect("sinks", Effect.RESTORED, f"sink {sink.name} set to carry every audit entry")
    return ChangeEffect(
        "sinks", Effect.UNCLEAR, f"sink {sink.name}: filter or exclusions changed, the rest is not told"
    )


def _interception(view: RouteView, sink: Sink) -> ChangeEffect | None:
    taken = [takes(sink, view.facts.cluster, log_id) for log_id in _logs(view)]
    if True in taken:
        return ChangeEffect("interception", Effect.REDUCED, f"sink {sink.name} set to intercept the audit entries")
    if None in taken:
        return ChangeEffect("interception", Effect.UNCLEAR, f"sink {sink.name} set to intercept, perhaps audit entries")
    return ChangeEffect("interception", Effect.NEUTRAL, f"sink {sink.name} intercepts no audit entries")


def _lost_sink(view: RouteView, name: str, words: str) -> ChangeEffect:
    """Say what the loss of one sink meant, beside the others that there are now."""
    context = SinkContext(view.facts, view.thresholds)
    at = view.change.at
    whole = [
        way.sink
        for way in ways_of(view.facts, view.thresholds)
        if way.sink.name != name
        and way.reach in {Reach.ARCHIVE, Reach.DECLARED}
        and all(judge_way(way, log_id, context).verdict is Verdict.PASS for log_id in _logs(view))
        and (way.sink.created_at is None or way.sink.created_at <= at)
    ]
    if any(s.created_at is not None and (s.updated_at or s.created_at) <= at for s in whole):
        return ChangeEffect("sinks", Effect.NEUTRAL, f"{words}, while another carried everything")
    if whole:
        return ChangeEffect("sinks", Effect.UNCLEAR, f"{words}; whether another carried everything then is not known")
    return ChangeEffect("sinks", Effect.REDUCED, words)


def _exclusion(view: RouteView) -> ChangeEffect | None:
    """A project's own exclusions keep entries out of its `_Default` sink; no other sink knows them."""
    owner = view.text("resourceName").partition("/exclusions/")[0]
    if not _above(view, owner):
        return None
    if view.change.name.endswith("DeleteExclusion"):
        return ChangeEffect("exclusions", Effect.RESTORED, f"an exclusion of {owner} deleted")
    text = view.text("request", "exclusion", "filter")
    if not text or view.says("request", "exclusion", "disabled") is True:
        return ChangeEffect("exclusions", Effect.UNCLEAR, f"an exclusion of {owner} changed")
    probe = Sink(f"{owner}/sinks/_Default", "", exclusions=(Exclusion("", text),))
    found = [judge_sink(probe, view.facts.cluster, log_id).selection for log_id in _logs(view)]
    if Selection.DROPS in found:
        return ChangeEffect("exclusions", Effect.REDUCED, f"an exclusion of {owner} takes audit entries out")
    if Selection.UNDECIDED in found:
        return ChangeEffect("exclusions", Effect.UNCLEAR, f"an exclusion of {owner} may take audit entries out")
    return ChangeEffect("exclusions", Effect.NEUTRAL, f"an exclusion of {owner}, audit entries not concerned")


def _log_bucket(view: RouteView) -> ChangeEffect | None:
    name = view.text("request", "name") or view.text("resourceName")
    used = {log_bucket_of(way.sink.destination) for way in ways_of(view.facts, view.thresholds)}
    if name not in used and not (_above(view, name.partition("/locations/")[0]) and name.endswith("/_Default")):
        return None
    aspect = f"log bucket {name}"
    if view.change.name.endswith("DeleteBucket"):
        return ChangeEffect(aspect, Effect.REDUCED, f"{aspect} deleted")
    if not view.change.name.endswith("UpdateBucket"):
        return ChangeEffect(aspect, Effect.RESTORED, f"{view.change.name.rpartition('.')[2]} of {aspect}")
    days = view.number("request", "bucket", "retentionDays")
    if days is None:
        return ChangeEffect(aspect, Effect.NEUTRAL, f"{aspect} changed, its retention not concerned")
    effect = Effect.REDUCED if days < view.thresholds.hot_days else Effect.RESTORED
    return ChangeEffect(aspect, effect, f"retention of {aspect} set to {days} days")


def _cluster(view: RouteView) -> ChangeEffect | None:
    cluster = view.facts.cluster
    if not view.text("resourceName").endswith(f"/{cluster.location}/clusters/{cluster.name}"):
        return None
    return ChangeEffect("component logs", Effect.NEUTRAL, "the cluster's settings changed; its audit logs have none")


def _sink_name(view: RouteView) -> str:
    named = view.text("resourceName") or view.text("request", "sinkName")
    own = view.text("request", "sink", "name")
    if "/sinks/" in named:
        return named
    return f"{view.text('request', 'parent') or named}/sinks/{own}"


def _read_sink(view: RouteView, name: str, said: Mapping[str, object]) -> tuple[Sink, frozenset[str]]:
    """Read the sink a request writes, and which fields it is about: those it holds and those its mask names."""
    mask = view.text("request", "updateMask").replace(" ", "")
    told = frozenset({*said, *filter(None, mask.split(","))})
    now = next((way.sink for way in ways_of(view.facts, view.thresholds) if way.sink.name == name), Sink(name, ""))
    listed = said.get("exclusions")
    exclusions = tuple(
        Exclusion(str(item.get("name", "")), str(item.get("filter", "")), disabled=item.get("disabled") is True)
        for item in (listed if isinstance(listed, list) else ())
        if isinstance(item, Mapping)
    )
    sink = Sink(
        name=name,
        destination=str(said.get("destination", now.destination if "destination" not in told else "")),
        filter=str(said.get("filter", "" if "filter" in told else now.filter)),
        disabled=said.get("disabled") is True,
        include_children=said.get("includeChildren") is True,
        intercept_children=said.get("interceptChildren") is True,
        exclusions=exclusions,
    )
    return sink, told


def _above(view: RouteView, owner: str) -> bool:
    """Say whether a resource is the cluster's project, a level above it, or a project its entries are sent to."""
    source = view.facts.gke
    number = getattr(source.project_number, "value", "")
    names = {*(level.name for level in source.levels), *(p.name for p in source.routed), f"projects/{number}"}
    return owner in names | set(getattr(source.ancestry, "value", ()))


def _logs(view: RouteView) -> tuple[str, ...]:
    return (ACTIVITY,) if reads_recorded(view.facts.gke) is False else (ACTIVITY, DATA_ACCESS)


_HANDLERS: Final[Mapping[str, Callable[[RouteView], ChangeEffect | None]]] = {
    **{f"{_CONFIG}{verb}Sink": _sink for verb in ("Create", "Update", "Delete")},
    **{f"{_CONFIG}{verb}Exclusion": _exclusion for verb in ("Create", "Update", "Delete")},
    **{f"{_CONFIG}{verb}Bucket": _log_bucket for verb in ("Create", "Update", "Delete", "Undelete")},
    **dict.fromkeys(("SetIamPolicy",), audit_effect),
    **dict.fromkeys(
        (
            *("storage.buckets.update", "storage.buckets.patch", "storage.buckets.delete", "storage.buckets.create"),
            *("storage.buckets.lockRetentionPolicy", "storage.setIamPermissions"),
        ),
        archive_effect,
    ),
    **dict.fromkeys(("DestroyCryptoKeyVersion", "UpdateCryptoKeyVersion", "RestoreCryptoKeyVersion"), key_effect),
    **{f"{prefix}{verb}": _cluster for prefix in _CLUSTERS for verb in ("UpdateCluster", "SetLoggingService")},
}

# What to ask Admin Activity entries for, by methodName.
GKE_METHODS: Final = tuple(_HANDLERS)
