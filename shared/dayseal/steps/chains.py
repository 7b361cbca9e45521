"""Step 7, second half: sign a statement at the end of its chain and hand it to the recorder's inbox.

Where the recorder runs by itself, what an earlier run submitted may still wait there: the chain goes on behind it.
"""

import dataclasses
import itertools
from collections.abc import Iterator, Mapping

from dayseal.attest.dsse import open_envelope, sign_envelope
from dayseal.attest.keys import keyid_of
from dayseal.attest.predicates import Chain, SeenHead
from dayseal.attest.statement import Statement, encode_statement, open_statement
from dayseal.codec import Wire, sha256_hex
from dayseal.errors import FormatError, SignatureError, TamperError
from dayseal.ledger.layout import INVENTORY_CHAIN, REVERIFICATION_CHAIN
from dayseal.ledger.reader import LedgerReader
from dayseal.steps.parts import Parts


@dataclasses.dataclass(frozen=True, slots=True)
class Submitted:
    """An envelope that lies in the inbox; `ours` is False when an earlier run had put another one there first."""

    envelope: bytes
    ours: bool


@dataclasses.dataclass(frozen=True, slots=True)
class Waiting:
    """A statement of this attestor's that lies in the inbox and is not in the ledger."""

    seq: int
    envelope_sha256: str
    predicate: Wire


class Chains:
    """The ends of this attestor's chains during one run: as the ledger had them when the run began, and what waits.

    Every statement goes to the inbox under its number, create-if-absent, before the next one is made: that
    makes two runs of one attestor linear.
    """

    def __init__(self, parts: Parts, ledger: LedgerReader) -> None:
        self._parts = parts
        self._state = ledger.state()
        head = ledger.head().checkpoint.head
        self._seen = SeenHead(size=head.size, root=head.root.hex())
        self._ends: dict[str, tuple[int, str]] = {}
        self._waiting: dict[str, tuple[Waiting, ...]] = {}

    def waiting(self, name: str) -> tuple[Waiting, ...]:
        """Give what waits of the chain `name` behind its end in the ledger, in order; asked for once a run.

        It ends before an envelope that is not ours: what would be chained to that is never admitted.
        """
        if name not in self._waiting:
            self._waiting[name] = tuple(self._wait(name))
        return self._waiting[name]

    def next(self, name: str) -> Chain:
        """Give the next place in the chain `name` (a cluster's path, or one of the attestor's own)."""
        end = self._ends.get(name) or self._waited(name) or self._recorded(name)
        if end is None:
            return Chain(seq=0, previous_envelope_sha256=None, seen_head=self._seen)
        return Chain(seq=end[0] + 1, previous_envelope_sha256=end[1], seen_head=self._seen)

    def submit(self, name: str, statement: Statement, chain: Chain, objects: Mapping[str, bytes]) -> Submitted:
        """Sign, verify and submit; the objects (by digest) go first.

        A crash before the envelope is in the inbox leaves objects nobody names; after it, the recorder has all.

        Raises:
            FormatError: the statement is too large.
            SignatureError: our own signature does not verify.
            TamperError: somebody else put an envelope under this name.
        """
        envelope = sign_envelope(encode_statement(statement), [self._parts.attestor])
        stored = self._parts.submitter.submit(envelope, name, chain.seq, objects)
        if stored != envelope:
            self._require_ours(stored, f"{name} number {chain.seq}")
        self._ends[name] = (chain.seq, sha256_hex(stored))
        return Submitted(stored, ours=stored == envelope)

    def _wait(self, name: str) -> Iterator[Waiting]:
        end = self._recorded(name)
        for seq in itertools.count(0 if end is None else end[0] + 1):
            stored = self._parts.submitter.submitted(name, seq)
            if stored is None:
                return
            try:
                said = self._require_ours(stored, f"{name} number {seq}")
            except TamperError:
                return
            yield Waiting(seq, sha256_hex(stored), said.predicate)

    def _waited(self, name: str) -> tuple[int, str] | None:
        waiting = self.waiting(name)
        return (waiting[-1].seq, waiting[-1].envelope_sha256) if waiting else None

    def _require_ours(self, stored: bytes, place: str) -> Statement:
        # An earlier run of ours is taken at its word; what anybody else put there would never be admitted,
        # and all that we chained to it neither.
        spki = self._parts.attestor.spki
        try:
            payload, _ = open_envelope(stored, {keyid_of(spki): spki}, subject=place)
            return open_statement(payload, subject=place)
        except (FormatError, SignatureError) as exc:
            raise TamperError(
                f"inbox: {place} is taken by an envelope that this attestor did not sign ({exc})",
                hint="find out who may write to this attestor's inbox; remove it, or reset the chain beyond it",
            ) from exc

    def _recorded(self, name: str) -> tuple[int, str] | None:
        if name in (INVENTORY_CHAIN, REVERIFICATION_CHAIN):
            own = self._state.own_chain(keyid_of(self._parts.attestor.spki), name)
            return None if own is None else (own.seq, own.envelope_sha256)
        for known in self._state.clusters():
            if known.cluster.path == name:
                return known.chain.seq, known.chain.envelope_sha256
        return None
