"""What a replay keeps: where every chain, cluster and day of the ledger stands, and questions about it."""

from collections.abc import Iterator, Mapping

from dayseal.attest.predicates import Genesis, LatestInventory
from dayseal.errors import ChainError
from dayseal.ledger.delegations import Delegations, spki_of
from dayseal.ledger.heads import ChainHead, ClusterState, DayHead, RollCallHead
from dayseal.ledger.layout import DELEGATION_CHAIN, INVENTORY_CHAIN, REVERIFICATION_CHAIN, ROOTS, InboxName
from dayseal.model import ClusterId


class LedgerTables:
    """The tables behind `LedgerState`; only `LedgerState` fills them."""

    def __init__(self, origin: str, roots: Mapping[str, bytes]) -> None:
        self._origin = origin
        self._roots = dict(roots)
        self._size = 0
        self._genesis: Genesis | None = None
        self._delegations = Delegations()
        self._clusters: dict[str, ClusterState] = {}  # by ClusterId.text
        self._by_path: dict[str, str] = {}  # ClusterId.path -> text
        self._days: dict[str, dict[str, tuple[DayHead, ...]]] = {}  # text -> day -> revisions
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

    def known_keys(self) -> dict[str, bytes]:
        """Give every key that may have signed an entry so far, root keys included: key id to SPKI."""
        delegated = {e.delegation.keyid: spki_of(e.delegation) for e in self._delegations.entries}
        return {**delegated, **self._roots}

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
        return self._days.get(cluster.text, {}).get(day, ())

    def days(self, cluster: ClusterId) -> tuple[str, ...]:
        """Give the days of which the ledger holds a statement, in order."""
        return tuple(sorted(self._days.get(cluster.text, {})))

    def all_days(self) -> Iterator[tuple[ClusterId, DayHead]]:
        """Give every revision of every day, in no promised order."""
        for text, days in self._days.items():
            for revisions in days.values():
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

    def set_genesis(self, said: Genesis) -> None:
        """Note entry 0."""
        self._genesis = said

    def set_delegations(self, after: Delegations) -> None:
        """Note the chain of delegations as it is now."""
        self._delegations = after

    def set_roll_call(self, head: RollCallHead) -> None:
        """Note the newest roll-call."""
        self._roll_call = head

    def set_cluster(self, after: ClusterState, day: DayHead | None = None) -> None:
        """Note where a cluster stands now, and the revision of a day that took it there."""
        self._clusters[after.cluster.text] = after
        self._by_path[after.cluster.path] = after.cluster.text
        if day is not None:
            self._days.setdefault(after.cluster.text, {})[day.day] = (*self.revisions(after.cluster, day.day), day)

    def set_own(self, keyid: str, chain: str, head: ChainHead, inventory: LatestInventory | None) -> None:
        """Note where an attestor's own chain stands now, and its inventory if that is what it is."""
        self._own[(keyid, chain)] = head
        if inventory is not None:
            self._inventories[keyid] = inventory
