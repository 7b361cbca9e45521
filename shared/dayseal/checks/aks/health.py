"""AKS's side of check 5: do blobs of this very cluster still grow?"""

from typing import Final

from dayseal.checks.aks.categories import show_settings
from dayseal.checks.aks.ways import AksWay, Reach, account_name, ways_of
from dayseal.checks.delivery_words import show_alarms, show_newest, show_reading, write_lag
from dayseal.checks.newest_object import Freshness, judge_newest
from dayseal.checks.route_terms import RouteThresholds
from dayseal.checks.route_words import FactSheet, Opinion, az, known, no_archive, worst
from dayseal.model import Finding, Verdict
from dayseal.model.route import ArchiveFacts, Known, Lag, Missing, RouteFacts

_MAX_NAMED: Final = 5
STOPPED: Final = "stopped"


def aks_export_health(
    facts: RouteFacts, thresholds: RouteThresholds, sheet: FactSheet, lag: Lag | None = None
) -> Finding:
    """Judge check 5 by the newest blob under the cluster's own resource id.

    Azure Monitor counts no deliveries, but files each cluster's records by its resource id: what grows there is
    this cluster's. FAIL: it stopped growing while the workspace still counts records. UNKNOWN: too old without
    such a count, another cluster's blob, or no way to the archive is known. NOT_APPLICABLE: the cluster is stopped.
    """
    cluster = facts.aks.cluster
    if isinstance(cluster, Known) and cluster.value is not None and cluster.value.power.casefold() == STOPPED:
        sheet.write("power", cluster.source, cluster.value.power)
        return sheet.finding(Verdict.NOT_APPLICABLE, "the cluster is stopped: there is nothing to deliver")
    sheet.add("newest", facts.delivery.newest, show_newest)
    sheet.mention("incoming", facts.delivery.incoming, show_reading)
    sheet.mention("alarms", facts.delivery.alarms, show_alarms)
    archive = facts.archive
    if archive is None:
        return no_archive(facts, sheet, ": nothing shows a delivery")
    sheet.add("settings", facts.aks.settings, show_settings)
    ways = [way for way in ways_of(facts, thresholds) if way.reach in {Reach.ARCHIVE, Reach.DECLARED}]
    repair = az("monitor diagnostic-settings list", resource=facts.aks.resource_id or "CLUSTER_ID")
    freshness = Freshness(thresholds.newest_object_seconds, repair, _list(archive))
    answer = worst([judge_newest(facts, archive, freshness), _owned(facts), _leading(ways, archive, facts)])
    notes = _notes(facts) + write_lag(lag, facts, sheet)
    if answer.verdict is not Verdict.FAIL and sheet.missing:
        return sheet.unknown("whether the export delivers", more=notes)
    return sheet.finding(answer.verdict, answer.said + notes, answer.fix or repair)


def _owned(facts: RouteFacts) -> Opinion:
    """A container is shared by all clusters of all subscriptions that write into the account."""
    newest = facts.delivery.newest
    if isinstance(newest, Missing) or newest.value is None:
        return Opinion(Verdict.PASS, "")
    if facts.aks.resource_id and f"{facts.aks.resource_id.casefold()}/" in newest.value.key.casefold():
        return Opinion(Verdict.PASS, "")
    return Opinion(Verdict.UNKNOWN, f"the newest object {newest.value.key} is not under this cluster's resource id")


def _leading(ways: list[AksWay], archive: ArchiveFacts, facts: RouteFacts) -> Opinion:
    if ways or isinstance(facts.aks.settings, Missing):
        return Opinion(Verdict.PASS, "")
    said = f"no diagnostic setting of this cluster is known to lead to {archive.uri}"
    return Opinion(Verdict.UNKNOWN, said)


def _notes(facts: RouteFacts) -> str:
    silent = [alarm.name for alarm in known(facts.delivery.alarms, ()) if alarm.silent]
    return f"; alarms that stay silent on missing data: {', '.join(silent[:_MAX_NAMED])}" if silent else ""


def _list(archive: ArchiveFacts) -> str:
    container = archive.name.partition("/")[2] or "insights-logs-kube-audit"
    command = az("storage blob list", account_name=account_name(archive), container_name=container)
    return f"{command} --auth-mode login"
