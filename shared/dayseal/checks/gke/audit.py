"""GKE's side of checks 1 and 2: what the API server's audit logs record, whoever wants to switch them off."""

from collections.abc import Iterator, Sequence
from typing import Final

from dayseal.checks.coverage_grade import Coverage
from dayseal.checks.route_terms import Grade
from dayseal.checks.route_words import FactSheet, gcloud
from dayseal.checks.wording import count
from dayseal.model import Finding, Verdict
from dayseal.model.route import AuditConfig, Call, GkeCluster, GkeSource, Known, Level, Missing, RouteFacts

_SERVICES: Final = frozenset({"allServices", "container.googleapis.com"})
_READ: Final = "DATA_READ"
_WANTED: Final = (_READ, "DATA_WRITE")
_MAX_NAMED: Final = 5


def gke_audit_enabled(facts: RouteFacts, sheet: FactSheet) -> Finding:
    """Judge check 1: writes are always recorded; a cluster that could not be read is UNKNOWN."""
    cluster = facts.gke.cluster
    sheet.add("cluster", cluster, _show_cluster)
    if isinstance(cluster, Missing):
        return sheet.unknown("whether the audit log is on")
    said = "Admin Activity audit logs record every write and cannot be switched off; reads are graded by audit-coverage"
    aside = "loggingService and loggingConfig are of workload and component logs and decide nothing"
    return sheet.finding(Verdict.PASS, f"{said}; {aside}")


def gke_coverage(facts: RouteFacts, sheet: FactSheet) -> Coverage | None:
    """Grade the merged audit configurations of project, folders and organisation; None: the project's is not known.

    What a level above could not be asked about may add a log type or an exemption: the grade is then the least.
    """
    source = facts.gke
    sheet.add("ancestry", source.ancestry, ", ".join)
    for level in source.levels:
        sheet.add(f"auditConfigs.{level.name}", level.audit_configs, _show_configs)
    if isinstance(source.cluster, Missing):
        sheet.add("cluster", source.cluster)
        return None
    call = _call(source)
    if call is None:
        return None
    configs = [config for level in source.levels for config in _ours(level)]
    on = {config.log_type for config in configs}
    off = [kind for kind in _WANTED if kind not in on]
    exempted = sorted({member for c in configs if c.log_type in _WANTED for member in c.exempted})
    holes = "".join(
        (
            f"; Data Access logs are off ({', '.join(off)})" if off else "",
            f"; {count(len(exempted), 'exempted member')}, each a hole: {_some(exempted)}" if exempted else "",
        )
    )
    grade = Grade.WRITES_ONLY if off or exempted else Grade.FULL
    return Coverage(grade, call, _fix(facts, exempted), holes=holes, least=_is_open(source, exempted, off))


def reads_recorded(source: GkeSource) -> bool | None:
    """Say whether Data Access logs are on, for anybody; None where a level that could say so was not read."""
    if any(config.log_type in _WANTED for level in source.levels for config in _ours(level)):
        return True
    return None if _unread(source) else False


def _is_open(source: GkeSource, exempted: Sequence[str], off: Sequence[str]) -> bool:
    """An exemption that was seen stays one; a log type that is off may be on, and one that is on exempt, further up."""
    return _unread(source) and (not exempted or bool(off))


def _unread(source: GkeSource) -> bool:
    asked = {level.name for level in source.levels}
    hidden = isinstance(source.ancestry, Missing) or not set(source.ancestry.value) <= asked
    return hidden or any(isinstance(level.audit_configs, Missing) for level in source.levels)


def _call(source: GkeSource) -> Call | None:
    return next((level.audit_configs.source for level in source.levels if isinstance(level.audit_configs, Known)), None)


def _ours(level: Level) -> Iterator[AuditConfig]:
    if isinstance(level.audit_configs, Known):
        yield from (config for config in level.audit_configs.value if config.service in _SERVICES)


def _fix(facts: RouteFacts, exempted: Sequence[str]) -> str:
    project = facts.cluster.account
    drop = ", without exemptedMembers," if exempted else ""
    entries = f"auditConfigs for container.googleapis.com with {' and '.join(_WANTED)}"
    read = gcloud("projects get-iam-policy", project, format="json") + " > policy.json"
    return f"{read}; put {entries}{drop} into it, then: {gcloud('projects set-iam-policy', project, 'policy.json')}"


def _some(members: Sequence[str]) -> str:
    more = f" and {len(members) - _MAX_NAMED} more" if len(members) > _MAX_NAMED else ""
    return ", ".join(members[:_MAX_NAMED]) + more


def _show_configs(configs: tuple[AuditConfig, ...]) -> str:
    shown = (f"{c.service} {c.log_type}" + (f" without {', '.join(c.exempted)}" if c.exempted else "") for c in configs)
    return " | ".join(shown) or "none"


def _show_cluster(cluster: GkeCluster | None) -> str:
    if cluster is None:
        return "no such cluster"
    components = "absent" if cluster.components is None else ",".join(cluster.components) or "none"
    kind = "Autopilot" if cluster.autopilot else "Standard"
    service = cluster.logging_service or "absent"
    return f"{cluster.status}, {kind}, loggingService {service} and components {components} (not audit)"
