"""What the ledger says of clusters and days, as the CLI shows it: judged from everything in it."""

import dataclasses
import datetime as dt

from dayseal.attest.predicates import ClusterDay, Enrolment, EventDay, Reverification, ReverifiedDay
from dayseal.codec import format_day, parse_day
from dayseal.errors import UsageError
from dayseal.evidence import days_between, is_enrolled
from dayseal.ledger.entry import parse_admitted
from dayseal.ledger.layout import facts_key
from dayseal.ledger.reader import LedgerReader, RecordedDay
from dayseal.model import ClusterId, Verdict

_DAY = dt.timedelta(days=1)
FINALITY_DAYS = 2


@dataclasses.dataclass(frozen=True, slots=True)
class ClusterView:
    """One cluster the ledger knows: whether it is still expected, since when, and its newest day."""

    cluster: ClusterId
    enrolled: bool
    since: dt.date
    newest: dt.date | None


@dataclasses.dataclass(frozen=True, slots=True)
class DayView:
    """One cluster's day as the ledger has it.

    `status` is SEALED, NO_DATA, UNREADABLE, or MISSING where a statement was due and none is there. `verdict` is
    the worst of the newest statement, the event day's final state and the newest re-verification of its batch;
    `problems` says each that is not PASS, in plain words. `event_state` is provisional or final, `""` if unknown.
    """

    cluster: ClusterId
    day: dt.date
    status: str
    verdict: Verdict
    problems: tuple[str, ...]
    revision: int = 0
    index: int = -1
    objects: int = 0
    events: int = 0
    event_state: str = ""
    reverified: str = ""
    predicate: ClusterDay | None = None


def find_cluster(ledger: LedgerReader, wanted: str) -> ClusterId:
    """Give the one cluster whose name, path or identity is `wanted`, or contains it.

    Raises:
        UsageError: none does, or several do.
    """
    known = [c.cluster for c in ledger.state().clusters()]
    exact = [c for c in known if wanted in (c.name, c.path, c.text)]
    fitting = exact or [c for c in known if wanted in c.text]
    if len(fitting) == 1:
        return fitting[0]
    names = ", ".join(c.text for c in (fitting or known)) or "none at all"
    what = f"{len(fitting)} clusters" if fitting else "no cluster"
    raise UsageError(f"cluster {wanted!r}: {what} in the ledger fit, one promised", hint=f"it knows: {names}")


def list_clusters(ledger: LedgerReader) -> tuple[ClusterView, ...]:
    """Give every cluster the ledger knows, ordered."""
    return tuple(
        ClusterView(c.cluster, c.enrolled, parse_day(c.since), None if c.newest is None else parse_day(c.newest.day))
        for c in ledger.state().clusters()
    )


class Lookup:
    """Answers about days out of one reading of the ledger; statements are read once."""

    def __init__(self, ledger: LedgerReader) -> None:
        self._ledger = ledger
        self._reverified: dict[tuple[str, str], str] = {}
        self._enrolments: dict[ClusterId, list[Enrolment]] = {}
        self._read_entries()
        self._statements: dict[tuple[ClusterId, dt.date], RecordedDay | None] = {}

    def day(self, cluster: ClusterId, day: dt.date) -> DayView:
        """Give one day of a cluster; a due day without a statement is MISSING."""
        found = self._statement(cluster, day)
        if found is None:
            said = f"no statement for {format_day(day)} is in the ledger"
            return DayView(cluster, day, "MISSING", Verdict.FAIL, (said,))
        said_of_day = found.predicate
        event_day = self._event_day(cluster, day, said_of_day)
        problems, verdicts = self._problems(said_of_day, event_day)
        reverified = self._reverified.get((said_of_day.archive.uri, said_of_day.day), "")
        if reverified.startswith("FAIL"):
            problems.append(f"integrity: {reverified.removeprefix('FAIL ')}")
            verdicts.append(Verdict.FAIL)
        return DayView(
            cluster=cluster,
            day=day,
            status=said_of_day.status,
            verdict=max(verdicts, key=lambda v: v.rank, default=Verdict.UNKNOWN),
            problems=tuple(problems),
            revision=found.revision,
            index=found.index,
            objects=said_of_day.archive.objects,
            events=said_of_day.events.count,
            event_state=event_day.state if event_day else "",
            reverified=reverified,
            predicate=said_of_day,
        )

    def days(
        self, cluster: ClusterId, first: dt.date | None = None, last: dt.date | None = None
    ) -> tuple[DayView, ...]:
        """Give every day from `first` to `last` that has a statement, or needs one since the cluster is enrolled.

        Both are included; default: from the first such day to the newest sealed one.
        """
        recorded = {parse_day(d) for d in self._ledger.state().days(cluster)}
        enrolments = self._enrolments.get(cluster, [])
        known = [*recorded, *(parse_day(e.day) for e in enrolments)]
        if not known:
            return ()
        span = days_between(max(first or min(known), min(known)), last or max(known))
        return tuple(self.day(cluster, day) for day in span if day in recorded or is_enrolled(enrolments, day))

    def facts(self, said: ClusterDay) -> bytes:
        """Give the facts document behind a statement, as the ledger holds it."""
        return self._ledger.object(facts_key(said.facts.sha256))

    def _statement(self, cluster: ClusterId, day: dt.date) -> RecordedDay | None:
        key = (cluster, day)
        if key not in self._statements:
            found = self._ledger.day(cluster, day)
            self._statements[key] = found[-1] if found else None
        return self._statements[key]

    def _event_day(self, cluster: ClusterId, day: dt.date, said: ClusterDay) -> EventDay | None:
        """The event day is final in the statement of two days later; until then its own batch's view counts."""
        later = self._statement(cluster, day + FINALITY_DAYS * _DAY)
        for source in (later.predicate if later else None, said):
            for row in source.event_days if source else ():
                if row.day == said.day:
                    return row
        return None

    def _read_entries(self) -> None:
        """Note the newest re-reading of each (archive, day), and when clusters entered and left."""
        for index, data in enumerate(self._ledger.entries()):
            said = parse_admitted(data, subject=f"entry {index}").statement.predicate
            if isinstance(said, Enrolment):
                self._enrolments.setdefault(said.cluster.id, []).append(said)
            elif isinstance(said, Reverification):
                self._reverified |= {(row.archive, row.day): _reread_words(row, index) for row in said.days}

    @staticmethod
    def _problems(said: ClusterDay, event_day: EventDay | None) -> tuple[list[str], list[Verdict]]:
        rows = [(f.check, f.verdict, f.summary) for f in said.findings if event_day is None or f.check != "arrival"]
        if event_day is not None:
            rows.insert(0, ("arrival", event_day.verdict, event_day.summary))
        problems = [f"{check}: {summary}" for check, verdict, summary in rows if verdict in ("FAIL", "UNKNOWN")]
        return problems, [Verdict(verdict) for _, verdict, _ in rows]


def _reread_words(row: ReverifiedDay, index: int) -> str:
    """`PASS ...`, `FAIL ...` or `UNKNOWN ...` in words."""
    if len(row.changed) + len(row.vanished) + row.left_off:
        first = (*row.changed, *row.vanished)[0]
        fate = "changed" if row.changed else "vanished"
        return f"FAIL {len(row.changed)} changed, {len(row.vanished)} vanished; {first.key} {fate} (entry {index})"
    if row.unreadable:
        return f"UNKNOWN {row.unreadable} could not be read (entry {index})"
    return f"PASS {row.same} of {row.checked} read the same (entry {index})"
