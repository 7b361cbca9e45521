"""What dayseal may do in Azure, found out by doing it: every action, and what became of it."""

import datetime as dt
from collections.abc import Sequence
from typing import Final

from dayseal.clouds.azure.permissions import PERMISSIONS, Permission, Where
from dayseal.model import ClusterId
from dayseal.model.route import Call
from dayseal.ports import Clock
from dayseal.settings import Settings
from dayseal.wiring.asked_azure import AskedAzure
from dayseal.wiring.asking import Asking
from dayseal.wiring.diagnosis import Diagnosis, Tried
from dayseal.wiring.missed import missed

_LOOK_BACK: Final = dt.timedelta(hours=1)  # enough to know whether changes may be looked up
_ACCOUNT: Final = "/providers/microsoft.storage/"  # in the id of what is an archive's
_ASKED_IN_TWO_PLACES: Final = frozenset({"authorization:roleAssignments.list"})


def diagnose_azure(settings: Settings, clock: Clock) -> tuple[tuple[Diagnosis, ...], tuple[str, ...]]:
    """Discover and probe everything once; give each action's state, and the scopes that did not answer.

    Raises:
        UsageError: the settings have no [azure] table.
        AccessError: there are no credentials.
    """
    heard: set[Call] = set()
    since = clock.now() - _LOOK_BACK

    def lately(clusters: Sequence[ClusterId]) -> dict[ClusterId, dt.datetime]:
        return dict.fromkeys(clusters, since)

    asked = AskedAzure(settings, clock, Asking(changes=True, trying=True, judged_until=lately, heard=heard.add))
    found = asked.discover()
    tried = Tried(heard, tuple(missed((found.described, asked.probe_all(found.clusters)))), found.silent)
    return tuple(tried.diagnoses(PERMISSIONS, _needs, _lacks)), found.silent


def _lacks(scope: str, permission: Permission) -> bool:
    """Say whether a scope is silent for want of a permission: discovery's refusals say so in words."""
    return permission.where is Where.SCOPE and (permission.name in scope or permission.call in scope)


def _needs(call: Call, permission: Permission) -> bool:
    """Say whether a call needs an action there: of one that is asked in two places, only that place's; no ledger's.

    A role's definition is one for both.
    """
    if permission.where is Where.LEDGER or call.text != permission.call:
        return False
    if permission.call not in _ASKED_IN_TWO_PLACES:
        return True
    return (_ACCOUNT in call.resource.casefold()) == (permission.where is Where.ARCHIVE)
