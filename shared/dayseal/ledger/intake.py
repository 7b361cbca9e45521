"""Which submitted envelope is looked at next: fair between chains, in order within one.

Pure: it knows names, not bytes. A chain never waits for another one, and an attestor that fills the
inbox only uses up its own quota.
"""

import collections
import dataclasses
from collections.abc import Iterable

from dayseal.errors import UsageError
from dayseal.ledger.layout import (
    INVENTORY_CHAIN,
    REVERIFICATION_CHAIN,
    ROOTS,
    InboxName,
    is_inbox_object,
    parse_inbox_key,
)
from dayseal.ledger.state import LedgerState


@dataclasses.dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one recorder run.

    `batch` entries a commit; `quota` envelopes looked at for each attestor; an envelope has at most
    `envelope_bytes`, an object beside it at most `object_bytes`.
    """

    batch: int = 30
    quota: int = 5_000
    envelope_bytes: int = 65_536
    object_bytes: int = 64 * 1024 * 1024

    def __post_init__(self) -> None:
        if min(self.batch, self.quota, self.envelope_bytes, self.object_bytes) < 1:
            raise UsageError("recorder limits: 0 or less, 1 or more promised")


@dataclasses.dataclass(frozen=True, slots=True)
class Candidate:
    """An inbox key to look at; `name` is None when it is no name an attestor may use."""

    key: str
    name: InboxName | None


@dataclasses.dataclass(frozen=True, slots=True)
class Held:
    """A submission that stays in the inbox for a later run, and why."""

    key: str
    reason: str


class Intake:
    """The submissions of one run: the inbox' `keys`, without those that `state` shows as admitted."""

    def __init__(self, keys: Iterable[str], state: LedgerState, limits: Limits) -> None:
        self._limits = limits
        self._used: collections.Counter[str] = collections.Counter()
        self._held: list[Held] = []
        chains: dict[tuple[int, str], list[Candidate]] = {}
        for key in keys:
            name = parse_inbox_key(key)
            if is_inbox_object(key) or (name and state.admitted(name)):
                continue
            chains.setdefault(_chain_of(name), []).append(Candidate(key, name))
        for waiting in chains.values():
            waiting.sort(key=lambda c: (c.name.seq if c.name else 0, c.key))
        self._chains = collections.deque(collections.deque(chains[chain]) for chain in sorted(chains))

    @property
    def held(self) -> tuple[Held, ...]:
        """What was held so far, in the order it came up."""
        return tuple(self._held)

    def hold(self, key: str, reason: str) -> None:
        """Leave a submission for a later run."""
        self._held.append(Held(key, reason))

    def next(self, state: LedgerState) -> Candidate | None:
        """Give the next submission whose turn it is in `state`, None when all were looked at.

        Early numbers and what exceeds a quota are held, unread. All strangers share one quota.
        """
        while self._chains:
            chain = self._chains.popleft()
            candidate = chain.popleft()
            if chain:
                # Root keys go first, a chain at a time: what they grant or reset others wait for.
                (self._chains.appendleft if _is_root(candidate) else self._chains.append)(chain)
            reason = self._why_not(candidate, state)
            if not reason:
                return candidate
            self.hold(candidate.key, reason)
        return None

    def _why_not(self, candidate: Candidate, state: LedgerState) -> str:
        name = candidate.name
        if name and name.seq > (due := state.next_seq(name)):
            return f"early: number {name.seq}, the chain needs {due} next"
        known = name and (name.attestor == ROOTS or state.delegations.keyid_of_attestor(name.attestor))
        whose = name.attestor if name and known else "strangers"
        self._used[whose] += 1
        if self._used[whose] > self._limits.quota:
            return f"quota: {self._limits.quota} submissions of {whose} looked at in this run"
        return ""


def _chain_of(name: InboxName | None) -> tuple[int, str]:
    if name is None:
        return (2, "")
    if name.attestor == ROOTS:
        return (0, name.chain)
    if name.chain in (INVENTORY_CHAIN, REVERIFICATION_CHAIN):
        return (1, f"{name.chain}/{name.attestor}")
    return (1, name.chain)  # a cluster's chain is one, whoever writes to it


def _is_root(candidate: Candidate) -> bool:
    return candidate.name is not None and candidate.name.attestor == ROOTS
