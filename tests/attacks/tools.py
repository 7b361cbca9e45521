"""The tools a person has, each run on a copy of the site, and what each says in its first line."""

import dataclasses
import enum
from collections.abc import Callable
from typing import Final

from attacks.grounds import POLICY, Asked, Site
from dayseal.accounting import judge_ledger
from dayseal.codec import format_day
from dayseal.errors import DaysealError, FormatError, RefutedError, TamperError, UsageError
from dayseal.evidence import EvidenceBundle, collect_evidence, encode_evidence
from dayseal.ledger.fsck import check_ledger
from dayseal.lookup import Lookup, list_clusters
from dayseal.model import Verdict
from dayseal.notes import parse_checkpoint
from dayseal.offline import BundleVerification, verify_bundle
from dayseal.reverification import reverify_archives
from dayseal.steps.parts import newest_frozen_day
from dayseal.steps.reverifying import Selection
from dayseal.workflow import DayReport, seal_day


class Sign(enum.StrEnum):
    """What a tool gives: exit 1; exit 2 or 3; exit 0 with words about it; exit 0 and not a word."""

    REFUTED = "refuted"
    OPEN = "cannot tell"
    NOTICED = "named"
    SILENT = "-"


@dataclasses.dataclass(frozen=True, slots=True)
class Outcome:
    """What one tool says of one site; the message is empty when it is silent."""

    sign: Sign
    message: str = ""


_SIGN: Final = {Verdict.FAIL: Sign.REFUTED, Verdict.UNKNOWN: Sign.OPEN}
_SILENT: Final = Outcome(Sign.SILENT)


def verify(site: Site, since: bytes | None = None) -> Outcome:
    """`dayseal evidence` of what the auditor asked for, handed over, then `dayseal verify`."""
    bundle = site.hand_over(_evidence(site, site.asked, since))
    result = verify_bundle(encode_evidence(bundle), POLICY, since=since, as_of=site.clock.now())
    verdict = max(result.verification.verdict, result.days_verdict, key=lambda v: v.rank)
    return Outcome(_SIGN[verdict], _first_words(result)) if verdict in _SIGN else _SILENT


def verify_since(site: Site) -> Outcome:
    """The same with the checkpoint that the auditor kept."""
    return verify(site, site.kept)


def reverify(site: Site) -> Outcome:
    """`dayseal reverify` of everything, by both attestors."""
    outcomes = []
    for provider in site.archives:
        report = reverify_archives(site.parts(provider), Selection("all"), only=None)
        for one in report.rereads:
            added = one.comparison.late or one.comparison.grown
            sign = _SIGN.get(one.finding.verdict, Sign.NOTICED if added else Sign.SILENT)
            outcomes.append(Outcome(sign, f"{format_day(one.recorded.day)} {one.finding.summary}"))
    return _worst(outcomes)


def fsck(site: Site, other: bytes | None = None) -> Outcome:
    """`dayseal ledger fsck` with the guard and the store's versions."""
    report = check_ledger(site.store, site.guard, POLICY, versions=site.store, other_checkpoint=other)
    problems = [f"{p.kind} {p.key}: {p.message}" for p in report.problems]
    return Outcome(Sign.REFUTED, problems[0]) if problems else _SILENT


def fsck_other(site: Site) -> Outcome:
    """The same with the checkpoint that the auditor kept."""
    return fsck(site, site.kept)


def gaps(site: Site) -> Outcome:
    """`dayseal gaps` of every cluster, up to the newest day that is due."""
    ledger = site.reader()
    known = list_clusters(ledger)
    end = newest_frozen_day(site.clock.now(), site.parts("eks").settings.seal)
    lookup = Lookup(ledger)
    views = [view for one in known for view in lookup.days(one.cluster, None, end)]
    said = [(v.verdict, f"{v.cluster.name} {format_day(v.day)} {text}") for v in views for text in v.problems]
    judged = judge_ledger(ledger, newest_due=end, as_of=site.clock.now())
    said += [(found.verdict, f"{where} {found.check}: {found.summary}") for where, found in judged]
    return _worst([Outcome(_SIGN[verdict], text) for verdict, text in said if verdict in _SIGN])


def seal(site: Site) -> Outcome:
    """`dayseal seal` of the day once more, by both attestors, which runs the recorder too."""
    return _worst([_sealed(seal_day(site.parts(provider), site.day)) for provider in site.archives])


TOOLS: Final[dict[str, Callable[[Site], Outcome]]] = {
    "verify": verify,
    "verify --since": verify_since,
    "reverify": reverify,
    "fsck": fsck,
    "fsck --other": fsck_other,
    "gaps": gaps,
    "seal": seal,
}


def run_tool(name: str, site: Site) -> Outcome:
    """Run one tool on a copy of the site; an error is what it says, with the exit code of its kind."""
    try:
        return TOOLS[name](site.copy())
    except (RefutedError, TamperError, FormatError) as exc:
        return Outcome(Sign.REFUTED, str(exc))
    except DaysealError as exc:
        return Outcome(Sign.OPEN, str(exc))


def _evidence(site: Site, asked: Asked, since: bytes | None) -> EvidenceBundle:
    ledger = site.reader()
    sizes = [] if since is None else [parse_checkpoint(since).head.size]
    try:
        return collect_evidence(ledger, asked.cluster, asked.first, asked.last, old_sizes=sizes)
    except UsageError:
        # Who hands over an older ledger cannot prove growth from a newer checkpoint, and leaves that out.
        return collect_evidence(ledger, asked.cluster, asked.first, asked.last)


def _first_words(result: BundleVerification) -> str:
    checked = result.verification
    if checked.problems:
        return checked.problems[0]
    for step in checked.steps:
        if step.verdict is Verdict.UNKNOWN:
            return f"V{step.number}: {step.not_shown[0]}"
    worst = max(result.days, key=lambda row: row.verdict.rank)
    return f"{format_day(worst.day)} {worst.status}, read again: {worst.reread}"


def _sealed(report: DayReport) -> Outcome:
    if report.changed or report.vanished:
        broken = f"{report.changed} recorded objects changed or hidden, {report.vanished} vanished"
        return Outcome(Sign.REFUTED, broken)
    if report.recorded.rejected:
        return Outcome(Sign.REFUTED, f"the recorder refused {report.recorded.rejected[0].reason}")
    if report.pending:
        return Outcome(Sign.REFUTED, f"not recorded: {report.pending[0]}")
    said = [
        Outcome(_SIGN[verdict], f"{one.cluster.name} {check}: {summary}")
        for one in report.clusters
        for check, verdict, summary in one.verdicts
        if verdict in _SIGN
    ]
    revised = [one for one in report.clusters if one.outcome == "revised"]
    return _worst([*said, *(Outcome(Sign.NOTICED, f"{o.cluster.name}: revision {o.revision}") for o in revised)])


def _worst(outcomes: list[Outcome]) -> Outcome:
    order = list(Sign)
    worst = min(outcomes, key=lambda outcome: order.index(outcome.sign), default=_SILENT)
    return worst if worst.sign is not Sign.SILENT else _SILENT
