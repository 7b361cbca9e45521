"""Evidence jobs: asked for once, made elsewhere, fetched by a link. Their whole state is one small object.

    jobs/<kind>/<job>.json     what was asked, and how far it is
    files/<kind>/<job>.zip     the bundle

A job's name follows from what is asked and from the ledger's head, so asking twice makes one bundle. Bundles with
events are a kind of their own, under a route of their own: who may ask for statements may not read events.
"""

import dataclasses
import datetime as dt
import enum
import re
from typing import Final, Literal

import msgspec

from dayseal.codec import Wire, encode_document, format_time, open_document, parse_day, parse_time, sha256_hex
from dayseal.errors import AccessError, DaysealError, ExistsError, FormatError, NotFoundError, UsageError
from dayseal.lookup.answers import Answer
from dayseal.lookup.documents import JobDocument
from dayseal.model import TreeHead
from dayseal.ports import Clock, JobStarter, LinkMaker, ObjectStore

LINK_S: Final = 900
STOPPED_AFTER: Final = dt.timedelta(minutes=20)  # no function runs longer
_REUSED_FOR: Final = dt.timedelta(hours=24)
_JOB: Final = re.compile(r"[0-9a-f]{32}\Z", re.ASCII)
_POLL_S: Final = "2"


class Kind(enum.StrEnum):
    """What a bundle holds: statements only, or the archived events too."""

    PLAIN = "plain"
    EVENTS = "events"

    @property
    def max_days(self) -> int:
        """How many days one job may cover."""
        return _MAX_DAYS[self.value]


_MAX_DAYS: Final = {"plain": 366, "events": 7}


class JobRequest(Wire):
    """What was asked: a cluster's path, days (both included, wire names `from` and `to`), kept checkpoints' sizes."""

    cluster: str
    first: str = msgspec.field(name="from")
    last: str = msgspec.field(name="to")
    since: tuple[int, ...] = ()

    def check(self, kind: Kind, head: TreeHead) -> None:
        """Require days in order and not too many, and sizes that the ledger has reached.

        Raises:
            UsageError: they are not.
        """
        try:
            days = (parse_day(self.last, subject="to") - parse_day(self.first, subject="from")).days + 1
        except FormatError as exc:
            raise UsageError(str(exc)) from exc
        if not 1 <= days <= kind.max_days:
            raise UsageError(f"from {self.first} to {self.last}: {days} days, 1 to {kind.max_days} promised")
        if any(not 0 < size <= head.size for size in self.since):
            raise UsageError(f"since {max(self.since)}: the ledger has {head.size} entries")


class JobRecord(Wire):
    """A job as it is kept; `at` is when its state was written."""

    request: JobRequest
    state: Literal["queued", "running", "done", "failed"]
    at: str
    bytes: int | None = None
    sha256: str | None = None
    problem: str | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class EvidenceJobs:
    """Keeps jobs in `store`, which forgets its objects after some days."""

    store: ObjectStore
    links: LinkMaker
    clock: Clock

    def begin(self, kind: Kind, request: JobRequest, head: TreeHead, starter: JobStarter) -> Answer:
        """Start a job, or find the one that runs or is done; the ledger's head is `head`.

        Raises:
            UsageError: the request makes no sense.
            AccessError: it could not be started.
        """
        request.check(kind, head)
        job = sha256_hex(b"%d %s " % (head.size, kind.encode()) + head.root + encode_document(request))[:32]
        if self._start(kind, job, request):
            try:
                starter.start(kind, job)
            except DaysealError as exc:
                self.write(kind, job, self._record(request, "failed", problem="it could not be started"))
                raise AccessError(f"job {job}: could not be started") from exc
        document = self._document(kind, job, self.read(kind, job))
        return Answer(202, document, more=(("Location", _address(kind, job)), ("Retry-After", _POLL_S)))

    def look(self, kind: Kind, job: str) -> Answer:
        """Say how far a job is, with a link to its bundle when it is done.

        Raises:
            NotFoundError: there is no such job of this kind.
        """
        document = self._document(kind, job, self.read(kind, job))
        waiting = document.state in ("queued", "running")
        return Answer(200, document, more=(("Retry-After", _POLL_S),) if waiting else ())

    def read(self, kind: Kind, job: str) -> JobRecord:
        """Give a job as it is kept; one that fell silent reads as failed.

        Raises:
            NotFoundError: there is none.
        """
        if not _JOB.match(job):
            raise NotFoundError(f"job {job}: none of this name")
        found = open_document(self.store.get(_job_key(kind, job)), JobRecord, subject=f"job {job}")
        if found.state in ("queued", "running") and self._age(found) > STOPPED_AFTER:
            return msgspec.structs.replace(found, state="failed", problem="it stopped without a word")
        return found

    def write(self, kind: Kind, job: str, record: JobRecord) -> None:
        """Note how far a job is."""
        self.store.replace(_job_key(kind, job), encode_document(record))

    def finish(self, kind: Kind, job: str, request: JobRequest, bundle: bytes) -> None:
        """Keep a job's bundle; a crash in between leaves a bundle that the next run writes again."""
        self.store.replace(_file_key(kind, job), bundle)
        self.write(kind, job, self._record(request, "done", size=len(bundle), sha256=sha256_hex(bundle)))

    def note(
        self, kind: Kind, job: str, request: JobRequest, state: Literal["running", "failed"], why: str = ""
    ) -> None:
        """Note that a job runs, or why it failed."""
        self.write(kind, job, self._record(request, state, problem=why or None))

    def _start(self, kind: Kind, job: str, request: JobRequest) -> bool:
        queued = self._record(request, "queued")
        try:
            self.store.create(_job_key(kind, job), encode_document(queued))
        except ExistsError:
            found = self.read(kind, job)
            if found.state != "failed" and self._age(found) <= _REUSED_FOR:
                return False
            # Two who ask at once may both start it again: the bundle is the same.
            self.write(kind, job, queued)
        return True

    def _record(
        self,
        request: JobRequest,
        state: Literal["queued", "running", "done", "failed"],
        *,
        size: int | None = None,
        sha256: str | None = None,
        problem: str | None = None,
    ) -> JobRecord:
        now = format_time(self.clock.now())
        return JobRecord(request=request, state=state, at=now, bytes=size, sha256=sha256, problem=problem)

    def _document(self, kind: Kind, job: str, found: JobRecord) -> JobDocument:
        if found.state != "done":
            return JobDocument(job, found.state, problem=found.problem)
        expires = format_time(self.clock.now() + dt.timedelta(seconds=LINK_S))
        link = self.links.link(_file_key(kind, job), seconds=LINK_S)
        return JobDocument(job, "done", url=link, expires=expires, bytes=found.bytes, sha256=found.sha256)

    def _age(self, found: JobRecord) -> dt.timedelta:
        return self.clock.now() - parse_time(found.at, subject="job")


def _job_key(kind: Kind, job: str) -> str:
    return f"jobs/{kind}/{job}.json"


def _file_key(kind: Kind, job: str) -> str:
    return f"files/{kind}/{job}.zip"


def _address(kind: Kind, job: str) -> str:
    return f"/evidence/events/{job}" if kind is Kind.EVENTS else f"/evidence/{job}"
