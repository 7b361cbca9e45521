"""The two ends of evidence jobs: the request that starts one, and the work itself."""

import dataclasses
from collections.abc import Callable

from dayseal.errors import AccessError, DaysealError, UnclearError
from dayseal.ledger.reader import LedgerReader
from dayseal.lookup.answers import Answer
from dayseal.lookup.attested import AttestedDays
from dayseal.lookup.jobs import EvidenceJobs, JobRequest, Kind
from dayseal.model import ClusterId
from dayseal.ports import JobStarter, ObjectStore

MakeBundle = Callable[[LedgerReader, ClusterId, JobRequest, Kind], bytes]


@dataclasses.dataclass(frozen=True, slots=True)
class EvidenceApi:
    """Starts evidence jobs about one ledger and shows how far they are."""

    open_reader: Callable[[], LedgerReader]
    attested: AttestedDays
    jobs: EvidenceJobs
    starter: JobStarter

    def begin(self, kind: Kind, cluster: str, first: str, last: str, since: int | None) -> Answer:
        """Start a job for a cluster's days; `since` is the size of a checkpoint that somebody kept.

        Raises:
            UsageError: the request makes no sense.
            NotFoundError: nothing is recorded of such a cluster.
            AccessError: the job could not be started.
        """
        self.attested.prefix(cluster)
        request = JobRequest(cluster=cluster, first=first, last=last, since=() if since is None else (since,))
        return self.jobs.begin(kind, request, self.open_reader().tree_head, self.starter)

    def look(self, kind: Kind, job: str) -> Answer:
        """Say how far a job is; raises as `EvidenceJobs.look`."""
        return self.jobs.look(kind, job)


@dataclasses.dataclass(frozen=True, slots=True)
class EvidenceWork:
    """Makes the bundles of jobs."""

    store: ObjectStore
    open_reader: Callable[[], LedgerReader]
    jobs: EvidenceJobs
    make: MakeBundle

    def run(self, kind: Kind, job: str) -> str:
        """Make one job's bundle, unless it is there; give the state it ends in.

        What cannot succeed later either ends as failed.

        Raises:
            AccessError, UnclearError: storage did not answer; the job is noted as failed, and may be run again.
            NotFoundError: there is no such job.
        """
        record = self.jobs.read(kind, job)
        if record.state == "done":
            return "done"
        self.jobs.note(kind, job, record.request, "running")
        try:
            cluster = AttestedDays(self.store).cluster(record.request.cluster)
            bundle = self.make(self.open_reader(), cluster, record.request, kind)
        except (AccessError, UnclearError):
            self.jobs.note(kind, job, record.request, "failed", "storage did not answer as promised")
            raise
        except DaysealError as exc:
            self.jobs.note(kind, job, record.request, "failed", str(exc))
            return "failed"
        self.jobs.finish(kind, job, record.request, bundle)
        return "done"
