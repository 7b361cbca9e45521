"""Which keys may speak at which entry."""

import dataclasses

import msgspec
import pytest

from dayseal.attest.keys import keyid_of
from dayseal.attest.predicates import Delegation
from dayseal.errors import ChainError, FormatError, TrustError
from dayseal.ledger.delegations import DelegationEntry, Delegations, spki_of
from dayseal.testing.keys import Ed25519Signer, P256Signer
from dayseal.testing.statements import delegation

ALICE, BOB = Ed25519Signer("alice"), P256Signer("bob")
ALICE_ID, BOB_ID = keyid_of(ALICE.spki), keyid_of(BOB.spki)


def chain_of(*said: tuple[int, Delegation]) -> Delegations:
    """Build a chain from (entry index, delegation); numbers and links are filled in."""
    entries: list[DelegationEntry] = []
    for number, (index, one) in enumerate(said):
        link = entries[-1].envelope_sha256 if entries else None
        linked = msgspec.structs.replace(one, number=number, previous_envelope_sha256=link)
        entries.append(DelegationEntry(index, f"{index:064x}", linked))
    return Delegations(tuple(entries))


def grant(key: Ed25519Signer | P256Signer = ALICE, *, start: int = 0, role: str = "attestor") -> Delegation:
    """Give a grant; number and link are filled in by `chain_of`."""
    return delegation(0, None, key, role=role, from_index=start)


def revoke(key: Ed25519Signer | P256Signer = ALICE, *, start: int = 0, role: str = "attestor") -> Delegation:
    """Give a revocation; number and link are filled in by `chain_of`."""
    return delegation(0, None, key, action="revoke", role=role, from_index=start)


def test_a_grant_holds_from_the_entry_after_it() -> None:
    """An entry must not be able to vouch for itself or for what came before."""
    known = chain_of((3, grant()))
    with pytest.raises(TrustError, match="not granted yet"):
        known.key_for(ALICE_ID, 3, "attestor")
    assert known.key_for(ALICE_ID, 4, "attestor").keyid == ALICE_ID


def test_a_grant_may_hold_only_later() -> None:
    """Keys are announced before they are used."""
    known = chain_of((3, grant(start=10)))
    with pytest.raises(TrustError, match="not granted yet at entry 9"):
        known.key_for(ALICE_ID, 9, "attestor")
    assert known.key_for(ALICE_ID, 10, "attestor").keyid == ALICE_ID


def test_a_revocation_reaches_back_to_its_index() -> None:
    """A key is known to be stolen only after the thief has used it."""
    known = chain_of((1, grant()), (20, revoke(start=10)))
    assert known.key_for(ALICE_ID, 9, "attestor").keyid == ALICE_ID
    for index in (10, 15, 25):
        with pytest.raises(TrustError, match="revoked from entry 10"):
            known.key_for(ALICE_ID, index, "attestor")


def test_a_later_grant_restores_a_key_for_later_entries_only() -> None:
    """What the thief signed stays refused."""
    known = chain_of((1, grant()), (20, revoke(start=10)), (30, grant()))
    assert known.key_for(ALICE_ID, 31, "attestor").number == 2
    for index in (10, 25, 30):
        with pytest.raises(TrustError, match="revoked"):
            known.key_for(ALICE_ID, index, "attestor")


def test_roles_and_keys_are_apart() -> None:
    """An attestor's key signs no roll-call, and revoking one key leaves the other alone."""
    known = chain_of((1, grant()), (2, grant(BOB, role="recorder")), (3, revoke()))
    assert known.key_for(BOB_ID, 9, "recorder").keyid == BOB_ID
    with pytest.raises(TrustError, match="delegated as recorder, attestor promised"):
        known.key_for(BOB_ID, 9, "attestor")
    with pytest.raises(TrustError, match="no delegation names it"):
        known.key_for("0" * 64, 9, "attestor")


@pytest.mark.parametrize("change", [{"number": 2}, {"previous_envelope_sha256": "0" * 64}])
def test_a_hole_or_a_branch_in_the_chain_is_refused(change: dict[str, object]) -> None:
    """An omitted revocation must show."""
    good = chain_of((1, grant()), (2, grant(BOB)))
    last = good.entries[1]
    last = dataclasses.replace(last, delegation=msgspec.structs.replace(last.delegation, **change))
    with pytest.raises(ChainError):
        Delegations((good.entries[0], last))


def test_delegations_stand_in_order_of_their_entries() -> None:
    """A list that was put together in another order is another history."""
    with pytest.raises(ChainError, match="behind entry 5"):
        chain_of((5, grant()), (5, grant(BOB)))


def test_the_key_id_must_be_that_of_the_key() -> None:
    """Else one key's entries would be judged by another one's scope."""
    swapped = msgspec.structs.replace(grant(), keyid=BOB_ID)
    with pytest.raises(TrustError, match="not that of its key"):
        chain_of((1, swapped))
    with pytest.raises(FormatError):
        spki_of(msgspec.structs.replace(grant(), spki="%%%"))
