"""The main path: one batch day in nine numbered steps.

The same numbers stand in ARCHITECTURE, the docs and the reports. Each step is one call into `steps/`.
"""

import contextlib
import dataclasses
import datetime as dt
from collections.abc import Iterator, Sequence

from dayseal.codec import format_day, format_time
from dayseal.errors import TamperError, UsageError
from dayseal.ledger.reader import LedgerReader
from dayseal.ledger.recorder import RecorderReport
from dayseal.model import ClusterId
from dayseal.steps.attesting import Attested, ClusterWork, attest, plan_cluster
from dayseal.steps.chains import Chains
from dayseal.steps.claims import Unclaimed
from dayseal.steps.comparing import Compared, compare
from dayseal.steps.discovering import InScope, Probed, attest_inventory, discover, probe
from dayseal.steps.parts import Archive, Parts
from dayseal.steps.reading import list_batch, read_batch
from dayseal.steps.recorded import newest_statement, recorded_manifest
from dayseal.steps.reverifying import attest_differences


@dataclasses.dataclass(frozen=True, slots=True)
class DayReport:
    """Step 9's input: what one run found and recorded for a batch day.

    `changed` and `vanished` count recorded objects that no longer read the same; `refused` names what lies in
    an archive and is no readable object; `pending` says what could not be brought into the ledger.
    """

    day: dt.date
    clusters: tuple[Attested, ...]
    unclaimed: tuple[Unclaimed, ...]
    refused: tuple[str, ...]
    unreadable: tuple[str, ...]
    changed: int
    vanished: int
    recorded: RecorderReport
    pending: tuple[str, ...]


def seal_day(parts: Parts, day: dt.date) -> DayReport:
    """Run the nine steps for one batch day; what is already recorded is never attested twice.

    A crash anywhere loses nothing: the next run first lets the recorder finish what lies in the inbox.

    Raises:
        UsageError: the day is not frozen yet.
        AccessError: an archive cannot be listed, or the ledger cannot be read.
        RefutedError: the ledger's own bytes do not hold.
    """
    _require_frozen(parts, day)
    before = parts.recorder.run()
    ledger = parts.open_reader()
    chains = Chains(parts, ledger)
    scope = discover(parts, ledger)  # 1 Discover
    probed = probe(parts, scope)  # 2 Probe
    compared = [
        _read_archive(parts, ledger, archive, day, scope, probed) for archive in parts.archives
    ]  # 3 List to 5 Compare
    plans = _judge_all(parts, ledger, compared, scope, probed)  # 6 Judge
    blocked: list[str] = []
    done = _attest_all(parts, chains, plans, scope, probed, blocked)  # 7 Attest
    _attest_differences(parts, chains, compared, blocked)
    recorded = _record(parts, day, before)  # 8 Record
    return _report(parts, day, compared, done, recorded, blocked)  # 9 Report


def _require_frozen(parts: Parts, day: dt.date) -> None:
    cutoff, now = parts.cutoff(day), parts.clock.now()
    if now < cutoff:
        raise UsageError(
            f"batch {format_day(day)}: frozen at {format_time(cutoff)}, it is {format_time(now)}",
            hint="seal it later: what arrives before the cutoff belongs to the batch",
        )


def _read_archive(
    parts: Parts, ledger: LedgerReader, archive: Archive, day: dt.date, scope: InScope, probed: Probed
) -> Compared:
    clusters = _clusters_of(ledger, archive, day, scope, probed)
    recorded, source = recorded_manifest(ledger, clusters, archive.reader.uri, day)
    batch = list_batch(archive, day, recorded)  # 3 List
    reading = read_batch(parts, batch)  # 4 Digest
    return compare(parts, reading, source, clusters)  # 5 Compare


def _clusters_of(
    ledger: LedgerReader, archive: Archive, day: dt.date, scope: InScope, probed: Probed
) -> tuple[ClusterId, ...]:
    """The clusters of the settings, else those whose route leads here or whose newest statement names this archive."""
    if archive.clusters:
        return archive.clusters
    routed = probed.shipping_to(archive.reader.uri)
    known = [c for c in scope.clusters if _last_archive(ledger, c, day) == archive.reader.uri]
    return tuple(sorted({*routed, *known}))


def _last_archive(ledger: LedgerReader, cluster: ClusterId, day: dt.date) -> str | None:
    known = ledger.state().cluster(cluster)
    if known is None or known.newest is None:
        return None
    said = newest_statement(ledger, cluster, dt.date.fromisoformat(known.newest.day))
    here = newest_statement(ledger, cluster, day) or said
    return None if here is None else here.predicate.archive.uri


def _judge_all(
    parts: Parts, ledger: LedgerReader, compared: Sequence[Compared], scope: InScope, probed: Probed
) -> list[ClusterWork | Attested]:
    plans: dict[ClusterId, ClusterWork | Attested] = {}
    for one in compared:
        batch = one.reading.batch
        expected = [
            c for c in _clusters_of(ledger, batch.archive, batch.day, scope, probed) if scope.is_due(c, batch.day)
        ]
        for cluster in sorted({*expected, *(c for c, _ in one.claims.tallies)}):
            plans[cluster] = plan_cluster(parts, ledger, one, cluster, scope, probed)
    return [plans[cluster] for cluster in sorted(plans)]


def _attest_all(
    parts: Parts,
    chains: Chains,
    plans: Sequence[ClusterWork | Attested],
    scope: InScope,
    probed: Probed,
    blocked: list[str],
) -> tuple[Attested, ...]:
    works = [p for p in plans if isinstance(p, ClusterWork)]
    if works or not plans:
        with _going_on(blocked):
            attest_inventory(parts, chains, scope, tuple(sorted({*scope.clusters, *(p.cluster for p in plans)})))
    done = {p.cluster: p for p in plans if isinstance(p, Attested)}
    for work in works:
        with _going_on(blocked):
            done[work.cluster] = attest(parts, chains, work, probed.facts)
    return tuple(done[p.cluster] for p in plans if p.cluster in done)


@contextlib.contextmanager
def _going_on(blocked: list[str]) -> Iterator[None]:
    # A place in the inbox that somebody else took stops one chain, never the others.
    try:
        yield
    except TamperError as exc:
        blocked.append(str(exc))


def _attest_differences(parts: Parts, chains: Chains, compared: Sequence[Compared], blocked: list[str]) -> None:
    """A recorded object that changed is never a revision: it becomes a re-verification entry."""
    broken = [c for c in compared if c.comparison.changed or c.comparison.vanished or c.comparison.hidden]
    if broken:
        with _going_on(blocked):
            attest_differences(parts, chains, broken)


def _record(parts: Parts, day: dt.date, before: RecorderReport) -> RecorderReport:
    report = parts.recorder.run()
    newest = parts.open_reader().state().roll_call
    if newest is None or newest.day < format_day(day):  # sealing an older day again calls no roll
        parts.recorder.roll_call(day)
    # A refusal is told once: the one that the first run met would otherwise be told to nobody.
    rejected = (*before.rejected, *report.rejected)
    return dataclasses.replace(report, admitted=(*before.admitted, *report.admitted), rejected=rejected)


def _report(
    parts: Parts,
    day: dt.date,
    compared: Sequence[Compared],
    done: tuple[Attested, ...],
    recorded: RecorderReport,
    blocked: Sequence[str],
) -> DayReport:
    state = parts.open_reader().state()
    pending = [
        f"revision {one.revision} of {one.cluster.name}: attested and not in the ledger"
        for one in done
        if len(state.revisions(one.cluster, format_day(day))) <= one.revision
    ]
    return DayReport(
        day=day,
        clusters=done,
        unclaimed=tuple(u for c in compared for u in c.claims.unclaimed),
        refused=tuple(r for c in compared for r in c.reading.batch.listing.refused),
        unreadable=tuple(f"{u.found.key}: {u.reason}" for c in compared for u in c.reading.unreadable),
        changed=sum(len(c.comparison.changed) + len(c.comparison.hidden) for c in compared),
        vanished=sum(len(c.comparison.vanished) for c in compared),
        recorded=recorded,
        pending=(*blocked, *pending),
    )
