"""Reading a ledger: everything it gives was proved against one opened checkpoint.

Spec: ARCHITECTURE section 5, ledger-formats sections 2 and 11.
"""

import dataclasses
import datetime as dt
from collections.abc import Iterator, Sequence
from typing import Final

from dayseal.attest.dsse import parse_envelope
from dayseal.attest.keys import keyid_of
from dayseal.attest.predicates import ClusterDay
from dayseal.attest.statement import Statement, open_statement
from dayseal.codec import format_day, parse_day, sha256_hex
from dayseal.errors import ChainError, DigestError, NotFoundError, ProofError, TamperError
from dayseal.ledger.layout import CHECKPOINT, CHECKPOINTS, attestation_key, cluster_prefix, rejected_key
from dayseal.ledger.logview import LogView
from dayseal.ledger.lookup import Filed, open_attestation, open_rejection
from dayseal.ledger.state import LedgerState
from dayseal.ledger.writes import get_or_none
from dayseal.merkle import leaf_hash
from dayseal.model import ClusterId, TreeHead
from dayseal.notes import OpenedCheckpoint, TrustPolicy, open_checkpoint
from dayseal.ports import ObjectStore

MAX_REVISIONS: Final = 10_000


@dataclasses.dataclass(frozen=True, slots=True)
class RecordedDay:
    """One revision of a cluster's day as it stands in the log, at entry `index`.

    `envelope` is the entry's exact bytes, `statement` what they say. Who signed it is judged by
    replaying the ledger (`LedgerReader.state`) or by offline verification.
    """

    revision: int
    index: int
    envelope: bytes
    statement: Statement

    @property
    def envelope_sha256(self) -> str:
        """The envelope's hex SHA-256, by which chains link."""
        return sha256_hex(self.envelope)

    @property
    def predicate(self) -> ClusterDay:
        """The statement's predicate.

        Raises:
            ChainError: the statement is of another kind.
        """
        if not isinstance(self.statement.predicate, ClusterDay):
            raise ChainError(f"entry {self.index}: {type(self.statement.predicate).__name__}, a cluster-day promised")
        return self.statement.predicate


class LedgerReader:
    """One moment of one ledger: its checkpoint is read once, when first needed, and everything fits it.

    Days are looked up in their `attestations/` files, one GET each; a host could withhold the newest of
    those. Once `state()` was called, days come from the entries themselves and nothing can be withheld.
    `newest` is as for `LogView`.
    """

    def __init__(self, store: ObjectStore, policy: TrustPolicy, newest: ObjectStore | None = None) -> None:
        self._store = store
        self._newest = newest
        self._policy = policy
        self._checkpoint: tuple[bytes, OpenedCheckpoint, LogView] | None = None
        self._state: LedgerState | None = None

    @property
    def checkpoint_bytes(self) -> bytes:
        """The checkpoint that everything here is proved against, verbatim."""
        return self._opened()[0]

    @property
    def view(self) -> LogView:
        """The log's proved tiles and entries under that checkpoint."""
        return self._opened()[2]

    def head(self) -> OpenedCheckpoint:
        """Give the opened checkpoint.

        Raises:
            NotFoundError: the ledger has none.
            FormatError, SignatureError, TrustError: it is not one the policy accepts.
        """
        return self._opened()[1]

    @property
    def tree_head(self) -> TreeHead:
        """The size and root of that checkpoint."""
        return self.head().checkpoint.head

    def entry(self, index: int) -> bytes:
        """Give one entry; raises as `LogView.entries` does."""
        return self.view.entry(index)

    def entries(self, start: int = 0, end: int | None = None) -> Iterator[bytes]:
        """Give entries `[start, end)`, to the end of the log without `end`; raises as `LogView.entries` does."""
        return self.view.entries(start, self.tree_head.size if end is None else end)

    def inclusion(self, index: int, size: int | None = None) -> tuple[bytes, ...]:
        """Give the path of entry `index` in the first `size` entries (all of them without `size`)."""
        return self.view.inclusion(index, self.tree_head.size if size is None else size)

    def consistency(self, old_size: int, size: int | None = None) -> tuple[bytes, ...]:
        """Give the path from the tree of `old_size` to that of `size` (the whole log without `size`)."""
        return self.view.consistency(old_size, self.tree_head.size if size is None else size)

    def object(self, key: str) -> bytes:
        """Give a content-addressed object (`manifests/`, `summaries/`, `facts/`, `rollcalls/`), its digest checked.

        Raises:
            NotFoundError: there is none.
            DigestError: its bytes are not those its name promises.
        """
        data = self._store.get(key)
        promised = key.rpartition("/")[2].partition(".")[0]
        if (found := sha256_hex(data)) != promised:
            raise DigestError(key, expected=promised, actual=found, source="its name")
        return data

    def refusal(self, envelope: bytes) -> str:
        """Give why a recorder refused a submission, `""` where none says so; nothing proves these words."""
        key = rejected_key(sha256_hex(envelope))
        data = get_or_none(self._store, key)
        return "" if data is None else open_rejection(data, subject=key)[0]

    def days(self, cluster: ClusterId) -> tuple[dt.date, ...]:
        """Give the days of which there are statements, in order."""
        if self._state is not None:
            return tuple(parse_day(day) for day in self._state.days(cluster))
        prefix = cluster_prefix(cluster)
        names = {key[len(prefix) :].partition("/")[0] for key in self._store.keys(prefix)}
        return tuple(parse_day(name, subject=prefix) for name in sorted(names))

    def day(self, cluster: ClusterId, day: dt.date) -> tuple[RecordedDay, ...]:
        """Give every revision of a cluster's day, oldest first; empty when there is none.

        Raises:
            ProofError, DigestError: a look-up file shows what the log does not hold.
            TamperError: a look-up file is malformed, or of another cluster or day.
        """
        if self._state is not None:
            heads = self._state.revisions(cluster, format_day(day))
            return tuple(_recorded(Filed(h.index, self.entry(h.index))) for h in heads)
        found = []
        for revision in range(MAX_REVISIONS):
            try:
                found.append(self.revision(cluster, day, revision))
            except NotFoundError:
                break
        return tuple(found)

    def revision(self, cluster: ClusterId, day: dt.date, revision: int) -> RecordedDay:
        """Look one revision up with one GET, and prove that the log holds it.

        Raises:
            NotFoundError: there is no look-up file of it, or its entry is behind our checkpoint.
            ProofError, DigestError, TamperError: as `day`.
        """
        return self.filed(attestation_key(cluster, day, revision))

    def filed(self, key: str) -> RecordedDay:
        """Look up the revision whose look-up file has this key; raises as `revision` does."""
        filed = open_attestation(self._store.get(key), subject=key)
        if filed.index >= self.tree_head.size:
            raise NotFoundError(f"{key}: entry {filed.index}, the checkpoint covers {self.tree_head.size}")
        found, promised = leaf_hash(filed.envelope), self.view.leaf(filed.index)
        if found != promised:
            raise DigestError(key, expected=promised.hex(), actual=found.hex(), source=f"ledger entry {filed.index}")
        recorded = _recorded(filed)
        said = recorded.predicate
        belongs = attestation_key(said.cluster.id, parse_day(said.day), said.revision)
        if belongs != key:
            raise TamperError(f"{key}: its entry {filed.index} belongs under {belongs}")
        return recorded

    def state(self) -> LedgerState:
        """Replay the whole log (seconds for 10,000 entries, the first time) and give what it says.

        Raises:
            RefutedError: an entry is not the one the tree holds, or would not have been admitted.
        """
        if self._state is None:
            self._state = replay(LedgerState(self.head().checkpoint.origin, root_keys(self._policy)), self.view)
        return self._state

    def _opened(self) -> tuple[bytes, OpenedCheckpoint, LogView]:
        if self._checkpoint is None:
            data = newest_checkpoint(self._store)
            opened = open_checkpoint(data, self._policy)
            self._checkpoint = (data, opened, LogView(self._store, opened.checkpoint.head, self._newest))
        return self._checkpoint


def newest_checkpoint(store: ObjectStore) -> bytes:
    """Give `checkpoint`, or the newest kept one where a store forbids to overwrite.

    Raises:
        NotFoundError: the ledger has no checkpoint.
    """
    try:
        return store.get(CHECKPOINT)
    except NotFoundError:
        kept: Sequence[str] = list(store.keys(CHECKPOINTS))
        if not kept:
            raise
        return store.get(kept[-1])


def root_keys(policy: TrustPolicy) -> dict[str, bytes]:
    """Give the policy's root keys by key id."""
    return {keyid_of(spki): spki for _, spki in policy.roots}


def replay(state: LedgerState, view: LogView) -> LedgerState:
    """Take the entries that `state` does not have yet from `view`, and give `state`.

    Raises:
        ProofError: the log is shorter than what was replayed already.
    """
    if view.head.size < state.size:
        raise ProofError(f"ledger: {view.head.size} entries, {state.size} were read before")
    for index, envelope in enumerate(view.entries(state.size, view.head.size), start=state.size):
        state.apply(index, envelope, admitted=True)
    return state


def _recorded(filed: Filed) -> RecordedDay:
    subject = f"entry {filed.index}"
    statement = open_statement(parse_envelope(filed.envelope, subject=subject).payload, subject=subject)
    if not isinstance(statement.predicate, ClusterDay):
        raise TamperError(f"{subject}: {type(statement.predicate).__name__}, a cluster-day promised")
    return RecordedDay(statement.predicate.revision, filed.index, filed.envelope, statement)
