"""When things happen: a cluster's events over a span of time, steady by the minute, lighter at night."""

import bisect
import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from dayseal.demo.generator.acts import Act, Flow, Habit
from dayseal.demo.generator.chance import Chance
from dayseal.demo.generator.repertoire import Repertoire

Slots = Mapping[str, str]

SECOND_US: Final = 1_000_000
HOUR_US: Final = 3600 * SECOND_US
DAY_US: Final = 24 * HOUR_US
MIN_EVENTS_PER_DAY: Final = 2_000  # fewer leases than that leave silences a reader takes for outages

_SHARES: Final = {"leases": 0.85, "Metadata": 0.05, "Request": 0.06, "RequestResponse": 0.04}
_JOB_SHARE: Final = 0.75  # of the RequestResponse events come from cron jobs
_WATCH_SHARE: Final = 0.10  # of the Metadata events that are no lease come from watches
_ALPHABET: Final = str.maketrans("0123456789abcdef", "bcdfghjkmnpqrstv")


class Event(NamedTuple):
    """One act at its time: `at_us` when it was written, `received_us` when the request came; since the epoch.

    `slots` are values of its own, shared by the events of a flow; None for a lease renewal.
    """

    at_us: int
    received_us: int
    act: Act
    slots: Slots | None


class Span(NamedTuple):
    """A half-open span of time in microseconds since the epoch."""

    start_us: int
    end_us: int

    def holds(self, event: Event) -> bool:
        """Say whether the event was received or written inside the span."""
        return self.start_us <= event.at_us < self.end_us or self.start_us <= event.received_us < self.end_us


def events_in(span: Span, repertoire: Repertoire, count: int, chance: Chance) -> list[Event]:
    """Give `count` events of the span in order of time, a few more or fewer by rounding.

    85 % are lease renewals in turn on an even grid with jitter: no gap between two of them is
    longer than 1.5 steps. By level the mix is 90 % Metadata, 6 % Request, 4 % RequestResponse.
    """
    events = list(_leases(span, repertoire.leases, round(_SHARES["leases"] * count), chance))
    quotas = {level: _SHARES[level] * count for level in repertoire.habits}
    jobs = round(_JOB_SHARE * quotas["RequestResponse"] / repertoire.job.count("RequestResponse"))
    watches = round(_WATCH_SHARE * quotas["Metadata"] / len(repertoire.watch.steps))
    for flow, number in ((repertoire.job, jobs), (repertoire.watch, watches)):
        started = list(_flows(span, flow, number, chance))
        events += started
        for event in started:
            quotas[event.act.level] -= 1
    for level, habits in repertoire.habits.items():
        events += _habits(span, habits, max(0, round(quotas[level])), chance)
    events.sort(key=lambda event: event.at_us)
    return events


def fresh_slots(at_us: int, chance: Chance) -> dict[str, str]:
    """Give the values one event or flow needs for itself: names' ends, ids, a pod's address."""
    digits = f"{chance.bits(640):0160x}"
    return {
        "uid": _uuid(digits[:32]),
        "jti": _uuid(digits[32:64]),
        "digest": digits[64:128],
        "hash": digits[128:138].translate(_ALPHABET),
        "sfx": digits[138:143].translate(_ALPHABET),
        "pod_ip": f"10.0.{int(digits[143], 16) * 4}.{1 + int(digits[144:146], 16) % 250}",
        "run": str(at_us // (60 * SECOND_US)),
    }


def event_at(at_us: int, act: Act, slots: Slots | None, chance: Chance) -> Event:
    """Give an act that was written at a moment and took 0.6 to 17 ms."""
    return Event(at_us, at_us - 600 - chance.bits(14), act, slots)


def _uuid(digits: str) -> str:
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-a{digits[17:20]}-{digits[20:]}"


def _leases(span: Span, leases: Sequence[Act], number: int, chance: Chance) -> Iterator[Event]:
    step = (span.end_us - span.start_us) / max(1, number)
    fraction, bits = chance.fraction, chance.bits
    for index, act in zip(range(number), itertools.cycle(leases), strict=False):
        at_us = span.start_us + int((index + 0.25 + 0.5 * fraction()) * step)
        yield Event(at_us, at_us - 600 - bits(14), act, None)


def _flows(span: Span, flow: Flow, number: int, chance: Chance) -> Iterator[Event]:
    """Start a flow every now and then, but none that would last beyond the span."""
    lasts_us = flow.steps[-1][0] * 1000
    for index in range(number):
        start_us = span.start_us + int((index + chance.fraction()) * (span.end_us - span.start_us) / number)
        if start_us + lasts_us >= span.end_us:
            continue
        slots = fresh_slots(start_us, chance)
        if flow.one_request:
            slots["id"] = chance.uuid()
        for delay_ms, act in flow.steps:
            event = event_at(start_us + delay_ms * 1000 + chance.bits(12), act, slots, chance)
            yield event._replace(received_us=start_us - 2000) if flow.one_request else event


def _habits(span: Span, habits: Sequence[Habit], number: int, chance: Chance) -> Iterator[Event]:
    by_day, by_night = (_picker(habits, chance, night=night) for night in (False, True))
    step = (span.end_us - span.start_us) / max(1, number)
    for index in range(number):
        at_us = span.start_us + int((index + chance.fraction()) * step)
        working = 6 <= at_us % DAY_US // HOUR_US < 18  # noqa: PLR2004 - people's day, in UTC
        act = by_day() if working else by_night()
        yield event_at(at_us, act, fresh_slots(at_us, chance), chance)


def _picker(habits: Sequence[Habit], chance: Chance, *, night: bool) -> Callable[[], Act]:
    sums = list(itertools.accumulate(habit.by_night if night else habit.by_day for habit in habits))
    last = len(habits) - 1

    def pick() -> Act:
        return habits[min(last, bisect.bisect(sums, chance.fraction() * sums[-1]))].act

    return pick
