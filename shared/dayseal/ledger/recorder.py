"""The recorder: the one component that appends to the ledger, and only what a delegated key signed.

    (1) finish what an earlier run left half done    (2) take submissions in turn
    (3) copy their objects    (4) commit a batch    (5) write the look-up files

Nothing of a submission is believed before its signature, delegation, scope and chain are checked;
one that is not admitted never holds up another chain.

Spec: ARCHITECTURE section 5, ledger-formats section 10.
"""

import contextlib
import dataclasses
import datetime as dt
from collections.abc import Callable, Sequence
from typing import Final, TypeVar

from dayseal.attest.dsse import sign_envelope
from dayseal.attest.predicates import ClusterDay
from dayseal.attest.statement import encode_statement
from dayseal.codec import parse_day, sha256_hex
from dayseal.errors import AccessError, FormatError, NotFoundError, RefutedError, StaleError, TamperError, TrustError
from dayseal.ledger.commit import Committer
from dayseal.ledger.entry import parse_admitted
from dayseal.ledger.intake import Candidate, Held, Intake, Limits
from dayseal.ledger.layout import INBOX, REJECTED, attestation_key, rejected_key, rollcall_key
from dayseal.ledger.lookup import encode_attestation, encode_rejection
from dayseal.ledger.objects import ObjectCopier
from dayseal.ledger.probe import probe_guard, probe_store
from dayseal.ledger.reader import replay, root_keys
from dayseal.ledger.rollcall import make_roll_call
from dayseal.ledger.state import LedgerState, Prepared
from dayseal.ledger.writes import create_once, create_same, get_or_none
from dayseal.model import TreeHead
from dayseal.notes import TrustPolicy
from dayseal.ports import Clock, HeadGuard, ObjectStore, Signer

_T = TypeVar("_T")
_RACES: Final = 20  # lost commits in a row before we give up and leave the rest to the next run
_REASON_CHARS: Final = 500


@dataclasses.dataclass(frozen=True, slots=True)
class Admitted:
    """A submission that became entry `index`."""

    key: str
    index: int
    envelope_sha256: str


@dataclasses.dataclass(frozen=True, slots=True)
class Refused:
    """A submission that was refused, for the first time, and why; that lies in `rejected/` too."""

    key: str
    reason: str


@dataclasses.dataclass(frozen=True, slots=True)
class RecorderReport:
    """What one run did; `head` is the log's head at its end."""

    admitted: tuple[Admitted, ...]
    rejected: tuple[Refused, ...]
    held: tuple[Held, ...]
    head: TreeHead


class Recorder:
    """Moves submissions from the inbox into the ledger. `log` signs checkpoints and roll-calls.

    `newest` is as for `LogView`.
    """

    def __init__(
        self,
        store: ObjectStore,
        guard: HeadGuard,
        inbox: ObjectStore,
        *,
        origin: str,
        log: Signer,
        policy: TrustPolicy,
        clock: Clock,
        limits: Limits | None = None,
        newest: ObjectStore | None = None,
    ) -> None:
        self._store = store
        self._guard = guard
        self._inbox = inbox
        self._origin = origin
        self._log = log
        self._policy = policy
        self._clock = clock
        self._limits = limits or Limits()
        self._committer = Committer(store, guard, origin=origin, log=log, newest=newest)
        self._copier = ObjectCopier(store, inbox, max_bytes=self._limits.object_bytes)
        self._state: LedgerState | None = None  # what the log holds, never more
        self._filed: TreeHead | None = None  # the head whose look-up files are known to be written
        self._refused: set[str] = set()  # the keys in `rejected/`
        self._probed = False

    def run(self) -> RecorderReport:
        """Admit everything in the inbox whose turn it is.

        The first run of a process probes the stores (five requests).

        Raises:
            UsageError: a store ignores create-if-absent, or the guard a stale tag: nothing may rest on them.
            TamperError: the ledger or its guard is not as honest recorders leave them; nothing was added.
            UnclearError: a store gave no answer; run again, nothing is lost or repeated.
            StaleError: other recorders won every race; run again.
        """
        self._refused = set(self._store.keys(REJECTED))
        admitted: list[Admitted] = []
        rejected: list[Refused] = []
        held = _racing(lambda: self._run(admitted, rejected))
        return RecorderReport(tuple(admitted), tuple(rejected), held, self._committer.repair().head)

    def roll_call(self, day: dt.date) -> Admitted:
        """Append the roll-call of `day`, signed with the log's own key as a delegated recorder.

        Raises:
            UsageError: `day` or a later day has its roll-call already.
            TrustError: the log's key is not delegated as a recorder.
            TamperError, UnclearError, StaleError: as `run`.
        """
        return _racing(lambda: self._roll_call(day))

    def _run(self, admitted: list[Admitted], rejected: list[Refused]) -> tuple[Held, ...]:
        state = self._synchronised()  # (1)
        intake = Intake(self._inbox.keys(INBOX), state, self._limits)
        while batch := self._next_batch(intake, state, rejected):  # (2) (3)
            self._commit([prepared for _, prepared in batch])  # (4) (5)
            admitted += [Admitted(key, p.index, p.entry.envelope_sha256) for key, p in batch]
        self._state = state
        return intake.held

    def _roll_call(self, day: dt.date) -> Admitted:
        state = self._synchronised()  # (1)
        statement, rows = make_roll_call(state, day, self._clock.now())
        envelope = sign_envelope(encode_statement(statement), [self._log])
        prepared = state.prepare(state.size, envelope)
        # (3) A crash here leaves rows that no entry names: harmless.
        create_same(self._store, rollcall_key(statement.subject_sha256), rows)
        self._commit([prepared])  # (4)
        state.take(prepared)
        self._state = state
        return Admitted("", prepared.index, prepared.entry.envelope_sha256)

    def _synchronised(self) -> LedgerState:
        # Whoever calls this owns the state until the log holds all that was taken in; then it puts it back.
        self._probe()
        view = self._committer.repair()
        state, self._state = self._state, None
        state = replay(state or LedgerState(self._origin, root_keys(self._policy)), view)
        if self._filed != view.head:
            self._restore_files()
            self._filed = view.head
        return state

    def _probe(self) -> None:
        # Before the first write of a process, repairs included: they too rest on what is asked here.
        if not self._probed:
            probe_guard(self._guard)
            probe_store(self._store)
            self._probed = True

    def _next_batch(self, intake: Intake, state: LedgerState, rejected: list[Refused]) -> list[tuple[str, Prepared]]:
        batch: list[tuple[str, Prepared]] = []
        while len(batch) < self._limits.batch and (candidate := intake.next(state)):
            data = b""
            try:
                data = self._read(candidate)
                prepared = self._check(candidate, data, state)
            except (NotFoundError, AccessError) as exc:
                intake.hold(candidate.key, str(exc))
            except (FormatError, RefutedError) as exc:
                rejected += self._refuse(candidate.key, data, str(exc))
            else:
                state.take(prepared)
                batch.append((candidate.key, prepared))
        return batch

    def _read(self, candidate: Candidate) -> bytes:
        if candidate.name is None:
            raise FormatError("no name that an attestor may use")
        try:
            return self._inbox.get(candidate.key, max_bytes=self._limits.envelope_bytes)
        except TamperError as exc:  # a link or a pipe in the inbox folder is the submitter's fault alone
            raise FormatError(str(exc)) from exc

    def _check(self, candidate: Candidate, data: bytes, state: LedgerState) -> Prepared:
        prepared = state.prepare(state.size, data)
        if candidate.name is None or prepared.name != candidate.name:
            belongs = prepared.name.key if prepared.name else "no inbox"
            raise TrustError(f"submitted under a name that is not its own, it belongs under {belongs}")
        # (3) After the signature and before the commit: only a delegated key fills the ledger.
        self._copier.copy(candidate.name.attestor, prepared.entry.statement)
        return prepared

    def _refuse(self, key: str, data: bytes, reason: str) -> list[Refused]:
        # A refusal binds nobody: it is judged again in each run, so that a delegation that came late still helps.
        file = rejected_key(sha256_hex(data or key.encode("utf-8", "surrogateescape")))
        if file in self._refused:
            return []
        said = f"{key!a}: {reason}"[:_REASON_CHARS].encode("utf-8", "replace").decode()
        create_once(self._store, file, encode_rejection(said, data))
        self._refused.add(file)
        return [Refused(key, said)]

    def _commit(self, batch: Sequence[Prepared]) -> None:
        entries = [prepared.entry.data for prepared in batch]
        head = self._committer.append(entries, onto_size=batch[0].index)
        # (5) A crash here leaves entries without look-up files: step (1) of the next run writes them,
        #     before anything else is committed, so only the newest commit can lack some.
        self._file(batch[0].index, entries)
        self._filed = head

    def _file(self, first: int, entries: Sequence[bytes]) -> None:
        for key, data in _look_up_files(first, entries):
            create_same(self._store, key, data)

    def _restore_files(self) -> None:
        commit = self._committer.newest_commit()
        files = _look_up_files(commit.old.size, commit.entries)
        # They are written in order, so the last one vouches for the rest.
        if files and get_or_none(self._store, files[-1][0]) is None:
            self._file(commit.old.size, commit.entries)


def _racing(once: Callable[[], _T]) -> _T:
    # Another recorder was faster: read what it did, then try again on top of it.
    for _ in range(_RACES - 1):
        with contextlib.suppress(StaleError):
            return once()
    return once()


def _look_up_files(first: int, entries: Sequence[bytes]) -> list[tuple[str, bytes]]:
    files = []
    for index, data in enumerate(entries, start=first):
        said = parse_admitted(data, subject=f"entry {index}").statement.predicate
        if isinstance(said, ClusterDay):
            key = attestation_key(said.cluster.id, parse_day(said.day), said.revision)
            files.append((key, encode_attestation(index, data)))
    return files
