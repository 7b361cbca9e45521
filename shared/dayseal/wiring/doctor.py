"""What dayseal may do on AWS, found out by doing it: every permission of the table, and what became of it."""

import dataclasses
from collections.abc import Iterator

from dayseal.clouds.aws.permissions import PERMISSIONS, permission_of
from dayseal.model.route import Call, Missing, Reason
from dayseal.ports import Clock
from dayseal.settings import Settings
from dayseal.wiring.aws import AskedAws
from dayseal.wiring.diagnosis import Diagnosis


def diagnose_aws(settings: Settings, clock: Clock) -> tuple[tuple[Diagnosis, ...], tuple[str, ...]]:
    """Discover and probe everything once; give each permission's state, and the scopes that did not answer.

    Raises:
        UsageError: the settings have no [aws] table.
    """
    heard: set[str] = set()
    asked = AskedAws(settings, clock, changes=True, heard=lambda call: heard.add(permission_of(call)))
    found = asked.discover()
    refused = {m.permission: m.text for m in _denied(asked.probe_all(found.clusters))}
    refused |= {p.action: scope for p in PERMISSIONS for scope in found.silent if p.action in scope}
    return tuple(
        Diagnosis(p.action, p.where.value, p.why, *_state(p.action, heard, refused)) for p in PERMISSIONS
    ), found.silent


def _state(action: str, heard: set[str], refused: dict[str, str]) -> tuple[str, str]:
    if action in refused:
        return "missing", refused[action]
    return ("granted" if action in heard else "not asked"), ""


def _denied(value: object) -> Iterator[Missing]:
    """Walk values for facts that are missing because a call was denied."""
    if isinstance(value, Missing):
        if value.reason is Reason.DENIED:
            yield value
    elif isinstance(value, Call | str | bytes):
        return
    elif isinstance(value, tuple):
        for item in value:
            yield from _denied(item)
    elif dataclasses.is_dataclass(value):
        for field in dataclasses.fields(value):
            yield from _denied(getattr(value, field.name))
