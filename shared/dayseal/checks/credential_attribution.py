"""Check 13, `credential-attribution`: can a credential that was cloned be told from its owner's?"""

import dataclasses
import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Final

from dayseal.checks.orphans import distinct, estimate_orphans, used_of_others
from dayseal.checks.wording import FactWriter, count, explain_command
from dayseal.codec import format_day
from dayseal.digest.settling import AGENTS, SEVERAL, SHARED
from dayseal.digest.tally import ClassCount, Tally
from dayseal.errors import UsageError
from dayseal.model import ClusterId, Fact, Finding, Verdict

CHECK: Final = "credential-attribution"

_PERCENT: Final = 100
_FIRST_MINOR: Final = 30  # Kubernetes 1.30 names tokens; certificates since 1.32
_CLASSES: Final = ("service-account", "node", "control-plane", "human", "other")
# Users whose credential a provider never names: EKS nodes and, on GKE and AKS, people come through the provider's IAM.
_NAMELESS: Final[Mapping[str, frozenset[str]]] = {
    "eks": frozenset({"node"}),
    "gke": frozenset({"human", "other"}),
    "aks": frozenset({"human", "other"}),
}
_MADE: Final = ("token-minting", "certificate-minting")
_COPIES: Final = (SHARED, SEVERAL, AGENTS)


@dataclasses.dataclass(frozen=True, slots=True)
class CredentialView:
    """One cluster's batch, and the tallies of the batches around it (its own included)."""

    cluster: ClusterId
    day: dt.date
    tallies: Mapping[dt.date, Tally]

    @property
    def tally(self) -> Tally:
        """The batch's own tally."""
        return self.tallies[self.day]


@dataclasses.dataclass(frozen=True, slots=True)
class CredentialThresholds:
    """How many events in 100 must name their credential; 0: what is seen is told, and nothing is demanded."""

    identified_percent: int = 0

    def __post_init__(self) -> None:
        if not 0 <= self.identified_percent <= _PERCENT:
            raise UsageError(f"identified_percent: {self.identified_percent}, 0 to {_PERCENT} promised")


def judge_credential_attribution(view: CredentialView, thresholds: CredentialThresholds) -> Finding:
    """Judge how many events name the credential they were made with, among users whose credential can be named.

    FAIL: fewer than the settings demand. UNKNOWN: fewer, but records that could not be read may hold the others.
    NOT_APPLICABLE: no records, no such users, or a Kubernetes that names no credentials. Without a demand everything
    else is information, in the text of PASS: who is not told apart, signs of copies, credentials made for others,
    tokens in the archive.
    """
    tally, day = view.tally, format_day(view.day)
    known = {name: tally.classes.get(name, ClassCount(0, 0)) for name in _expected(view.cluster)}
    events, identified = sum(c.events for c in known.values()), sum(c.identified for c in known.values())
    reason = _nothing_promised(tally, events, identified)
    if reason:
        return Finding(CHECK, Verdict.NOT_APPLICABLE, f"{reason} (batch {day})", _facts_of(view))
    said = f"{_share(identified, events)} of {events} events name their credential ({_listed(known)})"
    told = "; ".join([said, *_notes(view)])
    wanted, unread = thresholds.identified_percent, tally.unparsable + tally.truncated
    if identified * _PERCENT >= wanted * events:
        return Finding(CHECK, Verdict.PASS, told, _facts_of(view))
    said = f"{said}, {wanted} % promised"
    fix = explain_command(view.cluster.text)
    if (identified + unread) * _PERCENT >= wanted * (events + unread):
        said += f"; but {unread} records were cut or unreadable"
        return Finding(CHECK, Verdict.UNKNOWN, said, _facts_of(view), fix)
    return Finding(CHECK, Verdict.FAIL, f"{said} (batch {day})", _facts_of(view), fix)


def _expected(cluster: ClusterId) -> tuple[str, ...]:
    nameless = _NAMELESS.get(cluster.provider, frozenset())
    return tuple(name for name in _CLASSES if name not in nameless)


def _nothing_promised(tally: Tally, events: int, identified: int) -> str:
    if not tally.events:
        return "no records"
    if not events:
        return "no records of users whose credential is ever named"
    minors = [int(version.partition(".")[2]) for version in tally.versions.kept]
    if not identified and minors and max(minors) < _FIRST_MINOR:
        return f"Kubernetes 1.{max(minors)} names no credentials, 1.{_FIRST_MINOR} is the first that does"
    return ""


def _notes(view: CredentialView) -> list[str]:
    """Give what is told beside the share, gravest first."""
    tally = view.tally
    notes = [
        f"{count(n, 'credential')} made for somebody else on {format_day(d)} in use"
        for d, n in used_of_others(view.day, view.tallies)
    ]
    signs = [
        (sign.detection, n) for sign, n in sorted(tally.signs.kept.items()) if sign.detection in (*_COPIES, *_MADE)
    ]
    notes += [f"{name}: {n}" for name, n in signs]
    secrets = sum(tally.secrets.kept.values())
    if secrets:
        kinds = ", ".join(sorted(tally.secrets.kept))
        notes.append(f"secrets in the archive: {count(secrets, 'record')} ({kinds})")
    blind = [name for name in _CLASSES if name not in _expected(view.cluster) and name in tally.classes]
    if blind:
        notes.append(f"copies of {_words(blind)} credentials cannot be told apart")
    return notes


def _facts_of(view: CredentialView) -> tuple[Fact, ...]:
    tally, tables = view.tally, view.tally.credentials
    write = FactWriter(CHECK, call=f"tally of batch {format_day(view.day)}", resource=view.cluster.text)
    orphans = estimate_orphans(view.day, view.tallies)
    others = used_of_others(view.day, view.tallies)
    return (
        *(write.fact(f"class.{n}", f"{c.identified} of {c.events}") for n, c in sorted(tally.classes.items())),
        write.fact("versions", ", ".join(sorted(tally.versions.kept)) or "not known"),
        write.fact("tokensUsed", _counted(tables.tokens_used.rest, distinct(tables.tokens_used))),
        write.fact("tokensMinted", _counted(tables.tokens_minted.rest, distinct(tables.tokens_minted))),
        write.fact("mintedForOthers", _counted(tables.for_others.rest, distinct(tables.for_others))),
        write.fact("mintedForOthersInUse", "; ".join(f"{format_day(d)}: {n}" for d, n in others) or "none seen"),
        write.fact("orphans", orphans.text if orphans else "not estimated"),
        *(write.fact(f"sign.{s.detection}.{s.severity}", str(n)) for s, n in sorted(tally.signs.kept.items())),
        *(write.fact(f"secret.{kind}", str(n)) for kind, n in sorted(tally.secrets.kept.items())),
    )


def _counted(rest: int, number: int) -> str:
    return f"about {number}" if rest else str(number)


def _share(part: int, whole: int) -> str:
    return f"{_PERCENT * part / whole:.1f} %"


def _listed(known: Mapping[str, ClassCount]) -> str:
    return ", ".join(f"{name} {_share(c.identified, c.events)}" for name, c in known.items() if c.events)


def _words(names: Sequence[str]) -> str:
    return " and ".join(names)
