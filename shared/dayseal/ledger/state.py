"""What a ledger says when its entries are replayed from the first: trust, chains, days, roll-calls.

Admission and replay are one and the same function: `apply`. The recorder calls it before it commits
an entry, everybody else afterwards.
"""

import dataclasses
from collections.abc import Iterator, Mapping

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
from dayseal.errors import ChainError
from dayseal.ledger.admission import (
    check_attestor,
    check_cluster_day,
    check_genesis,
    check_link,
    check_recorder,
    check_roll_call,
    check_root_signatures,
)
from dayseal.ledger.delegations import DelegationEntry, Delegations
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
from dayseal.model import ClusterId


class LedgerState:
    """The ledger's content so far, one entry after the other.

    `origin` and `roots` (keyid to SPKI) are what the reader pins; the genesis entry must agree.
    """

    def __init__(self, origin: str, roots: Mapping[str, bytes]) -> None:
        self._origin = origin
        self._roots = dict(roots)
        self._size = 0
        self._genesis: Genesis | None = None
        self._delegations = Delegations()
        self._clusters: dict[str, ClusterState] = {}  # by ClusterId.text
        self._by_path: dict[str, str] = {}  # ClusterId.path -> text
        self._days: dict[tuple[str, str], tuple[DayHead, ...]] = {}
        self._own: dict[tuple[str, str], ChainHead] = {}  # (keyid, chain name)
        self._inventories: dict[str, LatestInventory] = {}
        self._roll_call: RollCallHead | None = None
        self._names: set[InboxName] = set()

    @property
    def size(self) -> int:
        """How many entries were applied; the index of the next one."""
        return self._size

    @property
    def genesis(self) -> Genesis:
        """Entry 0.

        Raises:
            ChainError: nothing was applied yet.
        """
        if self._genesis is None:
            raise ChainError("ledger: no genesis entry, one at index 0 promised")
        return self._genesis

    @property
    def delegations(self) -> Delegations:
        """The chain of delegations so far."""
        return self._delegations

    @property
    def roll_call(self) -> RollCallHead | None:
        """The newest roll-call, None before the first."""
        return self._roll_call

    @property
    def inventories(self) -> tuple[LatestInventory, ...]:
        """The newest inventory of every attestor, by key id."""
        return tuple(self._inventories[keyid] for keyid in sorted(self._inventories))

    def clusters(self) -> tuple[ClusterState, ...]:
        """Every cluster that ever entered, by its text."""
        return tuple(self._clusters[text] for text in sorted(self._clusters))

    def enrolled(self) -> tuple[ClusterState, ...]:
        """The clusters that are expected now, by their text."""
        return tuple(c for c in self.clusters() if c.enrolled)

    def cluster(self, cluster: ClusterId) -> ClusterState | None:
        """Give a cluster's state, None when it never entered."""
        return self._clusters.get(cluster.text)

    def revisions(self, cluster: ClusterId, day: str) -> tuple[DayHead, ...]:
        """Give every revision of a cluster's day (`2026-11-22`), oldest first; empty when there is none."""
        return self._days.get((cluster.text, day), ())

    def days(self, cluster: ClusterId) -> tuple[str, ...]:
        """Give the days of which the ledger holds a statement, in order."""
        return tuple(sorted(day for text, day in self._days if text == cluster.text))

    def all_days(self) -> Iterator[tuple[ClusterId, DayHead]]:
        """Give every revision of every day, in no promised order."""
        for (text, _), revisions in self._days.items():
            for head in revisions:
                yield self._clusters[text].cluster, head

    def own_chain(self, keyid: str, chain: str) -> ChainHead | None:
        """Give the head of an attestor's own chain (`~inventory`, `~reverification`), None before its first."""
        return self._own.get((keyid, chain))

    def admitted(self, name: InboxName) -> bool:
        """Say whether the envelope submitted under this name is in the ledger."""
        return name in self._names

    def next_seq(self, name: InboxName) -> int:
        """Give the number that the chain of this inbox name needs next."""
        if name.attestor == ROOTS:
            return self._delegations.count if name.chain == DELEGATION_CHAIN else name.seq
        if name.chain in (INVENTORY_CHAIN, REVERIFICATION_CHAIN):
            keyid = self._delegations.keyid_of_attestor(name.attestor) or ""
            own = self._own.get((keyid, name.chain))
            return own.seq + 1 if own else 0
        text = self._by_path.get(name.chain)
        return self._clusters[text].chain.seq + 1 if text else 0

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
        subject = f"entry {index}"
        if index != self._size:
            raise ChainError(f"{subject}: the next entry has index {self._size}")
        entry = parse_admitted(envelope, subject=subject) if admitted else parse_entry(envelope, subject=subject)
        name = self._dispatch(index, entry, check=not admitted)
        if name is not None:
            self._names.add(name)
        self._size += 1
        return name

    def _dispatch(self, index: int, entry: Entry, *, check: bool) -> InboxName | None:
        match entry.statement.predicate:
            case Genesis() as said:
                check_genesis(index, entry, said, self._origin, self._roots, check=check)
                self._genesis = said
                return None
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
                self._roll_call = RollCallHead(said.number, entry.envelope_sha256, said.day, index)
                return None
            case other:
                raise ChainError(f"entry {index}: {type(other).__name__} has no place in a ledger")

    def _delegate(self, index: int, entry: Entry, said: Delegation, *, check: bool) -> InboxName:
        check_root_signatures(index, entry, self.genesis, self._roots, check=check)
        self._delegations = self._delegations.extend(DelegationEntry(index, entry.envelope_sha256, said))
        return InboxName(ROOTS, DELEGATION_CHAIN, said.number)

    def _reset(self, index: int, entry: Entry, said: ChainReset, *, check: bool) -> InboxName:
        check_root_signatures(index, entry, self.genesis, self._roots, check=check)
        known = self._clusters.get(said.cluster.id.text)
        if known is None or said.seq <= known.chain.seq:
            raise ChainError(f"chain reset of {said.cluster.name} to {said.seq}: beyond the newest number promised")
        head = ChainHead(said.seq, entry.envelope_sha256)
        self._clusters[known.cluster.text] = dataclasses.replace(known, chain=head)
        return InboxName(ROOTS, f"{RESET_CHAIN}/{known.cluster.path}", said.seq)

    def _enrol(self, entry: Entry, said: Enrolment, keyid: str) -> InboxName:
        cluster = said.cluster.id
        known = self._clusters.get(cluster.text)
        check_link(f"chain of {cluster.name}", said.chain, known.chain if known else None)
        entering = said.action == "enter"
        if entering == (known is not None and known.enrolled):
            raise ChainError(f"enrolment of {cluster.name}: asks to {said.action}, which it already did")
        head = ChainHead(said.chain.seq, entry.envelope_sha256)
        before = known or ClusterState(cluster, head)
        self._clusters[cluster.text] = dataclasses.replace(before, chain=head, enrolled=entering, since=said.day)
        self._by_path[cluster.path] = cluster.text
        return InboxName(attestor_prefix(keyid), cluster.path, said.chain.seq)

    def _seal(self, index: int, entry: Entry, said: ClusterDay, keyid: str) -> InboxName:
        cluster = said.cluster.id
        known = self._clusters.get(cluster.text)
        check_link(f"chain of {cluster.name}", said.chain, known.chain if known else None)
        revisions = self._days.get((cluster.text, said.day), ())
        check_cluster_day(entry, said, known, len(revisions))
        head = DayHead(said.day, said.revision, entry.envelope_sha256, index, said.status)
        self._days[(cluster.text, said.day)] = (*revisions, head)
        if known is not None:
            newest = max(known.newest, head, key=lambda h: h.day) if known.newest else head
            if newest.day == head.day:
                newest = head
            chain = ChainHead(said.chain.seq, entry.envelope_sha256)
            self._clusters[cluster.text] = dataclasses.replace(known, chain=chain, newest=newest)
        return InboxName(attestor_prefix(keyid), cluster.path, said.chain.seq)

    def _own_statement(self, entry: Entry, said: Inventory | Reverification, keyid: str) -> InboxName:
        chain = INVENTORY_CHAIN if isinstance(said, Inventory) else REVERIFICATION_CHAIN
        check_link(f"chain {chain} of {keyid[:16]}", said.chain, self._own.get((keyid, chain)))
        self._own[(keyid, chain)] = ChainHead(said.chain.seq, entry.envelope_sha256)
        if isinstance(said, Inventory):
            self._inventories[keyid] = LatestInventory(
                attestor=keyid, envelope_sha256=entry.envelope_sha256, at=said.at
            )
        return InboxName(attestor_prefix(keyid), chain, said.chain.seq)
