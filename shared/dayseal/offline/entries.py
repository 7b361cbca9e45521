"""V4 to V6: every entry lies in the log, its key was delegated, and its signature holds."""

import dataclasses
from collections.abc import Sequence

from dayseal.attest.dsse import open_envelope
from dayseal.attest.predicates import (
    ChainReset,
    ClusterDay,
    Delegation,
    Enrolment,
    Genesis,
    Inventory,
    Reverification,
    RollCall,
)
from dayseal.errors import ChainError, ProofError, TrustError
from dayseal.evidence import LoggedEntry, StatedEntry
from dayseal.ledger.admission import check_attestor, check_genesis, check_recorder, check_root_signatures
from dayseal.ledger.delegations import DelegationEntry, Delegations, Role, spki_of
from dayseal.ledger.entry import Entry, parse_entry
from dayseal.merkle import leaf_hash, verify_inclusion
from dayseal.model import Verdict
from dayseal.notes import Checkpoint
from dayseal.offline.head import Pinned
from dayseal.offline.result import VerifiedStep


@dataclasses.dataclass(frozen=True, slots=True)
class DelegatedEntry:
    """An entry whose key may say what it says; `spki` is that key, empty where root keys signed."""

    index: int
    entry: Entry
    spki: bytes


def prove_inclusion(entries: Sequence[LoggedEntry], checkpoint: Checkpoint) -> VerifiedStep:
    """V4: prove each entry's bytes to be in the log at its index.

    Raises:
        ProofError: a path does not lead from the entry to the checkpoint's root.
    """
    head = checkpoint.head
    for entry in entries:
        try:
            verify_inclusion(
                leaf=leaf_hash(entry.envelope), index=entry.index, size=head.size, path=entry.path, root=head.root
            )
        except ProofError as exc:
            raise ProofError(f"entry {entry.index}: not in the log of {head.size} entries ({exc})") from exc
    return VerifiedStep(4, Verdict.PASS, (f"{len(entries)} entries are in the log, byte for byte",), ("V2",))


def check_delegations(
    entries: Sequence[LoggedEntry], checkpoint: Checkpoint, pinned: Pinned
) -> tuple[VerifiedStep, tuple[DelegatedEntry, ...]]:
    """V5: replay genesis and delegations with the pinned roots; require a grant, in scope, for each other entry.

    Every roll-call says how many delegations there were before it, so that one left out shows.

    Raises:
        FormatError: an entry is none of ours.
        TrustError: the genesis is not the pinned one; a key is not granted, revoked or out of scope.
        ChainError: there is no genesis; a delegation was left out.
        SignatureError: root keys did not sign.
    """
    parsed = [(e.index, parse_entry(e.envelope, subject=f"entry {e.index}")) for e in entries]
    genesis, delegations = _replay_roots(parsed, checkpoint.origin, pinned)
    delegated = tuple(_judge(index, entry, genesis, delegations, pinned) for index, entry in parsed)
    counted = [e.statement.predicate.number for _, e in parsed if isinstance(e.statement.predicate, RollCall)]
    proved = [
        f"{genesis.threshold} of {len(genesis.roots)} pinned root keys founded the log",
        f"{delegations.count} delegations, head {delegations.head[:16]}, cover every signing key at its entry",
    ]
    not_shown = "that no revocation was left out: no roll-call is here"
    if counted:
        proved.append(f"no delegation before roll-call {max(counted)} is left out")
        not_shown = f"that no key was revoked after roll-call {max(counted)}"
    return VerifiedStep(5, Verdict.PASS, tuple(proved), ("V1", "V4"), (not_shown,)), delegated


def open_statements(entries: Sequence[DelegatedEntry]) -> tuple[VerifiedStep, tuple[StatedEntry, ...]]:
    """V6: verify each signature with the very key that V5 accepted; give the statements in log order.

    Raises:
        SignatureError: one is wrong.
    """
    for found in entries:
        if found.spki:
            keyid = found.entry.keyids[0]
            open_envelope(found.entry.data, {keyid: found.spki}, subject=f"entry {found.index}")
    stated = tuple(StatedEntry(e.index, e.entry.envelope_sha256, e.entry.statement) for e in entries)
    proved = (f"{len(stated)} signatures hold; every statement is spelled the one way its format allows",)
    return VerifiedStep(6, Verdict.PASS, proved, ("V5",), ("that the signing keys were in the right hands",)), stated


def _replay_roots(parsed: Sequence[tuple[int, Entry]], origin: str, pinned: Pinned) -> tuple[Genesis, Delegations]:
    if not parsed or parsed[0][0] != 0 or not isinstance(parsed[0][1].statement.predicate, Genesis):
        raise ChainError("entries: no genesis, entry 0 promised")
    genesis = parsed[0][1].statement.predicate
    check_genesis(parsed[0][1], genesis, origin, pinned.root_keys, check=True)
    delegated: list[DelegationEntry] = []
    for index, entry in parsed[1:]:
        said = entry.statement.predicate
        if isinstance(said, Genesis):
            raise ChainError(f"entry {index}: a second genesis, one at entry 0 promised")
        if isinstance(said, Delegation):
            check_root_signatures(f"entry {index}", entry, genesis.threshold, pinned.root_keys, check=True)
            delegated.append(DelegationEntry(index, entry.envelope_sha256, said))
        if isinstance(said, RollCall):
            _count_delegations(said, delegated)
    return genesis, Delegations(tuple(delegated))


def _count_delegations(said: RollCall, delegated: Sequence[DelegationEntry]) -> None:
    head = delegated[-1].envelope_sha256 if delegated else ""
    if (said.delegations, said.delegation_head) != (len(delegated), head):
        raise ChainError(
            f"roll-call {said.number}: {said.delegations} delegations under head {said.delegation_head[:16]}, "
            f"{len(delegated)} under {head[:16]} are here: one was left out"
        )


def _judge(index: int, entry: Entry, genesis: Genesis, delegations: Delegations, pinned: Pinned) -> DelegatedEntry:
    match entry.statement.predicate:
        case Genesis() | Delegation():
            return DelegatedEntry(index, entry, b"")
        case ChainReset():
            check_root_signatures(f"entry {index}", entry, genesis.threshold, pinned.root_keys, check=True)
            return DelegatedEntry(index, entry, b"")
        case RollCall():
            check_recorder(index, entry, delegations, check=False)
            return DelegatedEntry(index, entry, _key(index, entry, delegations, "recorder"))
        case Enrolment() | ClusterDay() as said:
            check_attestor(index, entry, delegations, said.cluster.id, check=False)
            return DelegatedEntry(index, entry, _key(index, entry, delegations, "attestor"))
        case Inventory() | Reverification():
            check_attestor(index, entry, delegations, None, check=False)
            return DelegatedEntry(index, entry, _key(index, entry, delegations, "attestor"))
        case other:
            raise TrustError(f"entry {index}: {type(other).__name__} has no place in evidence")


def _key(index: int, entry: Entry, delegations: Delegations, role: Role) -> bytes:
    return spki_of(delegations.key_for(entry.keyids[0], index, role))
