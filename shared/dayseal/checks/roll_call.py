"""Ledger check `roll-call`: the newest roll-call is fresh, and says of every cluster what its chain says."""

import dataclasses
import datetime as dt
from collections.abc import Iterator
from typing import Final

from dayseal.checks.silence import format_seconds
from dayseal.checks.wording import FactWriter, count, explain_command
from dayseal.codec import format_time
from dayseal.model import Finding, Verdict

CHECK: Final = "roll-call"
_MAX_NAMED: Final = 5
_SHORT: Final = 16


@dataclasses.dataclass(frozen=True, slots=True, order=True)
class ChainEnd:
    """The newest statement of one cluster's chain at some ledger index; `cluster` is its text."""

    cluster: str
    seq: int
    envelope_sha256: str


@dataclasses.dataclass(frozen=True, slots=True)
class CalledRoll:
    """One verified roll-call: its number, its ledger index and time, and a row for each enrolled cluster."""

    number: int
    index: int
    at: dt.datetime
    rows: tuple[ChainEnd, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class RollCallView:
    """The newest roll-call (None: the ledger holds none) beside the ledger it speaks of.

    `expected` are the chain ends of every cluster that was enrolled, as of the roll-call's own index;
    `enrolled_since` is when the first cluster was enrolled, None when none is.
    """

    ledger: str
    latest: CalledRoll | None
    expected: tuple[ChainEnd, ...]
    enrolled_since: dt.datetime | None
    as_of: dt.datetime
    max_age_hours: int = 26


def judge_roll_call(view: RollCallView) -> Finding:
    """Judge whether the recorder called the roll within `max_age_hours` of `as_of`, and rightly.

    FAIL: no roll-call in time, an enrolled cluster without a row, a row for a cluster that is not
    enrolled, or a row that names another statement than the chain ends with. NOT_APPLICABLE: no cluster
    is enrolled, or the first one so recently that no roll-call is due.
    """
    allowed = dt.timedelta(hours=view.max_age_hours)
    if view.enrolled_since is None:
        return Finding(CHECK, Verdict.NOT_APPLICABLE, "no cluster is enrolled")
    if view.latest is None and view.as_of - view.enrolled_since <= allowed:
        said = f"no roll-call yet; one is due {view.max_age_hours} h after {format_time(view.enrolled_since)}"
        return Finding(CHECK, Verdict.NOT_APPLICABLE, said)
    if view.latest is None:
        said = f"no roll-call since {format_time(view.enrolled_since)}, one every {view.max_age_hours} h promised"
        return Finding(CHECK, Verdict.FAIL, said, fix="dayseal ledger show")
    write = FactWriter(CHECK, call=f"roll-call {view.latest.number}, entry {view.latest.index}", resource=view.ledger)
    faults = tuple(_faults_of(view.latest, view.expected))
    facts = (
        write.fact("at", format_time(view.latest.at)),
        write.fact("rows", str(len(view.latest.rows))),
        *(write.fact(f"fault.{number}", said) for number, (_, said) in enumerate(faults[:_MAX_NAMED])),
    )
    if faults:
        told = "; ".join(said for _, said in faults[:_MAX_NAMED])
        said = f"roll-call {view.latest.number}: {count(len(faults), 'fault')}: {told}"
        return Finding(CHECK, Verdict.FAIL, said, facts, explain_command(faults[0][0]))
    age = view.as_of - view.latest.at
    if age > allowed:
        said = (
            f"the newest roll-call is {format_seconds(age.total_seconds())} old, of {format_time(view.latest.at)}; "
            f"one every {view.max_age_hours} h promised"
        )
        return Finding(CHECK, Verdict.FAIL, said, facts, "dayseal ledger show")
    said = f"roll-call {view.latest.number} agrees with {count(len(view.expected), 'chain')}; none is left out"
    return Finding(CHECK, Verdict.PASS, said, facts)


def _faults_of(latest: CalledRoll, expected: tuple[ChainEnd, ...]) -> Iterator[tuple[str, str]]:
    """Give (cluster, what is wrong) for each disagreement, by cluster."""
    called = {row.cluster: row for row in latest.rows}
    wanted = {end.cluster: end for end in expected}
    if len(called) != len(latest.rows):
        yield latest.rows[0].cluster, "a cluster has two rows, one each promised"
    for cluster in sorted(called.keys() | wanted.keys()):
        row, end = called.get(cluster), wanted.get(cluster)
        if row is None:
            yield cluster, f"{cluster} is enrolled and has no row"
        elif end is None:
            yield cluster, f"{cluster} has a row and is not enrolled"
        elif row != end:
            yield cluster, f"{cluster} is called with statement {_name(row)}, its chain ends with {_name(end)}"


def _name(end: ChainEnd) -> str:
    return f"{end.seq} ({end.envelope_sha256[:_SHORT]})"
