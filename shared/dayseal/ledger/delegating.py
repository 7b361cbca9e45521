"""Where the next delegation goes: after the newest one, and what must sign it."""

import dataclasses
from collections.abc import Sequence

from dayseal.attest.keys import SigningKey, keyid_of
from dayseal.attest.predicates import Genesis
from dayseal.codec import decode_base64
from dayseal.errors import UsageError
from dayseal.ledger.delegations import Delegations


@dataclasses.dataclass(frozen=True, slots=True)
class DelegationPlace:
    """The end of the chain of delegations as somebody saw it when the log had `size` entries.

    `previous` is the newest delegation's number and envelope digest, None before the first. `threshold` of the keys
    `roots` (key ids) must sign; no roots: not known here.
    """

    previous: tuple[int, str] | None
    size: int
    threshold: int = 1
    roots: frozenset[str] = frozenset()

    @classmethod
    def after(cls, delegations: Delegations, genesis: Genesis, size: int) -> "DelegationPlace":
        """Give the place behind these delegations."""
        roots = frozenset(keyid_of(decode_base64(r.spki, subject=f"root key {r.name}")) for r in genesis.roots)
        newest = (delegations.count - 1, delegations.head) if delegations.count else None
        return cls(newest, size, genesis.threshold, roots)

    def check_roots(self, keys: Sequence[SigningKey]) -> None:
        """Require enough root keys and no others, so far as they are known.

        Raises:
            UsageError: they are not.
        """
        given = [keyid_of(key.spki) for key in keys]
        for keyid in given:
            if self.roots and keyid not in self.roots:
                raise UsageError(f"root key {keyid[:16]}: none of the ledger's root keys")
        if len(set(given)) != len(given) or len(given) < self.threshold:
            raise UsageError(f"{len(given)} root keys given, {self.threshold} different ones promised")
