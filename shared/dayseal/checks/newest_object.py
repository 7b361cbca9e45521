"""The newest object's age: the one sign of life that is no counter."""

import dataclasses
import datetime as dt
from typing import Final

from dayseal.checks.route_words import Opinion
from dayseal.checks.silence import format_seconds
from dayseal.codec import format_time
from dayseal.model import Verdict
from dayseal.model.route import ArchiveFacts, Known, NewestObject, RouteFacts

_CLOCKS: Final = dt.timedelta(minutes=5)  # how far a store's clock may be ahead of ours


@dataclasses.dataclass(frozen=True, slots=True)
class Freshness:
    """How old the newest object may be, in seconds, and the commands that repair the route and list the archive."""

    seconds: int
    repair: str
    listing: str


def judge_newest(facts: RouteFacts, archive: ArchiveFacts, promised: Freshness) -> Opinion:
    """Judge the newest object's age; old is FAIL only while records came in."""
    newest, incoming = facts.delivery.newest, facts.delivery.incoming
    if not isinstance(newest, Known):
        return Opinion(Verdict.UNKNOWN, "")
    came = incoming.value.value if isinstance(incoming, Known) else None
    limit = format_seconds(promised.seconds)
    if newest.value is None:
        late = f"the archive {archive.uri} holds no object"
    else:
        age = facts.asked_at - newest.value.stored_at
        if age < -_CLOCKS:
            said = (
                f"the newest object is of {format_time(newest.value.stored_at)}, after the check itself: clocks differ"
            )
            return Opinion(Verdict.UNKNOWN, said, promised.listing)
        late = f"the newest object is {format_seconds(max(0.0, age.total_seconds()))} old"
        if age.total_seconds() <= promised.seconds:
            return Opinion(Verdict.PASS, f"{late}, at most {limit} promised")
    if came is not None and came > 0:
        said = f"{late}, at most {limit} promised, while {came:.0f} records came in{_since(newest.value)}"
        return Opinion(Verdict.FAIL, said, promised.repair)
    why = "no record came in either" if isinstance(incoming, Known) else "whether records came in is not known"
    said = f"{late}, at most {limit} promised; {why}, so nothing shows whether the export works"
    return Opinion(Verdict.UNKNOWN, said, promised.repair)


def _since(newest: NewestObject | None) -> str:
    return "" if newest is None else f"; nothing arrived since {format_time(newest.stored_at)}"
