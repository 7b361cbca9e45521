"""Check 12, `audit-policy`: what the provider really records, against the policy it published."""

import dataclasses
import datetime as dt
import functools
import shlex
from collections.abc import Sequence
from typing import Final

from dayseal.audit.policy import never_recorded, profile_of, profile_policy
from dayseal.checks.policy_drift import Compared, Drift, changes_since, compared_with
from dayseal.checks.silence import moment_of
from dayseal.checks.wording import FactWriter, count
from dayseal.codec import format_day, format_time
from dayseal.digest.policies import OWN
from dayseal.digest.tally import Tally
from dayseal.model import ClusterId, Fact, Finding, Verdict

CHECK: Final = "audit-policy"
_LOWER: Final = "LOWER"
_TOLD: Final = 3  # differences and changes in the summary
_MAX_FACTS: Final = 60  # differences


@dataclasses.dataclass(frozen=True, slots=True)
class PolicyView:
    """One cluster's batch: its tally, and the newest day before it whose records were counted, if any."""

    cluster: ClusterId
    day: dt.date
    tally: Tally
    before: tuple[dt.date, Tally] | None = None


def judge_audit_policy(view: PolicyView) -> Finding:
    """Judge whether the records of one batch are what the provider's published policy says.

    FAIL: requests of some kind were recorded at a lower level than published, and not already so everywhere when the
    rules were read: evidence is lost. NOT_APPLICABLE: no records, or nobody published the policy they were made by.
    Everything else is information, in the text of PASS: drift that is known, more than published, single records,
    what changed since the day before.
    """
    compared = compared_with(view.tally)
    if compared is None:
        said = "no policy to compare with: none is published for these records" if view.tally.events else "no records"
        return Finding(CHECK, Verdict.NOT_APPLICABLE, f"{said} (batch {format_day(view.day)})")
    changes = _changes(view)
    facts = _facts_of(view, compared, changes)
    lost = [drift for drift in compared.drifts if drift.confirmed and drift.comparison == _LOWER and not drift.known]
    shown = f"{compared.matching} of {compared.records} records are as {_rules(compared)}"
    told = "".join(f"; {text}" for text in changes[:_TOLD])
    if lost:
        promised = "your policy says" if compared.profile == OWN else "published"
        said = f"recorded at a lower level than {promised}: {_some(lost)}; {shown}{told}"
        return Finding(CHECK, Verdict.FAIL, said, facts, _explain(compared, lost[0]))
    others = [drift for drift in compared.drifts if drift.confirmed]
    notes = f"; drift: {_some(others)}" if others else ""
    single = len(compared.drifts) - len(others)
    if single:
        notes += f"; {count(single, 'kind')} of request differ in single records"
    return Finding(CHECK, Verdict.PASS, f"{shown}{told}{notes}; requests it never records leave no trace", facts)


@functools.cache
def unobservable(profile: str) -> tuple[str, ...]:
    """Say what a profile never records, and what no audit policy could show: unobservable by design.

    Raises:
        UsageError: there is no such profile.
    """
    known = profile_of(profile)
    rules = [
        f"rule {one.rule + 1}: {one.verbs} of {one.what} by {one.who}" if one.rule is not None else one.what
        for one in never_recorded(profile_policy(profile))
    ]
    return (*rules, *known.unobservable, *(f"behind the policy: {text}" for text in known.behind))


def _changes(view: PolicyView) -> list[str]:
    if view.before is None:
        return []
    day, tally = view.before
    texts = []
    for change in changes_since(tally, view.tally):
        drift = change.drift
        if change.began:
            since = format_time(moment_of(drift.seen.first_us))
            texts.append(f"changed since {format_day(day)}: {drift.text}, first at {since}")
        else:
            texts.append(f"changed since {format_day(day)}: {drift.what} is as published again")
    return texts


def _facts_of(view: PolicyView, compared: Compared, changes: Sequence[str]) -> tuple[Fact, ...]:
    write = FactWriter(CHECK, call=f"tally of batch {format_day(view.day)}", resource=view.cluster.text)
    shown = compared.drifts[:_MAX_FACTS]
    left_off = len(compared.drifts) - len(shown)
    hidden = unobservable(compared.profile) if compared.current else ()
    return (
        write.fact("policy", f"{compared.profile}@{compared.version}"),
        *(write.fact(f"class.{name}", str(events)) for name, events in sorted(compared.classes.items())),
        *(write.fact(f"drift.{n}", _spanned(drift)) for n, drift in enumerate(shown)),
        write.fact("driftLeftOff", f"{left_off} kinds, {view.tally.drift.rest} records of kinds that were not kept"),
        *(write.fact(f"change.{n}", text) for n, text in enumerate(changes)),
        *(write.fact(f"unobservable.{n}", text) for n, text in enumerate(hidden)),
    )


def _spanned(drift: Drift) -> str:
    first, last = (format_time(moment_of(us)) for us in (drift.seen.first_us, drift.seen.last_us))
    return f"{drift.text}, {first} to {last}" + ("" if drift.confirmed else " (note)")


def _rules(compared: Compared) -> str:
    if compared.profile == OWN:
        return f"your policy {compared.version} would have them"
    if not compared.current:
        return f"the {compared.profile} rules {compared.version} say"
    return f"the {compared.profile} rules published by {profile_of(compared.profile).source_day} say"


def _some(drifts: Sequence[Drift]) -> str:
    more = f" and {len(drifts) - _TOLD} more" if len(drifts) > _TOLD else ""
    return ", ".join(drift.text for drift in drifts[:_TOLD]) + more


def _explain(compared: Compared, drift: Drift) -> str:
    """Give the command that shows which rule promises more: a provider's own policy nobody else can mend."""
    policy = "POLICY_FILE" if compared.profile == OWN else compared.profile
    option = "--uri" if drift.resource.startswith("/") else "--resource"
    return shlex.join(["dayseal", "policy", "explain", policy, "--verb", drift.verb, option, drift.target])
