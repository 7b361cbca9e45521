"""Delegations: where the workspace's ledger stands, and how one is handed in."""

from collections.abc import Sequence
from pathlib import Path

from dayseal.attest.predicates import Delegation
from dayseal.clouds.local.public_key import read_public_key
from dayseal.clouds.local.signer import read_key
from dayseal.errors import RefutedError, UsageError
from dayseal.ledger.delegating import DelegationPlace
from dayseal.ledger.inbox import submit_delegation
from dayseal.ports import Signer
from dayseal.settings import Settings
from dayseal.wiring.places import open_store
from dayseal.wiring.workspace import open_workspace

__all__ = ["place_in_ledger", "read_public_key", "read_roots", "submit"]


def read_roots(paths: Sequence[Path]) -> tuple[Signer, ...]:
    """Read root keys from PEM files; raises as `read_key`."""
    return tuple(read_key(path) for path in paths)


def place_in_ledger(settings: Settings) -> DelegationPlace:
    """Give the place behind the delegations of the workspace's ledger as it is now.

    Raises:
        RefutedError, AccessError: the ledger does not hold together, or cannot be read.
    """
    state = open_workspace(settings).reader().state()
    return DelegationPlace.after(state.delegations, state.genesis, state.size)


def submit(settings: Settings, envelope: bytes) -> Delegation:
    """Hand a signed delegation in, after checking that the ledger as it is now would take it; give what it says.

    The recorder admits it with its next run, before anything that other keys submitted.

    Raises:
        UsageError: the ledger would not take it, or another delegation of this number waits in the inbox.
        AccessError: ledger or inbox cannot be reached.
    """
    state = open_workspace(settings).reader().state()
    try:
        said = state.prepare(state.size, envelope).entry.statement.predicate
    except RefutedError as exc:
        hint = "root keys sign it anew, after the newest delegation: `dayseal delegate` with a new bundle"
        raise UsageError(f"the ledger would refuse it: {exc}", hint=hint) from exc
    if not isinstance(said, Delegation):
        raise UsageError(f"{type(said).__name__} given, a delegation promised")
    there = submit_delegation(open_store(settings, settings.ledger.inbox), said.number, envelope)
    if there != envelope:
        raise UsageError(f"delegation {said.number}: another one of this number waits in the inbox")
    return said
