"""Where trust starts and whom it is handed to: genesis, delegations, chain resets."""

from typing import Literal

from dayseal.attest.predicates.shared import ClusterRef
from dayseal.codec import Wire
from dayseal.model import Scope


class RootKey(Wire):
    """A root key: its name and base64 DER SubjectPublicKeyInfo."""

    name: str
    spki: str


class Genesis(Wire):
    """Entry 0: what verifiers pin. `threshold` root signatures make a delegation valid."""

    origin: str
    log_key: str
    roots: tuple[RootKey, ...]
    threshold: int
    formats: dict[str, int]
    at: str


class KeyScope(Wire):
    """Provider and account patterns a delegated key may speak about."""

    providers: tuple[str, ...]
    accounts: tuple[str, ...]

    @property
    def scope(self) -> Scope:
        """The scope as a value that can be asked."""
        return Scope(self.providers, self.accounts)


class Delegation(Wire):
    """Root keys grant or revoke a key. Its own chain: `number` from 0, linked by envelope digests.

    A grant holds for entries with index >= max(`from_index`, its own index + 1); a revocation holds for
    entries with index >= `from_index`, so it may reach back.
    """

    number: int
    previous_envelope_sha256: str | None
    action: Literal["grant", "revoke"]
    role: Literal["attestor", "recorder"]
    name: str
    keyid: str
    spki: str
    scope: KeyScope
    from_index: int
    reason: str
    at: str


class ChainReset(Wire):
    """Root keys start a cluster's chain anew after a loss that cannot be repaired."""

    cluster: ClusterRef
    seq: int
    reason: str
    at: str
