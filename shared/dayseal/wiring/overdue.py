"""The attestor's alarm for a workspace: its own inbox beside the ledger."""

from dayseal.attest.keys import keyid_of
from dayseal.ledger.inbox import Submitter
from dayseal.ports import Clock
from dayseal.settings import Settings
from dayseal.steps.pending import Overdue, find_overdue
from dayseal.wiring.places import open_signer, open_store
from dayseal.wiring.workspace import open_workspace


def overdue_of(settings: Settings, clock: Clock) -> tuple[Overdue, ...]:
    """Give what this workspace's attestor submitted a day ago or earlier and no checkpoint covers.

    Raises:
        UsageError: a key file is open to others.
        AccessError, NotFoundError: ledger, inbox or key cannot be read, or there is no ledger.
        RefutedError: the ledger's own bytes do not hold.
    """
    spki = open_signer(settings, settings.keys.attestor, settings.keys.attestor_public).spki
    inbox = open_store(settings, settings.ledger.inbox)
    return find_overdue(open_workspace(settings).reader(), Submitter(inbox, keyid_of(spki)), spki, clock.now())
