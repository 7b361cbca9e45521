"""Step 7: which clusters need a statement for this batch, and making it."""

import dataclasses
import datetime as dt
from collections.abc import Sequence

from dayseal.attest.keys import keyid_of
from dayseal.attest.predicates import Chain, ClusterDay, Enrolment
from dayseal.checks.continuity import name_actors
from dayseal.checks.object_locks import locked_by_archive
from dayseal.codec import format_day, sha256_hex
from dayseal.digest.settling import settle
from dayseal.digest.tally import EMPTY_TALLY, Tally, encode_tally, merge
from dayseal.errors import ExistsError
from dayseal.ledger.layout import details_key
from dayseal.ledger.reader import LedgerReader, RecordedDay
from dayseal.model import ArchiveObject, ClusterId, Fact, Finding, Verdict
from dayseal.model.route import BatchObjects
from dayseal.steps.chains import Chains, Waiting
from dayseal.steps.comparing import Compared
from dayseal.steps.discovering import InScope, Probed, attest_enrolment
from dayseal.steps.documents import encode_details, encode_facts
from dayseal.steps.judging import ClusterBatches, Judged, judge
from dayseal.steps.parts import Parts
from dayseal.steps.promises import TOTAL_DAYS, still_unread
from dayseal.steps.recorded import neighbour_tallies, newest_statement, previous_check, recorded_tally
from dayseal.steps.routing import judge_route, route_thresholds
from dayseal.steps.statements import DayContent, cluster_day_statement, verifier_section


@dataclasses.dataclass(frozen=True, slots=True)
class ClusterWork:
    """One cluster of one batch, judged and waiting to be attested.

    `tally` counts the whole batch (the recorded revisions included), `added` only what is new. `objects` are the
    listed ones under their locks. `actors` names who made each change, by event id: PERSONAL, for the details only.
    """

    cluster: ClusterId
    compared: Compared
    previous: RecordedDay | None
    tally: Tally
    added: Tally
    judged: Judged
    enrol: bool
    due_since: dt.date
    objects: tuple[ArchiveObject, ...]
    actors: tuple[tuple[str, str], ...] = ()


@dataclasses.dataclass(frozen=True, slots=True)
class Attested:
    """What became of one cluster's day: its revision and status, and the verdicts its statement carries.

    `outcome` is `sealed`, `revised`, `unchanged` (already attested, nothing was added), or `waiting`: an earlier
    run attested this day, and no recorder has taken that yet.
    """

    cluster: ClusterId
    day: dt.date
    outcome: str
    revision: int
    status: str
    events: int
    verdicts: tuple[tuple[str, Verdict, str], ...]


def plan_cluster(
    parts: Parts,
    ledger: LedgerReader,
    compared: Compared,
    cluster: ClusterId,
    scope: InScope,
    probed: Probed,
    waiting: Sequence[Waiting] = (),
) -> ClusterWork | Attested:
    """Judge one cluster (step 6) if its batch says something new; else give what the ledger already says.

    `waiting` is what an earlier run said and no recorder has taken: a day that stands there is not stated again.
    """
    day = compared.reading.batch.day
    for one in reversed(waiting):
        if isinstance(one.predicate, ClusterDay) and one.predicate.day == format_day(day):
            return _attested_before(cluster, day, one.predicate, "waiting")
    previous = newest_statement(ledger, cluster, day)
    added = compared.claims.of(cluster)
    if previous is not None and added is None and not _readable_again(previous, compared):
        return _attested_before(cluster, day, previous.predicate, "unchanged")
    added = settle(added or EMPTY_TALLY)
    tally = merge(recorded_tally(ledger, previous), added) if previous is not None else added
    tallies, unread = neighbour_tallies(ledger, cluster, day)
    if _unreadable(compared):
        unread = (*unread, f"batch {format_day(day)} holds {_unreadable(compared)} unreadable objects")
    due_since = scope.due_since(cluster, day)
    batches = ClusterBatches(
        cluster=cluster,
        day=day,
        tallies={**tallies, day: tally},
        due_since=due_since,
        unread=unread,
        splitters=tuple(d.splitter for d in compared.manifest.descriptors),
        route=probed.route_of(cluster),
    )
    findings, actors = _judge_route(parts, ledger, compared, cluster, probed, tally)
    return ClusterWork(
        cluster=cluster,
        compared=compared,
        previous=previous,
        tally=tally,
        added=added,
        judged=judge(batches, (compared.integrity, *findings), parts.settings, today=parts.clock.now().date()),
        enrol=cluster not in dict(scope.enrolled) and not any(isinstance(w.predicate, Enrolment) for w in waiting),
        due_since=due_since,
        objects=locked_by_archive(compared.reading.batch.listing, batches.route),
        actors=actors,
    )


def _judge_route(
    parts: Parts, ledger: LedgerReader, compared: Compared, cluster: ClusterId, probed: Probed, tally: Tally
) -> tuple[tuple[Finding, ...], tuple[tuple[str, str], ...]]:
    """Judge the cluster's route, and give who made each change of it; nothing where nobody asked about one."""
    route = probed.route_of(cluster)
    if route is None:
        return (), ()
    batch = compared.reading.batch
    objects = None if batch.locks is None else BatchObjects(batch.day, batch.locks)
    previous = previous_check(ledger, cluster)
    thresholds = route_thresholds(parts.settings)
    lag = compared.lags.get(cluster)
    findings = judge_route(route, thresholds, batch.day, tally=tally, objects=objects, lag=lag, previous=previous)
    return findings, name_actors(route, thresholds, previous)


def attest(parts: Parts, chains: Chains, work: ClusterWork, probed: tuple[Fact, ...]) -> Attested:
    """Build, sign, verify and submit one cluster's statement; enrol the cluster first if it is new."""
    day = work.compared.reading.batch.day
    if work.enrol:
        attest_enrolment(parts, chains, work.cluster, day, "found in the archive or the settings")
    findings = [marked.finding for marked in work.judged.findings]
    reading = work.compared.reading
    unread = still_unread(reading.unreadable, reading.gone, work.compared.manifest)
    facts = encode_facts([*probed, *(fact for finding in findings for fact in finding.facts)], unread)
    summary = encode_tally(work.tally)
    users = work.added.users
    details = encode_details(
        salt=parts.entropy(16),
        cluster=work.cluster,
        day=format_day(day),
        users=users.kept,
        rest=users.rest,
        actors=work.actors,
        examples=[(name, *one) for name, few in sorted(work.added.traces.examples.items()) for one in few],
    )
    _keep_details(parts, details)
    chain = chains.next(work.cluster.path)
    content = _content(parts, work, chain, facts=facts, summary=summary, details=details)
    objects = {sha256_hex(data): data for data in (content.manifest.encode(), summary, facts)}
    chains.submit(work.cluster.path, cluster_day_statement(content), chain, objects)
    return Attested(
        cluster=work.cluster,
        day=day,
        outcome="sealed" if work.previous is None else "revised",
        revision=content.revision,
        status=content.status,
        events=work.tally.events,
        verdicts=tuple((f.check, f.verdict, f.summary) for f in findings),
    )


def _content(
    parts: Parts, work: ClusterWork, chain: Chain, *, facts: bytes, summary: bytes, details: bytes
) -> DayContent:
    batch = work.compared.reading.batch
    total_days = batch.promise.total_days_under(parts.settings)
    return DayContent(
        cluster=work.cluster,
        day=batch.day,
        revision=0 if work.previous is None else work.previous.revision + 1,
        chain=chain,
        archive_uri=batch.archive.reader.uri,
        cutoff=parts.cutoff(batch.day),
        manifest=work.compared.manifest,
        unattributed=_unattributed(work),
        unreadable=_unreadable(work.compared),
        tally=work.tally,
        gaps=work.judged.gaps,
        event_days=work.judged.event_days,
        objects=work.objects,
        term_end=parts.cutoff(batch.day) + dt.timedelta(days=total_days),
        findings=work.judged.findings,
        facts_sha256=sha256_hex(facts),
        summary_sha256=sha256_hex(summary),
        details_sha256=sha256_hex(details),
        verifier=verifier_section(
            settings_digest=parts.settings.digest,
            thresholds={**parts.settings.thresholds, TOTAL_DAYS: total_days},
            code_digest=parts.code_digest,
            identity=f"local:{keyid_of(parts.attestor.spki)[:16]}",
        ),
        at=parts.clock.now(),
    )


def _keep_details(parts: Parts, details: bytes) -> None:
    try:
        parts.details.create(details_key(sha256_hex(details)), details)
    except ExistsError:
        return  # named by its digest: what is there is the same; a crash after this leaves details nobody names


def _unattributed(work: ClusterWork) -> int:
    before = work.previous.predicate.archive.unattributed if work.previous is not None else 0
    return before + work.compared.claims.unattributed


def _readable_again(previous: RecordedDay, compared: Compared) -> bool:
    return previous.predicate.archive.unreadable > 0 and not _unreadable(compared)


def _unreadable(compared: Compared) -> int:
    # What is gone before anybody read it will never be read: the day stays UNREADABLE, whatever comes later.
    return len(compared.reading.unreadable) + len(compared.reading.gone)


def _attested_before(cluster: ClusterId, day: dt.date, said: ClusterDay, outcome: str) -> Attested:
    return Attested(
        cluster=cluster,
        day=day,
        outcome=outcome,
        revision=said.revision,
        status=said.status,
        events=said.events.count,
        verdicts=tuple((f.check, Verdict(f.verdict), f.summary) for f in said.findings),
    )
