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
from dayseal.steps.pending import Overdue, find_overdue
from dayseal.steps.placing import Nowhere, Placed, place_clusters
from dayseal.steps.promises import recorded_promise
from dayseal.steps.reading import list_batch, read_batch
from dayseal.steps.recorded import recorded_manifest
from dayseal.steps.reverifying import attest_differences


@dataclasses.dataclass(frozen=True, slots=True)
class DayReport:
    """Step 9's input: what one run found and recorded for a batch day.

    `changed` and `vanished` count recorded objects that no longer read the same; `refused` names what lies in
    an archive and is no readable object; `pending` says what could not be brought into the ledger;
    `nowhere` are clusters in scope without a statement, since no archive is known to hold their logs.
    `overdue` is what this attestor submitted a day ago or earlier, any day's, and no checkpoint covers.
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
    overdue: tuple[Overdue, ...]
    nowhere: tuple[Nowhere, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class AttestedDay:
    """What steps 1 to 7 gave: every cluster's day, submitted or said before; `blocked` tells of chains that stopped.

    `nowhere` are clusters in scope of which no statement could be made, since no archive is known to hold their logs.
    `changed` and `vanished` count recorded objects that no longer read the same; `refused` names what lies in
    an archive and is no readable object.
    """

    day: dt.date
    clusters: tuple[Attested, ...]
    unclaimed: tuple[Unclaimed, ...]
    refused: tuple[str, ...]
    unreadable: tuple[str, ...]
    changed: int
    vanished: int
    blocked: tuple[str, ...]
    nowhere: tuple[Nowhere, ...]


def seal_day(parts: Parts, day: dt.date) -> DayReport:
    """Run the nine steps for one batch day; what is already recorded is never attested twice.

    A crash anywhere loses nothing: the next run first lets the recorder finish what lies in the inbox.

    Raises:
        UsageError: the day is not frozen yet, or the recorder does not run in this process.
        AccessError: an archive cannot be listed, or the ledger cannot be read.
        RefutedError: the ledger's own bytes do not hold.
    """
    require_frozen(parts, day)
    before = parts.own_recorder.run()
    attested = attest_day(parts, day)  # 1 Discover to 7 Attest
    recorded = _record(parts, day, before)  # 8 Record
    return _report(parts, attested, recorded)  # 9 Report


def attest_day(parts: Parts, day: dt.date) -> AttestedDay:
    """Run steps 1 to 7: an attestor's whole part. What it submits waits in the inbox for a recorder anywhere.

    What waits there from earlier runs is not said again, and chains go on behind it. Raises as `seal_day` does.
    """
    require_frozen(parts, day)
    ledger = parts.open_reader()
    chains = Chains(parts, ledger)
    scope = discover(parts, ledger)  # 1 Discover
    probed = probe(parts, scope)  # 2 Probe
    placed = place_clusters(parts.archives, ledger, day, scope, probed)
    compared = [_read_archive(parts, ledger, archive, day, placed) for archive in parts.archives]  # 3 List to 5 Compare
    plans = _judge_all(parts, ledger, chains, compared, scope, probed, placed)  # 6 Judge
    blocked: list[str] = []
    done = _attest_all(parts, chains, plans, scope, probed, blocked)  # 7 Attest
    _attest_differences(parts, chains, compared, blocked)
    return AttestedDay(
        day=day,
        clusters=done,
        unclaimed=tuple(u for c in compared for u in c.claims.unclaimed),
        refused=tuple(r for c in compared for r in c.reading.batch.listing.refused),
        unreadable=tuple(f"{u.found.key}: {u.reason}" for c in compared for u in c.reading.unreadable),
        changed=sum(len(c.comparison.changed) + len(c.comparison.hidden) for c in compared),
        vanished=sum(len(c.comparison.vanished) for c in compared),
        blocked=tuple(blocked),
        nowhere=tuple(one for one in placed.nowhere if one.cluster not in {d.cluster for d in done}),
    )


def require_frozen(parts: Parts, day: dt.date) -> None:
    """Refuse a day to which objects may still be added.

    Raises:
        UsageError: its cutoff lies ahead.
    """
    cutoff, now = parts.cutoff(day), parts.clock.now()
    if now < cutoff:
        raise UsageError(
            f"batch {format_day(day)}: frozen at {format_time(cutoff)}, it is {format_time(now)}",
            hint="seal it later: what arrives before the cutoff belongs to the batch",
        )


def _read_archive(parts: Parts, ledger: LedgerReader, archive: Archive, day: dt.date, placed: Placed) -> Compared:
    clusters = placed.of(archive)
    recorded, source = recorded_manifest(ledger, clusters, archive.reader.uri, day)
    promise = recorded_promise(ledger, clusters, archive.reader.uri, day, recorded)
    batch = list_batch(archive, day, recorded, promise)  # 3 List
    reading = read_batch(parts, batch)  # 4 Digest
    return compare(parts, reading, source, clusters, others=placed.others(archive))  # 5 Compare


def _judge_all(
    parts: Parts,
    ledger: LedgerReader,
    chains: Chains,
    compared: Sequence[Compared],
    scope: InScope,
    probed: Probed,
    placed: Placed,
) -> list[ClusterWork | Attested]:
    plans: dict[ClusterId, ClusterWork | Attested] = {}
    for one in compared:
        batch = one.reading.batch
        expected = [c for c in placed.of(batch.archive) if scope.is_due(c, batch.day)]
        for cluster in sorted({*expected, *(c for c, _ in one.claims.tallies)}):
            waiting = chains.waiting(cluster.path)
            plans[cluster] = plan_cluster(parts, ledger, one, cluster, scope, probed, waiting)
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
    report = parts.own_recorder.run()
    newest = parts.open_reader().state().roll_call
    if newest is None or newest.day < format_day(day):  # sealing an older day again calls no roll
        parts.own_recorder.roll_call(day)
    # A refusal is told once: the one that the first run met would otherwise be told to nobody.
    rejected = (*before.rejected, *report.rejected)
    return dataclasses.replace(report, admitted=(*before.admitted, *report.admitted), rejected=rejected)


def _report(parts: Parts, attested: AttestedDay, recorded: RecorderReport) -> DayReport:
    ledger = parts.open_reader()
    state = ledger.state()
    pending = [
        f"revision {one.revision} of {one.cluster.name}: attested and not in the ledger"
        for one in attested.clusters
        if len(state.revisions(one.cluster, format_day(attested.day))) <= one.revision
    ]
    return DayReport(
        day=attested.day,
        clusters=attested.clusters,
        unclaimed=attested.unclaimed,
        refused=attested.refused,
        unreadable=attested.unreadable,
        changed=attested.changed,
        vanished=attested.vanished,
        recorded=recorded,
        pending=(*attested.blocked, *pending),
        nowhere=attested.nowhere,
        overdue=find_overdue(ledger, parts.submitter, parts.attestor.spki, parts.clock.now(), held=recorded.held),
    )
