"""Changes to a Cloud Storage archive and its key: retention, lifecycle, versioning, who may do what, deletion."""

from collections.abc import Mapping
from typing import Final

from dayseal.checks.change_words import ChangeEffect, Effect, RouteView
from dayseal.checks.gke.iam import PUBLIC, Grant, Right, of_project
from dayseal.checks.gke.policy_deltas import BindingDelta, binding_deltas
from dayseal.checks.gke.sinks import Reach, ways_of
from dayseal.checks.route_terms import term_days
from dayseal.model.route import Known

_DAY_SECONDS: Final = 86_400
_AGENT: Final = "@gcp-sa-logging.iam.gserviceaccount.com"
_HARM: Final = (Right.CREATE, Right.DELETE, Right.CHANGE)


def archive_effect(view: RouteView) -> ChangeEffect | None:
    """Say what a change to a bucket meant; None when it is not this archive's."""
    archive = view.facts.archive
    if archive is None or view.text("resourceName").rpartition("/")[2] != archive.name:
        return None
    match view.change.name:
        case "storage.buckets.delete":
            return ChangeEffect("archive", Effect.REDUCED, f"bucket {archive.name} deleted")
        case "storage.buckets.create":
            return ChangeEffect("archive", Effect.RESTORED, f"bucket {archive.name} created")
        case "storage.buckets.lockRetentionPolicy":
            return ChangeEffect("lock", Effect.RESTORED, "retention policy locked")
        case "storage.setIamPermissions":
            return _rights(view)
        case _:
            return _update(view)


def key_effect(view: RouteView) -> ChangeEffect | None:
    """Say what a change to a key version meant; None when it is not of the archive's key."""
    archive = view.facts.archive
    key = archive.key.value if archive is not None and isinstance(archive.key, Known) else None
    name = view.text("resourceName")
    if key is None or not name.startswith(f"{key.name.partition('/cryptoKeyVersions/')[0]}/"):
        return None
    state = view.text("request", "cryptoKeyVersion", "state")
    if view.change.name == "DestroyCryptoKeyVersion" or state == "DISABLED":
        return ChangeEffect("archive's key", Effect.REDUCED, "a version of the archive's key disabled or destroyed")
    if view.change.name == "RestoreCryptoKeyVersion" or state == "ENABLED":
        return ChangeEffect("archive's key", Effect.RESTORED, "a version of the archive's key works again")
    return ChangeEffect("archive's key", Effect.UNCLEAR, f"{view.change.name} on the archive's key")


def _update(view: RouteView) -> ChangeEffect:
    """Say what an update meant; entries of Cloud Storage often leave out what was set."""
    request = view.says("request")
    body = request.get("bucket", request) if isinstance(request, Mapping) else None
    if not isinstance(body, Mapping) or not body.keys() & {"retentionPolicy", "lifecycle", "versioning"}:
        return ChangeEffect("bucket", Effect.UNCLEAR, "the archive's bucket changed, in a way the entry does not tell")
    wanted = term_days(view.change.at.date(), view.thresholds.total_days)
    if "retentionPolicy" in body:
        return _retention(body["retentionPolicy"], wanted)
    if "lifecycle" in body:
        return _lifecycle(body["lifecycle"], wanted)
    return ChangeEffect("versioning", Effect.NEUTRAL, "versioning changed; what is retained cannot be overwritten")


def _retention(policy: object, wanted: int) -> ChangeEffect:
    if not isinstance(policy, Mapping):
        return ChangeEffect("lock", Effect.REDUCED, "retention policy removed")
    period = str(policy.get("retentionPeriod", ""))
    if not (period.isascii() and period.isdigit()):
        return ChangeEffect("lock", Effect.UNCLEAR, "retention policy set to a period the entry does not tell")
    days = int(period) // _DAY_SECONDS
    effect = Effect.RESTORED if days >= wanted else Effect.REDUCED
    return ChangeEffect("retention period", effect, f"retention policy set to {days} days")


def _lifecycle(said: object, wanted: int) -> ChangeEffect:
    rules = said.get("rule", []) if isinstance(said, Mapping) else []
    for rule in rules if isinstance(rules, list) else ():
        action = rule.get("action") if isinstance(rule, Mapping) else None
        condition = rule.get("condition") if isinstance(rule, Mapping) else None
        if not isinstance(action, Mapping) or not isinstance(condition, Mapping):
            return ChangeEffect("lifecycle", Effect.UNCLEAR, "lifecycle set to rules that cannot be read")
        age = condition.get("age")
        if action.get("type") == "Delete" and isinstance(age, int) and age < wanted:
            return ChangeEffect("lifecycle", Effect.REDUCED, f"lifecycle set to delete after {age} days")
        if action.get("type") == "Delete" and not isinstance(age, int):
            return ChangeEffect("lifecycle", Effect.UNCLEAR, "lifecycle set to delete, on conditions other than age")
    return ChangeEffect("lifecycle", Effect.RESTORED, f"lifecycle set, nothing deleted before {wanted} days")


def _rights(view: RouteView) -> ChangeEffect:
    deltas = binding_deltas(view)
    if deltas is None:
        return ChangeEffect("bucket policy", Effect.UNCLEAR, "bucket policy changed, in a way the entry does not tell")
    ways = ways_of(view.facts, view.thresholds)
    writers = {way.sink.writer for way in ways if way.reach is Reach.ARCHIVE and way.sink.writer}
    for delta in deltas:
        if delta.member in writers and _gives(delta, Right.CREATE):
            effect, did = (Effect.RESTORED, "got") if delta.added else (Effect.REDUCED, "lost")
            return ChangeEffect("sink's writer", effect, f"a sink's writer {did} {delta.role} on the bucket")
    opened = [delta for delta in deltas if _opens(view, delta)]
    if any(delta.added for delta in opened):
        said = f"bucket policy opened to {opened[0].member} ({opened[0].role})"
        return ChangeEffect("bucket policy", Effect.REDUCED, said)
    if opened:
        return ChangeEffect("bucket policy", Effect.RESTORED, f"bucket policy closed to {opened[0].member}")
    return ChangeEffect("bucket policy", Effect.NEUTRAL, "bucket policy changed, the cluster's project not concerned")


def _opens(view: RouteView, delta: BindingDelta) -> bool:
    """Say whether a delta is about a right that the cluster's project, or everybody, must not have."""
    if delta.member in PUBLIC:
        return True
    number = view.facts.gke.project_number
    names = (view.facts.cluster.account, *((number.value,) if isinstance(number, Known) else ()))
    own = not delta.member.endswith(_AGENT) and of_project(delta.member, names)
    return bool(own) and any(_gives(delta, right) for right in _HARM)


def _gives(delta: BindingDelta, right: Right) -> bool:
    return Grant(delta.member, delta.role, "bucket").gives(right) is not False
