"""Check 10, `monitored`: something watches the stream for unauthorised access."""

from collections.abc import Sequence
from typing import Final

from dayseal.checks.route_terms import RouteThresholds
from dayseal.checks.route_words import FactSheet, aws, az, gcloud, gone
from dayseal.model import Finding, Verdict
from dayseal.model.route import AksCluster, AksSource, Detector, GkeSource, Known, RouteFacts, WatchedPlace

CHECK: Final = "monitored"


def judge_monitored(facts: RouteFacts, thresholds: RouteThresholds) -> Finding:
    """Judge whether an enabled detector reads the cluster's audit events where the cluster is.

    That is its Region, on GKE its project and what lies above, on AKS its subscription, or the cluster's own
    Defender profile. A watcher that the settings declare passes too, shown as declared and not proven. FAIL: none
    there, even if another Region has one. UNKNOWN: the place of the cluster did not answer.
    """
    sheet = FactSheet(CHECK)
    over = gone(facts, sheet, "nothing is left to watch")
    if over is not None:
        return over
    where = _where(facts)
    here = [place for place in facts.watched if place.location in where]
    elsewhere = [place for place in facts.watched if place.location not in where]
    for place in here:
        sheet.add(f"detectors.{place.location}", place.detectors, _show)
    for place in elsewhere:
        sheet.mention(f"detectors.{place.location}", place.detectors, _show)
    watching = _watching(here)
    watching += _own_profile(facts, sheet, decides=not watching)
    if watching:
        return sheet.finding(Verdict.PASS, f"{watching[0]} reads the audit events")
    if thresholds.watchers:
        told = ", ".join(f"{item.resource} ({item.says})" for item in thresholds.watchers)
        return sheet.finding(Verdict.PASS, f"watched by {told}: declared in the settings, not proven")
    if sheet.missing or not here:
        asked = "" if here else f"nothing was asked in {where[0]}"
        return sheet.unknown(f"whether anything watches {where[0]}", more=asked)
    others = [place.location for place in elsewhere if _watching([place])]
    only = f" (only in {', '.join(others)})" if others else ""
    said = f"no detector reads the audit events in {where[0]}{only}, one promised"
    return sheet.finding(Verdict.FAIL, said, _fix(facts, here))


def _where(facts: RouteFacts) -> tuple[str, ...]:
    """Give the places whose detectors see the cluster, its own first."""
    if isinstance(facts.source, AksSource):
        return (f"subscriptions/{facts.cluster.account}",)
    if not isinstance(facts.source, GkeSource):
        return (facts.cluster.location,)
    above = facts.source.ancestry.value if isinstance(facts.source.ancestry, Known) else ()
    own = f"projects/{facts.cluster.account}"
    return tuple(dict.fromkeys((own, *(level.name for level in facts.source.levels), *above)))


def _watching(places: Sequence[WatchedPlace]) -> list[str]:
    return [
        f"{detector.product} {detector.name} in {place.location}"
        for place in places
        if isinstance(place.detectors, Known)
        for detector in place.detectors.value
        if detector.enabled and detector.reads_audit
    ]


def _own_profile(facts: RouteFacts, sheet: FactSheet, *, decides: bool) -> list[str]:
    """Say whether an AKS cluster's own Defender profile is on, whatever the subscription's plan."""
    if not isinstance(facts.source, AksSource):
        return []
    cluster = facts.source.cluster
    (sheet.add if decides else sheet.mention)("defenderProfile", cluster, _show_profile)
    on = isinstance(cluster, Known) and cluster.value is not None and cluster.value.defender is True
    return ["the cluster's own Defender profile"] if on else []


def _fix(facts: RouteFacts, here: Sequence[WatchedPlace]) -> str:
    if isinstance(facts.source, GkeSource):
        service, project = "event-threat-detection", facts.cluster.account
        return gcloud("scc manage services update", service, project=project, enablement_state="ENABLED")
    if isinstance(facts.source, AksSource):
        return az("security pricing create", name="Containers", tier="Standard", subscription=facts.cluster.account)
    features = "Name=EKS_AUDIT_LOGS,Status=ENABLED"
    names = [d.name for place in here if isinstance(place.detectors, Known) for d in place.detectors.value]
    region = facts.cluster.location
    if names:
        return aws("guardduty update-detector", region=region, detector_id=names[0], features=features) + " --enable"
    return aws("guardduty create-detector", region=region, features=features) + " --enable"


def _show(detectors: tuple[Detector, ...]) -> str:
    shown = (
        f"{d.product} {d.name}: {'on' if d.enabled else 'off'}, "
        f"{'reads' if d.reads_audit else 'does not read'} Kubernetes audit events"
        for d in detectors
    )
    return " | ".join(shown) or "no detectors"


def _show_profile(cluster: AksCluster | None) -> str:
    state = None if cluster is None else cluster.defender
    return "absent" if state is None else "on" if state else "off"
