"""What a ledger says when its entries are replayed from the first: trust, chains, days, roll-calls.

Admission and replay are one and the same function: `apply`. The recorder calls it before it commits
an entry, everybody else afterwards.
"""

import dataclasses
from collections.abc import Callable
from functools import partial

from dayseal.attest.predicates import (
    ChainReset,
    ClusterDay,
    Delegation,
    Enrolment,
    Genesis,
    Inventory,
    LatestInventory,
    Reverification,
    RollCall,
)
from dayseal.codec import parse_time
from dayseal.errors import ChainError
from dayseal.ledger.admission import (
    check_attestor,
    check_cluster_day,
    check_enrolment,
    check_genesis,
    check_link,
    check_recorder,
    check_roll_call,
    check_root_signatures,
)
from dayseal.ledger.delegations import DelegationEntry
from dayseal.ledger.entry import Entry, parse_admitted, parse_entry
from dayseal.ledger.heads import ChainHead, ClusterState, DayHead, RollCallHead
from dayseal.ledger.layout import (
    DELEGATION_CHAIN,
    INVENTORY_CHAIN,
    RESET_CHAIN,
    REVERIFICATION_CHAIN,
    ROOTS,
    InboxName,
    attestor_prefix,
)
from dayseal.ledger.tables import LedgerTables

_Change = tuple[InboxName | None, Callable[[], None]]


@dataclasses.dataclass(frozen=True, slots=True)
class Prepared:
    """An entry that was checked against the state as it was before entry `index`."""

    index: int
    entry: Entry
    name: InboxName | None
    effect: Callable[[], None]


class LedgerState(LedgerTables):
    """The ledger's content so far, one entry after the other.

    `origin` and `roots` (keyid to SPKI) are what the reader pins; the genesis entry must agree.
    """

    def apply(self, index: int, envelope: bytes, *, admitted: bool = False) -> InboxName | None:
        """Take the next entry in, or refuse it and stay as before; give the inbox name it belongs under.

        None is given for entries that never pass the inbox (genesis, roll-calls). With `admitted` the
        bytes are already proved to be in the log: signatures and canonical form are not checked again,
        chains and delegations are.

        Raises:
            FormatError: not one of our envelopes, or not strict.
            SignatureError: a signature is wrong or missing.
            TrustError: the signing key may not say this at this index.
            ChainError: a number, a link, a revision or an enrolment does not fit.
        """
        prepared = self.prepare(index, envelope, admitted=admitted)
        self.take(prepared)
        return prepared.name

    def prepare(self, index: int, envelope: bytes, *, admitted: bool = False) -> Prepared:
        """Check the next entry as `apply` does, without taking it in; raises as `apply` does."""
        subject = f"entry {index}"
        entry = parse_admitted(envelope, subject=subject) if admitted else parse_entry(envelope, subject=subject)
        return self._prepare(index, entry, check=not admitted)

    def take_logged(self, index: int, entry: Entry, *, check: bool) -> None:
        """Take in the log's next entry, parsed already; with `check` its signatures are verified once more.

        Raises as `apply` does, SignatureError before anything else but a missing delegation.
        """
        self.take(self._prepare(index, entry, check=check))

    def take(self, prepared: Prepared) -> None:
        """Take in what `prepare` checked against this very state.

        Raises:
            ChainError: other entries were taken in since.
        """
        if prepared.index != self._size:
            raise ChainError(f"entry {prepared.index}: prepared for another state, entry {self._size} is next")
        prepared.effect()
        if prepared.name is not None:
            self._names.add(prepared.name)
        self._size += 1

    def _prepare(self, index: int, entry: Entry, *, check: bool) -> Prepared:
        if index != self._size:
            raise ChainError(f"entry {index}: the next entry has index {self._size}")
        name, effect = self._dispatch(index, entry, check=check)
        return Prepared(index, entry, name, effect)

    def _dispatch(self, index: int, entry: Entry, *, check: bool) -> _Change:
        match entry.statement.predicate:
            case Genesis() as said:
                return self._found(index, entry, said, check=check)
            case Delegation() as said:
                return self._delegate(index, entry, said, check=check)
            case ChainReset() as said:
                return self._reset(index, entry, said, check=check)
            case Enrolment() as said:
                keyid = check_attestor(index, entry, self._delegations, said.cluster.id, check=check)
                return self._enrol(entry, said, keyid)
            case ClusterDay() as said:
                keyid = check_attestor(index, entry, self._delegations, said.cluster.id, check=check)
                return self._seal(index, entry, said, keyid)
            case Inventory() | Reverification() as said:
                keyid = check_attestor(index, entry, self._delegations, None, check=check)
                return self._own_statement(entry, said, keyid)
            case RollCall() as said:
                check_recorder(index, entry, self._delegations, check=check)
                check_roll_call(said, self._roll_call, len(self.enrolled()), self._delegations)
                head = RollCallHead(said.number, entry.envelope_sha256, said.day, index)
                return None, partial(self.set_roll_call, head)
            case other:
                raise ChainError(f"entry {index}: {type(other).__name__} has no place in a ledger")

    def _found(self, index: int, entry: Entry, said: Genesis, *, check: bool) -> _Change:
        if index != 0:
            raise ChainError(f"entry {index}: a second genesis, one at entry 0 promised")
        check_genesis(entry, said, self._origin, self._roots, check=check)
        return None, partial(self.set_genesis, said)

    def _check_roots(self, index: int, entry: Entry, at: str, *, check: bool) -> None:
        check_root_signatures(f"entry {index}", entry, self.genesis.threshold, self._roots, check=check)
        parse_time(at, subject=f"entry {index}")

    def _delegate(self, index: int, entry: Entry, said: Delegation, *, check: bool) -> _Change:
        self._check_roots(index, entry, said.at, check=check)
        after = self._delegations.extend(DelegationEntry(index, entry.envelope_sha256, said))
        return InboxName(ROOTS, DELEGATION_CHAIN, said.number), partial(self.set_delegations, after)

    def _reset(self, index: int, entry: Entry, said: ChainReset, *, check: bool) -> _Change:
        self._check_roots(index, entry, said.at, check=check)
        known = self._clusters.get(said.cluster.id.text)
        if known is None or said.seq <= known.chain.seq:
            raise ChainError(f"chain reset of {said.cluster.name} to {said.seq}: beyond the newest number promised")
        after = dataclasses.replace(known, chain=ChainHead(said.seq, entry.envelope_sha256))
        return InboxName(ROOTS, f"{RESET_CHAIN}/{known.cluster.path}", said.seq), partial(self.set_cluster, after)

    def _enrol(self, entry: Entry, said: Enrolment, keyid: str) -> _Change:
        cluster = said.cluster.id
        known = self._clusters.get(cluster.text)
        check_link(f"chain of {cluster.name}", said.chain, known.chain if known else None)
        check_enrolment(said, known)
        head = ChainHead(said.chain.seq, entry.envelope_sha256)
        before = known or ClusterState(cluster, head)
        after = dataclasses.replace(before, chain=head, enrolled=said.action == "enter", since=said.day)
        return InboxName(attestor_prefix(keyid), cluster.path, said.chain.seq), partial(self.set_cluster, after)

    def _seal(self, index: int, entry: Entry, said: ClusterDay, keyid: str) -> _Change:
        cluster = said.cluster.id
        known = self._clusters.get(cluster.text)
        check_link(f"chain of {cluster.name}", said.chain, known.chain if known else None)
        known = check_cluster_day(entry, said, known, len(self.revisions(cluster, said.day)))
        head = DayHead(said.day, said.revision, entry.envelope_sha256, index, said.status)
        newest = head if known.newest is None or known.newest.day <= head.day else known.newest
        after = dataclasses.replace(known, chain=ChainHead(said.chain.seq, entry.envelope_sha256), newest=newest)
        return InboxName(attestor_prefix(keyid), cluster.path, said.chain.seq), partial(self.set_cluster, after, head)

    def _own_statement(self, entry: Entry, said: Inventory | Reverification, keyid: str) -> _Change:
        chain = INVENTORY_CHAIN if isinstance(said, Inventory) else REVERIFICATION_CHAIN
        check_link(f"chain {chain} of {keyid[:16]}", said.chain, self._own.get((keyid, chain)))
        parse_time(said.at, subject=f"chain {chain} of {keyid[:16]}")
        head = ChainHead(said.chain.seq, entry.envelope_sha256)
        newest = LatestInventory(attestor=keyid, envelope_sha256=entry.envelope_sha256, at=said.at)
        inventory = newest if isinstance(said, Inventory) else None
        name = InboxName(attestor_prefix(keyid), chain, said.chain.seq)
        return name, partial(self.set_own, keyid, chain, head, inventory)
