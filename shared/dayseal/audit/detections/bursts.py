"""Signs that one event does not show: many of a kind from one user or address within a short time."""

import dataclasses
import hashlib
from typing import Final, NamedTuple

from dayseal.audit.detections.acts import Act

_FIVE_MINUTES: Final = 300
_HOUR: Final = 3_600
_FORBIDDEN: Final = 403
_UNAUTHORIZED: Final = 401
_DIGITS: Final = 16


@dataclasses.dataclass(frozen=True, slots=True)
class Burst:
    """A detection that needs `threshold` different things of one subject within a window of `seconds`.

    Windows do not slide: a burst across the edge of two may be missed.
    """

    id: str
    seconds: int
    threshold: int


class BurstItem(NamedTuple):
    """One thing that counts towards a burst. `subject` is PERSONAL; `item` tells things apart."""

    burst: str
    subject: str
    item: str


FAILED_LOGINS: Final = Burst("failed-logins", _FIVE_MINUTES, 10)
FORBIDDEN: Final = Burst("forbidden-burst", _FIVE_MINUTES, 10)
SECRETS: Final = Burst("secrets-enumeration", _HOUR, 20)
BURSTS: Final = {burst.id: burst for burst in (FAILED_LOGINS, FORBIDDEN, SECRETS)}


def burst_items(act: Act) -> tuple[BurstItem, ...]:
    """Give what a request counts towards: at most one item of each burst."""
    target, found = act.target, []
    if act.code == _UNAUTHORIZED:
        # A time of its own tells an attempt from a second copy of the same record.
        found.append(BurstItem(FAILED_LOGINS.id, act.source, _item(act.time, act.audit_id)))
    if act.code == _FORBIDDEN and act.decision in ("forbid", ""):
        kind = (target.group, target.resource, target.subresource, target.verb)
        found.append(BurstItem(FORBIDDEN.id, act.user, _item(*kind)))
    reads_one = target.resource == "secrets" and target.verb == "get" and target.name and not target.subresource
    if reads_one and act.ok and not act.by_platform:
        found.append(BurstItem(SECRETS.id, act.user, _item(target.namespace, target.name)))
    return tuple(found)


def _item(*parts: str) -> str:
    return hashlib.sha256("\x1f".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:_DIGITS]
