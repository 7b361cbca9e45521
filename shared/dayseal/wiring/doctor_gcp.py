"""What dayseal may do on Google Cloud, found out by doing it: every permission, and what became of it."""

import datetime as dt
from collections.abc import Sequence
from typing import Final

from dayseal.clouds.gcp.permissions import PERMISSIONS, Permission, Where
from dayseal.model import ClusterId
from dayseal.model.route import Call
from dayseal.ports import Clock
from dayseal.settings import Settings
from dayseal.wiring.asked_gcp import AskedGcp
from dayseal.wiring.asking import Asking
from dayseal.wiring.diagnosis import Diagnosis, Tried
from dayseal.wiring.missed import missed

_LOOK_BACK: Final = dt.timedelta(hours=1)  # enough to know whether changes may be looked up
_ABOVE: Final = ("folders/", "organizations/")


def diagnose_gcp(settings: Settings, clock: Clock) -> tuple[tuple[Diagnosis, ...], tuple[str, ...]]:
    """Discover and probe everything once; give each permission's state, and the scopes that did not answer.

    Raises:
        UsageError: the settings have no [gcp] table.
        AccessError: there are no credentials.
    """
    heard: set[Call] = set()
    since = clock.now() - _LOOK_BACK

    def lately(clusters: Sequence[ClusterId]) -> dict[ClusterId, dt.datetime]:
        return dict.fromkeys(clusters, since)

    asked = AskedGcp(settings, clock, Asking(changes=True, trying=True, judged_until=lately, heard=heard.add))
    found = asked.discover()
    tried = Tried(heard, tuple(missed((found.described, asked.probe_all(found.clusters)))), found.silent)
    return tuple(tried.diagnoses(PERMISSIONS, _needs, _lacks)), found.silent


def _lacks(scope: str, permission: Permission) -> bool:
    """Say whether a scope is silent for want of a permission: discovery's refusals say so in words."""
    return permission.where in (Where.SCOPE, Where.CLUSTER) and permission.name in scope


def _needs(call: Call, permission: Permission) -> bool:
    """Say whether a call needs a permission there: above a project that of the levels above; never the ledger's."""
    if permission.where is Where.LEDGER or call.text != permission.call:
        return False
    above = call.resource.startswith(_ABOVE)
    return above if permission.where is Where.ABOVE else (not above or permission.where is Where.SCOPE)
