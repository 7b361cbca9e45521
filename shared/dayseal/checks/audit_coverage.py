"""Check 2, `audit-coverage`: what is recorded is enough."""

from typing import Final

from dayseal.checks.aks.audit import aks_coverage
from dayseal.checks.audit_enabled import EKS_AUDIT, enable_command, show_logging
from dayseal.checks.coverage_grade import Coverage
from dayseal.checks.gke.audit import gke_coverage
from dayseal.checks.route_terms import Grade, RouteThresholds
from dayseal.checks.route_words import FactSheet, gone
from dayseal.checks.wording import explain_command
from dayseal.digest.tally import Tally
from dayseal.model import Finding, Verdict
from dayseal.model.route import AksSource, Call, GkeSource, Missing, RouteFacts

CHECK: Final = "audit-coverage"
_READS: Final = frozenset({"get", "list", "watch"})
_ORDER: Final = (Grade.NONE, Grade.WRITES_ONLY, Grade.FULL)
_EXPLAINED: Final = {
    Grade.FULL: "reads and writes are recorded, as far as the provider's policy goes",
    Grade.WRITES_ONLY: "reads of Secrets and kubectl exec leave no trace",
    Grade.NONE: "no audit log is on",
}


def judge_audit_coverage(facts: RouteFacts, thresholds: RouteThresholds, tally: Tally | None = None) -> Finding:
    """Grade what is recorded: `full`, `writes-only` or `none`; the grade is a fact and stands in the text.

    `tally` counts a day's records; None: no day was asked about. FAIL: below the settings' minimum. UNKNOWN:
    the configuration says `full` and the day's records hold no read, or what could not be read may change the
    grade.
    """
    sheet = FactSheet(CHECK)
    over = gone(facts, sheet, "it records nothing any more")
    if over is not None:
        return over
    found = _coverage(facts, sheet)
    if found is None:
        return sheet.unknown("what is recorded")
    grade, wanted = found.grade, thresholds.coverage_minimum
    sheet.write("grade", found.source, grade.value)
    reads, writes = _reads_and_writes(tally)
    if tally is not None:
        counted = Call("dayseal", "tally", facts.cluster.text)
        sheet.write("reads", counted, str(reads))
        sheet.write("writes", counted, str(writes))
    agrees, compared = _compared(grade, tally, reads, writes)
    told = f"coverage {grade.value}: {_EXPLAINED[grade]}{found.holes}"
    short = _ORDER.index(grade) < _ORDER.index(wanted)
    if found.least and (short or wanted is Grade.FULL):
        return sheet.unknown("what is recorded", more=f"; by what was read, {told}{compared}")
    if short:
        said = f"{told}; at least {wanted.value} promised{compared}"
        return sheet.finding(Verdict.FAIL, said, found.fix)
    if not agrees:
        said = f"coverage {grade.value} by configuration{compared}"
        return sheet.finding(Verdict.UNKNOWN, said, explain_command(facts.cluster.text))
    accepted = f" (accepted by the settings: minimum {wanted.value})" if wanted is not Grade.FULL else ""
    return sheet.finding(Verdict.PASS, f"{told}{accepted}{compared}{found.advice}")


def _coverage(facts: RouteFacts, sheet: FactSheet) -> Coverage | None:
    if isinstance(facts.source, GkeSource):
        return gke_coverage(facts, sheet)
    return aks_coverage(facts, sheet) if isinstance(facts.source, AksSource) else _eks_coverage(facts, sheet)


def _eks_coverage(facts: RouteFacts, sheet: FactSheet) -> Coverage | None:
    cluster = facts.eks.cluster
    sheet.add("clusterLogging", cluster, show_logging)
    if isinstance(cluster, Missing) or cluster.value is None:
        return None
    on = cluster.value.enabled_types
    grade = Grade.FULL if EKS_AUDIT in on else Grade.NONE
    advice = "" if "authenticator" in on else "; advised: authenticator (IAM to user names)"
    return Coverage(grade, cluster.source, enable_command(facts.cluster), advice=advice)


def _reads_and_writes(tally: Tally | None) -> tuple[int, int]:
    if tally is None:
        return 0, 0
    reads = sum(number for key, number in tally.keys.kept.items() if key.verb in _READS)
    return reads, sum(tally.keys.kept.values()) - reads


def _compared(grade: Grade, tally: Tally | None, reads: int, writes: int) -> tuple[bool, str]:
    """Say whether the day's records agree with the grade, and the words for it."""
    if tally is None:
        return True, ""
    if not reads + writes + tally.keys.rest:
        return True, "; no parsed record of the day to compare with"
    if grade is Grade.NONE:
        return True, f"; the day's archive holds {reads + writes} records all the same, from before or another source"
    if grade is Grade.FULL and not reads and not tally.keys.rest:
        return False, f", but none of the day's {writes} records is a read: the two contradict each other"
    return True, f"; the day's records agree ({reads} reads, {writes} writes)"
