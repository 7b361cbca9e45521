"""Which keys may speak at which entry: the chain of delegations, replayed.

The recorder asks it before it admits an entry, offline verification asks it afterwards.
"""

import dataclasses
from typing import Literal

from dayseal.attest.keys import keyid_of
from dayseal.attest.predicates import Delegation
from dayseal.codec import decode_base64
from dayseal.errors import ChainError, TrustError
from dayseal.ledger.layout import attestor_prefix

Role = Literal["attestor", "recorder"]


@dataclasses.dataclass(frozen=True, slots=True)
class DelegationEntry:
    """One delegation where it stands: its entry index and the hex SHA-256 of its envelope."""

    index: int
    envelope_sha256: str
    delegation: Delegation


@dataclasses.dataclass(frozen=True, slots=True)
class Delegations:
    """Every delegation of a ledger in order; their chain is checked on construction.

    That the root keys signed each of them is the caller's to check (`LedgerState` does).

    Raises:
        ChainError: a number or a link is wrong, or the indexes do not grow.
        TrustError: a key id is not that of its key, or shares its inbox with another key.
    """

    entries: tuple[DelegationEntry, ...] = ()

    def __post_init__(self) -> None:
        for number, entry in enumerate(self.entries):
            before = self.entries[number - 1] if number else None
            _check_link(entry, number, before)
            _check_key(entry, self.entries[:number])

    @property
    def count(self) -> int:
        """How many delegations there are; the next one has this number."""
        return len(self.entries)

    @property
    def head(self) -> str:
        """The envelope digest of the newest delegation, `""` without any."""
        return self.entries[-1].envelope_sha256 if self.entries else ""

    def extend(self, entry: DelegationEntry) -> "Delegations":
        """Give the chain with one more delegation, checked as on construction."""
        return Delegations((*self.entries, entry))

    def key_for(self, keyid: str, index: int, role: Role) -> Delegation:
        """Give the grant under which a key may sign entry `index` in this role.

        The newest grant that holds at `index` counts, unless a revocation made after that grant holds
        there too; a revocation may stand in a later entry and reach back.

        Raises:
            TrustError: the key is unknown, has another role, is not granted yet, or is revoked.
        """
        known = [e for e in self.entries if e.delegation.keyid == keyid]
        if not known:
            raise TrustError(f"key {keyid[:16]}: no delegation names it", hint="root keys grant it: a delegation entry")
        same_role = [e for e in known if e.delegation.role == role]
        if not same_role:
            raise TrustError(f"key {keyid[:16]}: delegated as {known[-1].delegation.role}, {role} promised")
        grants = [e for e in same_role if e.delegation.action == "grant" and index >= _granted_from(e)]
        if not grants:
            raise TrustError(f"key {keyid[:16]}: not granted yet at entry {index}")
        grant = grants[-1].delegation
        for entry in same_role:
            later = entry.delegation
            if later.action == "revoke" and later.number > grant.number and index >= later.from_index:
                raise TrustError(f"key {keyid[:16]}: revoked from entry {later.from_index} on, used at entry {index}")
        return grant

    def keyid_of_attestor(self, prefix: str) -> str | None:
        """Give the full id of the key whose inbox is named `prefix` (16 hex), None when there is none."""
        for entry in self.entries:
            if attestor_prefix(entry.delegation.keyid) == prefix:
                return entry.delegation.keyid
        return None


def spki_of(delegation: Delegation) -> bytes:
    """Give the delegated key as DER SubjectPublicKeyInfo.

    Raises:
        FormatError: it is not base64.
    """
    return decode_base64(delegation.spki, subject=f"delegation {delegation.number} spki")


def _granted_from(entry: DelegationEntry) -> int:
    return max(entry.delegation.from_index, entry.index + 1)


def _check_link(entry: DelegationEntry, number: int, before: DelegationEntry | None) -> None:
    said = entry.delegation
    if said.number != number:
        raise ChainError(f"delegation at entry {entry.index}: number {said.number}, {number} promised")
    link = before.envelope_sha256 if before else None
    if said.previous_envelope_sha256 != link:
        raise ChainError(f"delegation {number}: follows {said.previous_envelope_sha256}, {link} promised")
    if before and before.index >= entry.index:
        raise ChainError(f"delegation {number}: at entry {entry.index}, behind entry {before.index} promised")


def _check_key(entry: DelegationEntry, earlier: tuple[DelegationEntry, ...]) -> None:
    said = entry.delegation
    if keyid_of(spki_of(said)) != said.keyid:
        raise TrustError(f"delegation {said.number}: key id {said.keyid[:16]} is not that of its key")
    if said.from_index < 0:
        raise TrustError(f"delegation {said.number}: from entry {said.from_index}, 0 or more promised")
    for other in earlier:
        same_inbox = attestor_prefix(other.delegation.keyid) == attestor_prefix(said.keyid)
        if same_inbox and other.delegation.keyid != said.keyid:
            raise TrustError(f"delegation {said.number}: key {said.keyid[:16]} shares its inbox with another key")
