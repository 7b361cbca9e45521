"""What dayseal may do on AWS, found out by doing it: every permission of the table, and what became of it."""

import datetime as dt
from collections.abc import Sequence
from typing import Final

from dayseal.clouds.aws.permissions import PERMISSIONS, Permission, Where
from dayseal.model import ClusterId
from dayseal.model.route import Call, Missing, Reason
from dayseal.ports import Clock
from dayseal.settings import Settings
from dayseal.wiring.asked_aws import AskedAws, aws_of
from dayseal.wiring.asking import Asking
from dayseal.wiring.diagnosis import Diagnosis
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
    refused = tuple(missed(asked.probe_all(found.clusters)))
    rows = tuple(
        Diagnosis(p.action, p.where.value, p.why, *_state(p, trail, heard, refused, found.silent)) for p in PERMISSIONS
    )
    return rows, found.silent


def _state(
    permission: Permission, trail: str, heard: set[Call], refused: Sequence[Missing], silent: Sequence[str]
) -> tuple[str, str]:
    mine = [miss for miss in refused if _needs(miss.call, permission, trail)]
    denied = next((miss for miss in mine if miss.reason is Reason.DENIED), None)
    if denied is not None:
        return "missing", denied.text
    for scope in silent:
        if permission.action in scope:
            return "missing", scope
    if mine:
        return "no answer", mine[0].text
    return ("granted" if any(_needs(call, permission, trail) for call in heard) else "not asked"), ""


def _needs(call: Call, permission: Permission, trail: str) -> bool:
    """Say whether a call needs a permission: on a trail's bucket that of the trail; the ledger is not asked here."""
    of_trail = bool(trail) and call.resource.startswith(trail)
    here = permission.where is Where.TRAIL if of_trail else permission.where not in (Where.TRAIL, Where.LEDGER)
    return call.text == permission.call and here
