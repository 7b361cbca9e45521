"""The first entries of a new ledger: genesis and the first delegations."""

from collections.abc import Sequence

from dayseal.attest.keys import keyid_of
from dayseal.attest.predicates import Genesis
from dayseal.codec import decode_base64
from dayseal.errors import FormatError, TamperError, UsageError
from dayseal.ledger.commit import Committer
from dayseal.ledger.entry import parse_entry
from dayseal.ledger.layout import CHECKPOINT, CHECKPOINTS, TILES
from dayseal.ledger.probe import probe_guard, probe_store
from dayseal.ledger.state import LedgerState
from dayseal.model import TreeHead
from dayseal.ports import HeadGuard, ObjectStore, Signer


def create_ledger(
    store: ObjectStore, guard: HeadGuard, *, origin: str, genesis: bytes, delegations: Sequence[bytes], log: Signer
) -> TreeHead:
    """Create a ledger whose entries 0 and on are these envelopes, and give its head.

    A run that was cut off is finished by calling this again with the same envelopes.

    Raises:
        UsageError: there is a ledger already, or the stores do not keep what it rests on (`ledger.probe`).
        TamperError: there is a ledger, but no head guard.
        RefutedError: the envelopes would not be admitted.
    """
    entries = (genesis, *delegations)
    state = LedgerState(origin, _roots_named(genesis))
    for index, envelope in enumerate(entries):
        state.apply(index, envelope)
    committer = Committer(store, guard, origin=origin, log=log)
    if guard.read() is not None:
        view = committer.repair()
        if view.head.size != len(entries) or tuple(view.entries(0, len(entries))) != entries:
            raise UsageError("ledger: it exists already", hint="use it, or choose another place")
        return view.head
    for prefix in (CHECKPOINT, CHECKPOINTS, TILES):  # commit objects alone are what a crash before the guard leaves
        for key in store.keys(prefix):
            raise TamperError(f"{key}: exists, but no head guard", hint="restore the guard; never create it anew")
    probe_store(store)
    head = committer.found(entries)
    probe_guard(guard)
    return head


def _roots_named(genesis: bytes) -> dict[str, bytes]:
    said = parse_entry(genesis, subject="genesis").statement.predicate
    if not isinstance(said, Genesis):
        raise FormatError(f"entry 0: {type(said).__name__}, a genesis promised")
    spkis = [decode_base64(root.spki, subject=f"root key {root.name}") for root in said.roots]
    return {keyid_of(spki): spki for spki in spkis}
