"""Step 7, second half: sign a statement at the end of its chain and hand it to the recorder's inbox."""

import dataclasses
from collections.abc import Mapping

from dayseal.attest.dsse import open_envelope, sign_envelope
from dayseal.attest.keys import keyid_of
from dayseal.attest.predicates import Chain, SeenHead
from dayseal.attest.statement import Statement, encode_statement
from dayseal.codec import sha256_hex
from dayseal.errors import FormatError, SignatureError, TamperError
from dayseal.ledger.layout import INVENTORY_CHAIN, REVERIFICATION_CHAIN
from dayseal.ledger.reader import LedgerReader
from dayseal.steps.parts import Parts


@dataclasses.dataclass(frozen=True, slots=True)
class Submitted:
    """An envelope that lies in the inbox; `ours` is False when an earlier run had put another one there first."""

    envelope: bytes
    ours: bool


class Chains:
    """The ends of this attestor's chains during one run, as the ledger had them when the run began.

    Every statement goes to the inbox under its number, create-if-absent, before the next one is made: that
    makes two runs of one attestor linear.
    """

    def __init__(self, parts: Parts, ledger: LedgerReader) -> None:
        self._parts = parts
        self._state = ledger.state()
        head = ledger.head().checkpoint.head
        self._seen = SeenHead(size=head.size, root=head.root.hex())
        self._ends: dict[str, tuple[int, str]] = {}

    def next(self, name: str) -> Chain:
        """Give the next place in the chain `name` (a cluster's path, or one of the attestor's own)."""
        end = self._ends.get(name) or self._recorded(name)
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

    def _require_ours(self, stored: bytes, place: str) -> None:
        # An earlier run of ours is taken at its word; what anybody else put there would never be admitted,
        # and all that we chained to it neither.
        spki = self._parts.attestor.spki
        try:
            open_envelope(stored, {keyid_of(spki): spki}, subject=place)
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
