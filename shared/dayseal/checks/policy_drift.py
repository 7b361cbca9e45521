"""Where a day's records differ from the policy their provider published, by kind of request, and since when."""

import dataclasses
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import Final

from dayseal.audit.policy import PROFILES, Profile, profile_of
from dayseal.audit.policy.describe import resource_text
from dayseal.digest.bounded import MinuteCell, add_cells
from dayseal.digest.policies import profile_version
from dayseal.digest.tally import DriftKey, Tally

MIN_EVENTS: Final = 3
_MATCH: Final = "MATCH"
_GRAVITY: Final = ("LOWER", "UNEXPECTED", "HIGHER", "STAGE", "BODY")
_UNKNOWN_LEVEL: Final = "less"  # a GKE entry names no level

Requests = tuple[str, str, str, str]  # group, resource, verb, user class


@dataclasses.dataclass(frozen=True, slots=True)
class Drift:
    """One way in which requests of one kind differ: `level` was recorded (empty on GKE), `expected` is published.

    `confirmed`: at least three records, or two of different times at one stage; audit ids are not asked, clients choose
    them. `known` is since when the profile itself says so, else empty.
    """

    comparison: str
    group: str
    resource: str
    verb: str
    user_class: str
    level: str
    expected: str
    seen: MinuteCell
    confirmed: bool
    known: str = ""

    @property
    def requests(self) -> Requests:
        """The kind of request."""
        return self.group, self.resource, self.verb, self.user_class

    @property
    def what(self) -> str:
        """The kind of request in words: `create pods/exec by human`."""
        return f"{self.verb} {self.target} by {self.user_class}"

    @property
    def target(self) -> str:
        """The kind of object or path, the way kubectl names it: `deployments.apps/scale`."""
        resource, _, subresource = self.resource.partition("/")
        return self.resource if not resource else resource_text(self.group, resource, subresource)

    @property
    def text(self) -> str:
        """The difference in words."""
        times = f"{self.seen.events} record" + ("s" if self.seen.events > 1 else "")
        known = f", known since {self.known}" if self.known else ""
        return f"{self.comparison} {self.what}: {self._recorded}, {self.expected} published ({times}{known})"

    @property
    def _recorded(self) -> str:
        if self.comparison == "STAGE":
            return f"{self.level} at a stage that is left out"
        if self.comparison == "BODY":
            return f"{self.level or 'an entry'} with other bodies than it promises"
        return self.level or (_UNKNOWN_LEVEL if self.comparison == "LOWER" else "an entry")


@dataclasses.dataclass(frozen=True, slots=True)
class Compared:
    """A tally against one policy: `profile`, its `version`, records by class, and the differences, gravest first."""

    profile: str
    version: str
    classes: Mapping[str, int]
    drifts: tuple[Drift, ...]

    @property
    def records(self) -> int:
        """The records that were compared."""
        return sum(self.classes.values())

    @property
    def matching(self) -> int:
        """The records that are as published."""
        return self.classes.get(_MATCH, 0)

    @property
    def current(self) -> bool:
        """Whether these are the rules this program carries."""
        return self.profile in PROFILES and profile_version(self.profile) == self.version


@dataclasses.dataclass(frozen=True, slots=True)
class PolicyChange:
    """Requests of one kind that are recorded in another way than before; `began` says that they differ now."""

    drift: Drift
    began: bool


def compared_with(tally: Tally) -> Compared | None:
    """Give how a tally compares with the policy that most of its records were compared with; None without any."""
    totals: Counter[str] = Counter()
    for key, events in tally.policy.kept.items():
        totals[key.policy] += events
    if not totals:
        return None
    policy = max(totals, key=lambda name: (totals[name], name))
    profile, _, version = policy.partition("@")
    classes = {key.comparison: events for key, events in tally.policy.kept.items() if key.policy == policy}
    known = profile_of(profile) if profile in PROFILES else None
    return Compared(profile, version, classes, _drifts(tally, policy, known))


def changes_since(before: Tally, now: Tally) -> tuple[PolicyChange, ...]:
    """Give what was recorded as published before and is not now, and the other way round.

    Only kinds of requests that both days hold at least three records of are compared, and only under the same rules.
    """
    then, today = compared_with(before), compared_with(now)
    if then is None or today is None or (then.profile, then.version) != (today.profile, today.version):
        return ()
    changes = [
        *(PolicyChange(drift, began=True) for drift in _gone(today.drifts, then.drifts, before)),
        *(PolicyChange(drift, began=False) for drift in _gone(then.drifts, today.drifts, now)),
    ]
    return tuple(changes)


def _drifts(tally: Tally, policy: str, profile: Profile | None) -> tuple[Drift, ...]:
    cells: dict[DriftKey, list[MinuteCell]] = defaultdict(list)
    for key, cell in tally.drift.kept.items():
        if key.policy == policy:
            cells[key._replace(stage="")].append(cell)
    drifts = [_drift(key, stages, profile) for key, stages in cells.items()]
    return tuple(sorted(drifts, key=lambda d: (not d.confirmed, _gravity(d), -d.seen.events, d.what, d.level)))


def _drift(key: DriftKey, stages: list[MinuteCell], profile: Profile | None) -> Drift:
    seen = stages[0]
    for cell in stages[1:]:
        seen = add_cells(seen, cell)
    drift = Drift(
        comparison=key.comparison,
        group=key.group,
        resource=key.resource,
        verb=key.verb,
        user_class=key.user_class,
        level=key.level,
        expected=key.expected,
        seen=seen,
        confirmed=seen.events >= MIN_EVENTS or any(cell.first_us != cell.last_us for cell in stages),
    )
    return dataclasses.replace(drift, known=_known_since(drift, profile))


def _known_since(drift: Drift, profile: Profile | None) -> str:
    if profile is None:
        return ""
    request = f"{drift.verb} {drift.resource} "
    for known in profile.drift:
        if known.request.startswith(request) and (known.published, known.observed) == (drift.expected, drift.level):
            return known.seen
    return ""


def _gravity(drift: Drift) -> int:
    return _GRAVITY.index(drift.comparison) if drift.comparison in _GRAVITY else len(_GRAVITY)


def _gone(here: Iterable[Drift], there: Iterable[Drift], other: Tally) -> list[Drift]:
    """Give the confirmed differences of one day that the other has no trace of, though it had the same requests."""
    traces = {(drift.requests, drift.comparison) for drift in there}
    counts: Counter[Requests] = Counter()
    for key, events in other.keys.kept.items():
        counts[key.group, key.resource, key.verb, key.user_class] += events
    found = [drift for drift in here if drift.confirmed and (drift.requests, drift.comparison) not in traces]
    return [drift for drift in found if counts[drift.requests] >= MIN_EVENTS]
