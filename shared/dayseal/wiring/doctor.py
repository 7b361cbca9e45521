"""What dayseal may do on AWS, found out by doing it: every permission of the table, and what became of it."""

import datetime as dt
from collections.abc import Sequence
from typing import Final

from dayseal.clouds.aws.permissions import PERMISSIONS, Permission, Where
from dayseal.model import ClusterId
from dayseal.model.route import Call
from dayseal.ports import Clock
from dayseal.settings import Settings
from dayseal.wiring.asked_aws import AskedAws, aws_of
from dayseal.wiring.asking import Asking
from dayseal.wiring.diagnosis import Diagnosis, Tried
from dayseal.wiring.missed import missed

_LOOK_BACK: Final = dt.timedelta(hours=1)  # enough to know whether changes may be looked up


def diagnose_aws(settings: Settings, clock: Clock) -> tuple[tuple[Diagnosis, ...], tuple[str, ...]]:
    """Discover and probe everything once; give each permission's state, and the scopes that did not answer.

    Raises:
        UsageError: the settings have no [aws] table.
    """
    heard: set[Call] = set()
    since = clock.now() - _LOOK_BACK

    def lately(clusters: Sequence[ClusterId]) -> dict[ClusterId, dt.datetime]:
        return dict.fromkeys(clusters, since)

    trail = aws_of(settings).trail
    asked = AskedAws(settings, clock, Asking(changes=True, trying=True, judged_until=lately, heard=heard.add))
    found = asked.discover()
    tried = Tried(heard, tuple(missed(asked.probe_all(found.clusters))), found.silent)

    def needs(call: Call, permission: Permission) -> bool:
        return _needs(call, permission, trail)

    return tuple(tried.diagnoses(PERMISSIONS, needs, _lacks)), found.silent


def _lacks(scope: str, permission: Permission) -> bool:
    """Say whether a scope is silent for want of a permission: discovery's refusals say so in words."""
    return permission.action in scope


def _needs(call: Call, permission: Permission, trail: str) -> bool:
    """Say whether a call needs a permission: on a trail's bucket that of the trail; the ledger is not asked here."""
    of_trail = bool(trail) and call.resource.startswith(trail)
    here = permission.where is Where.TRAIL if of_trail else permission.where not in (Where.TRAIL, Where.LEDGER)
    return call.text == permission.call and here
