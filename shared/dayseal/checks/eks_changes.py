"""Changes in an EKS cluster's own account: cluster logging, log group, filters, streams, account policies."""

from collections.abc import Callable, Mapping
from typing import Final

from dayseal.checks.archive_changes import bucket_effect, key_effect
from dayseal.checks.audit_enabled import EKS_AUDIT
from dayseal.checks.change_words import ChangeEffect, Effect, RouteView, parse_request
from dayseal.checks.filter_pattern import Selection, judge_pattern
from dayseal.checks.log_selection import covers
from dayseal.checks.route_terms import RouteThresholds
from dayseal.model.route import AccountPolicy, ConfigChange, DeliveryStream, Known, PolicyKind, RouteFacts


def eks_effect(change: ConfigChange, facts: RouteFacts, thresholds: RouteThresholds) -> ChangeEffect | None:
    """Say what a change meant for this cluster's route; None when it failed or is about something else."""
    if change.error:
        return None
    request = parse_request(change.parameters)
    if request is None:
        return ChangeEffect("request", Effect.UNCLEAR, f"{change.name} with a request that cannot be read")
    handler = _HANDLERS.get(change.name)
    view = RouteView(change, facts, thresholds, request)
    if handler is None:
        return ChangeEffect(change.name, Effect.UNCLEAR, f"{change.name}, which no rule here knows")
    return handler(view)


def _cluster(view: RouteView) -> ChangeEffect | None:
    entries = view.says("logging", "clusterLogging")
    if view.text("name") != view.facts.cluster.name or not isinstance(entries, list):
        return None
    settings = [entry for entry in entries if isinstance(entry, Mapping) and _names_audit(entry)]
    if not settings:
        return ChangeEffect("other log types", Effect.NEUTRAL, "log types other than audit changed")
    on = any(entry.get("enabled") is True for entry in settings)
    return ChangeEffect(
        "audit log", Effect.RESTORED if on else Effect.REDUCED, f"audit log switched {'on' if on else 'off'}"
    )


def _names_audit(entry: Mapping[str, object]) -> bool:
    types = entry.get("types")
    return isinstance(types, list) and EKS_AUDIT in types


def _log_group(view: RouteView) -> ChangeEffect | None:
    group = view.facts.eks.log_group_name
    if not _is_ours(view):
        return None
    if view.change.name == "CreateLogGroup":
        return ChangeEffect("log group", Effect.RESTORED, f"log group {group} created")
    if view.change.name == "DeleteLogGroup":
        return ChangeEffect("log group", Effect.REDUCED, f"log group {group} deleted with all it held")
    if view.change.name == "DeleteLogStream":
        stream = view.text("logStreamName")
        lost = Effect.REDUCED if "audit" in stream else Effect.NEUTRAL
        return ChangeEffect(f"log stream {stream}", lost, f"log stream {stream} deleted")
    return ChangeEffect("log group settings", Effect.UNCLEAR, f"{view.change.name} on log group {group}")


def _retention(view: RouteView) -> ChangeEffect | None:
    if not _is_ours(view):
        return None
    aspect = "log group retention"
    if view.change.name == "DeleteRetentionPolicy":
        return ChangeEffect(aspect, Effect.RESTORED, "log group retention without end")
    days = view.number("retentionInDays") or 0
    effect = Effect.REDUCED if days < view.thresholds.hot_days else Effect.RESTORED
    return ChangeEffect(aspect, effect, f"log group retention set to {days} days")


def _is_ours(view: RouteView) -> bool:
    named = view.text("logGroupName") or view.text("logGroupIdentifier")
    return named.rpartition(":log-group:")[2] == view.facts.eks.log_group_name


def _filter(view: RouteView) -> ChangeEffect | None:
    """Filters are one aspect: what one of them no longer carries, another may."""
    if not _is_ours(view):
        return None
    name, pattern, target = view.text("filterName"), view.text("filterPattern"), view.text("destinationArn")
    deleted = view.change.name == "DeleteSubscriptionFilter"
    selection, _ = judge_pattern(pattern)
    if deleted or selection is Selection.DROPS:
        words = f"filter {name} deleted" if deleted else f"filter {name} set to {pattern!r}, which drops audit records"
        return _lost_filter(view, name, words)
    known_target = any(answer.destination == target for answer in view.facts.eks.streams)
    if selection is Selection.EVERYTHING and known_target:
        return ChangeEffect("filters", Effect.RESTORED, f"filter {name} set to let everything through")
    return ChangeEffect("filters", Effect.UNCLEAR, f"filter {name} set to {pattern!r} and destination {target}")


def _lost_filter(view: RouteView, name: str, words: str) -> ChangeEffect:
    """Say what the loss of one filter meant, beside the others that there are now."""
    source = view.facts.eks
    targets = {answer.destination for answer in source.streams}
    others = [
        way
        for way in (source.filters.value if isinstance(source.filters, Known) else ())
        if way.name != name and not way.pattern.strip() and way.destination in targets
    ]
    if any(way.created_at is not None and way.created_at <= view.change.at for way in others):
        return ChangeEffect("filters", Effect.NEUTRAL, f"{words}, while another carried everything")
    if any(way.created_at is None for way in others):
        return ChangeEffect("filters", Effect.UNCLEAR, f"{words}; whether another carried everything then is not known")
    return ChangeEffect("filters", Effect.REDUCED, words)


def _account_policy(view: RouteView) -> ChangeEffect | None:
    kind, name = view.text("policyType"), view.text("policyName")
    if kind not in {k.value for k in PolicyKind}:
        return None
    policy = AccountPolicy(PolicyKind(kind), name, view.text("policyDocument"), view.text("selectionCriteria"))
    if view.change.name == "PutAccountPolicy" and covers(policy, view.facts.eks.log_group_name) is False:
        return None
    return ChangeEffect(f"account policy {name}", Effect.UNCLEAR, f"{view.change.name} of {kind} {name}")


def _stream(view: RouteView) -> ChangeEffect | None:
    name = view.text("deliveryStreamName")
    stream = next((s for s in streams_of(view.facts) if s.arn.endswith(f"/{name}")), None)
    named = any(a.destination.endswith(f"/{name}") for a in view.facts.eks.streams)
    if not name or (stream is None and not named):
        return None
    aspect = f"stream {name}"
    if view.change.name == "DeleteDeliveryStream":
        return ChangeEffect(aspect, Effect.REDUCED, f"stream {name} deleted")
    if view.change.name == "CreateDeliveryStream":
        return ChangeEffect(aspect, Effect.RESTORED, f"stream {name} created")
    archive = view.facts.archive
    bucket = view.text("extendedS3DestinationUpdate", "bucketARN").rpartition(":")[2]
    if bucket and archive is not None and bucket != archive.name:
        return ChangeEffect(aspect, Effect.REDUCED, f"stream {name} turned to bucket {bucket}")
    return ChangeEffect(aspect, Effect.UNCLEAR, f"destination of stream {name} changed")


def streams_of(facts: RouteFacts) -> tuple[DeliveryStream, ...]:
    """Give the streams of the route that are known."""
    return tuple(a.stream.value for a in facts.eks.streams if isinstance(a.stream, Known) and a.stream.value)


def _detector(view: RouteView) -> ChangeEffect | None:
    if view.change.name == "DeleteDetector":
        return ChangeEffect("detector", Effect.REDUCED, "a GuardDuty detector deleted")
    features = view.says("features")
    for feature in features if isinstance(features, list) else ():
        if isinstance(feature, Mapping) and feature.get("name") == "EKS_AUDIT_LOGS":
            on = feature.get("status") == "ENABLED"
            words = f"GuardDuty feature EKS_AUDIT_LOGS switched {'on' if on else 'off'}"
            return ChangeEffect("detector", Effect.RESTORED if on else Effect.REDUCED, words)
    if view.says("enable") is False:
        return ChangeEffect("detector", Effect.REDUCED, "a GuardDuty detector switched off")
    return ChangeEffect("detector", Effect.NEUTRAL, "a GuardDuty detector changed, audit events not concerned")


_HANDLERS: Final[Mapping[str, Callable[[RouteView], ChangeEffect | None]]] = {
    "UpdateClusterConfig": _cluster,
    **dict.fromkeys(("CreateLogGroup", "DeleteLogGroup", "DeleteLogStream", "PutTransformer"), _log_group),
    **dict.fromkeys(("PutRetentionPolicy", "DeleteRetentionPolicy"), _retention),
    **dict.fromkeys(("PutSubscriptionFilter", "DeleteSubscriptionFilter"), _filter),
    **dict.fromkeys(("PutAccountPolicy", "DeleteAccountPolicy"), _account_policy),
    **dict.fromkeys(("CreateDeliveryStream", "DeleteDeliveryStream", "UpdateDestination"), _stream),
    **dict.fromkeys(("PutBucketLifecycle", "PutBucketLifecycleConfiguration", "DeleteBucketLifecycle"), bucket_effect),
    **dict.fromkeys(("PutBucketObjectLockConfiguration", "PutObjectLockConfiguration"), bucket_effect),
    **dict.fromkeys(("PutBucketVersioning", "PutBucketPolicy", "DeleteBucketPolicy", "DeleteBucket"), bucket_effect),
    **dict.fromkeys(("ScheduleKeyDeletion", "CancelKeyDeletion", "DisableKey", "EnableKey"), key_effect),
    **dict.fromkeys(("DeleteDetector", "UpdateDetector"), _detector),
}

# What to ask a trail for, by name: asked by source it drowns in KMS calls.
EKS_EVENTS: Final = tuple(_HANDLERS)
