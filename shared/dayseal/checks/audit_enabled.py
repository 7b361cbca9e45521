"""Check 1, `audit-enabled`: the API server's audit log is switched on."""

from typing import Final

from dayseal.checks.aks.audit import aks_audit_enabled
from dayseal.checks.gke.audit import gke_audit_enabled
from dayseal.checks.route_words import FactSheet, as_json, aws, gone
from dayseal.model import ClusterId, Finding, Verdict
from dayseal.model.route import AksSource, EksCluster, GkeSource, Missing, RouteFacts

CHECK: Final = "audit-enabled"
EKS_AUDIT: Final = "audit"


def judge_audit_enabled(facts: RouteFacts) -> Finding:
    """Judge whether the control plane writes an audit log.

    GKE: writes go to Admin Activity, which nobody can switch off; `loggingService` and the components are of
    other logs and decide nothing. EKS: `audit` is among the types of any enabled entry of
    `logging.clusterLogging`; other types are named but decide nothing, and an absent `logging` means off.
    AKS: a diagnostic setting has `kube-audit` or `kube-audit-admin` on, by name or by a group.
    UNKNOWN: the cluster could not be described. NOT_APPLICABLE: it is no more.
    """
    sheet = FactSheet(CHECK)
    over = gone(facts, sheet, "nothing is left to switch on")
    if over is not None:
        return over
    if isinstance(facts.source, GkeSource):
        return gke_audit_enabled(facts, sheet)
    if isinstance(facts.source, AksSource):
        return aks_audit_enabled(facts, sheet)
    cluster = facts.eks.cluster
    sheet.add("clusterLogging", cluster, show_logging)
    if isinstance(cluster, Missing) or cluster.value is None:
        return sheet.unknown("whether the audit log is on")
    on = cluster.value.enabled_types
    others = [kind for kind in on if kind != EKS_AUDIT]
    beside = f"; also on: {', '.join(others)}" if others else "; no other log type is on"
    if EKS_AUDIT in on:
        return sheet.finding(Verdict.PASS, f"log type audit is on{beside}")
    why = "the cluster has no logging configuration" if cluster.value.logging is None else "no enabled entry names it"
    said = f"log type audit is off ({why}), on promised{beside}"
    return sheet.finding(Verdict.FAIL, said, enable_command(facts.cluster))


def show_logging(cluster: EksCluster | None) -> str:
    """Write the logging entries as they stand: `off: api,audit | on: audit`."""
    if cluster is None:
        return "no such cluster"
    if cluster.logging is None:
        return "absent"
    entries = (f"{'on' if entry.enabled else 'off'}: {','.join(entry.types)}" for entry in cluster.logging)
    return " | ".join(entries) or "empty"


def enable_command(cluster: ClusterId) -> str:
    """Give the command that switches the audit log on; EKS leaves the other log types as they are."""
    logging = as_json({"clusterLogging": [{"types": ["audit", "authenticator"], "enabled": True}]})
    return aws("eks update-cluster-config", region=cluster.location, name=cluster.name, logging=logging)
