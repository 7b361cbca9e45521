"""Which days of a cluster have look-up files, by listing; and what those files say, a few at a time.

What is found here is a claim of the store: `LedgerReader.filed` proves a day, and only a replay of the log shows
that nothing is withheld.
"""

import dataclasses
import datetime as dt
import itertools
import re
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from dayseal.attest.predicates import ClusterDay
from dayseal.codec import format_day, parse_day
from dayseal.errors import FormatError, NotFoundError, TamperError, UsageError
from dayseal.ledger.entry import parse_admitted
from dayseal.ledger.layout import ATTESTATIONS
from dayseal.ledger.lookup import open_attestation
from dayseal.lookup.documents import DayRow
from dayseal.model import ClusterId, Verdict
from dayseal.model.findings import VerdictText
from dayseal.ports import ObjectStore

PROVIDERS: Final = ("eks", "gke", "aks", "local")
_PATH: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}-[0-9a-f]{16}\Z", re.ASCII)
_REST: Final = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})/(0|[1-9][0-9]{0,4})\.json\Z", re.ASCII)
_DAY: Final = dt.timedelta(days=1)
_MAX_DAYS: Final = 7_400  # twenty years
_AT_ONCE: Final = 8  # a page of days waits for the store, not for the processor


@dataclasses.dataclass(frozen=True, slots=True)
class AttestedDay:
    """A day between the first and the last recorded one, and the keys of its revisions, oldest first; none: missing."""

    day: str
    keys: tuple[str, ...]


class AttestedDays:
    """Finds look-up files in a ledger's store; which provider a cluster has is remembered."""

    def __init__(self, store: ObjectStore) -> None:
        self._store = store
        self._prefixes: dict[str, str] = {}

    def prefix(self, path: str) -> str:
        """Give the prefix of the look-up files of the cluster with this path.

        Raises:
            UsageError: no cluster has such a path.
            NotFoundError: nothing is recorded of it.
        """
        if path not in self._prefixes:
            self._find(path, "")
        return self._prefixes[path]

    def revisions(self, path: str, day: str) -> tuple[str, ...]:
        """Give the keys of a day's revisions, oldest first; raises as `prefix` does, and when there are none."""
        try:
            parse_day(day)
            return _by_day(*self._find(path, f"{day}/"))[0].keys
        except (FormatError, NotFoundError) as exc:
            raise NotFoundError(f"cluster {path}: {day[:10]} is not recorded") from exc

    def days(self, path: str, first: str | None, last: str | None) -> tuple[AttestedDay, ...]:
        """Give every day from the first recorded to the last, those missing too, within the bounds (included).

        Raises as `prefix` does.
        """
        prefix, keys = self._find(path, "")
        recorded = {d.day: d for d in _by_day(prefix, keys)}
        start, end = (parse_day(pick(recorded), subject=prefix) for pick in (min, max))
        if (end - start).days >= _MAX_DAYS:
            raise TamperError(f"{prefix}: {start} to {end} are recorded, at most {_MAX_DAYS} days promised")
        every = [format_day(start + n * _DAY) for n in range((end - start).days + 1)]
        return tuple(
            recorded.get(day, AttestedDay(day, ()))
            for day in every
            if (first is None or first <= day) and (last is None or day <= last)
        )

    def cluster(self, path: str) -> ClusterId:
        """Give the identity behind a path, as one of its look-up files has it; raises as `prefix` does."""
        key = _by_day(*self._find(path, ""))[0].keys[0]
        said = self._newest_claim(key)
        if said.cluster.id.path != path:
            raise TamperError(f"{key}: of {said.cluster.id.path}")
        return said.cluster.id

    def rows(self, days: Sequence[AttestedDay]) -> tuple[DayRow, ...]:
        """Say what the newest revision of each day claims; several are read at once."""
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            return tuple(pool.map(self._row, days))

    def _find(self, path: str, below: str) -> tuple[str, list[str]]:
        """List what lies `below` a cluster's prefix, under the first provider that has something there."""
        if not _PATH.match(path):
            raise UsageError(f"cluster: {path!r}, <name>-<16 hex> promised")
        known = self._prefixes.get(path)
        for prefix in (known,) if known else tuple(f"{ATTESTATIONS}{name}/{path}/" for name in PROVIDERS):
            keys = list(self._store.keys(prefix + below))
            if keys:
                self._prefixes[path] = prefix
                return prefix, keys
        raise NotFoundError(f"cluster {path}: nothing is recorded")

    def _row(self, found: AttestedDay) -> DayRow:
        if not found.keys:
            return DayRow(found.day, "MISSING", "FAIL", 0, 0)
        said = self._newest_claim(found.keys[-1])
        return DayRow(found.day, said.status, worst_verdict(said), len(found.keys), said.events.count)

    def _newest_claim(self, key: str) -> ClusterDay:
        filed = open_attestation(self._store.get(key), subject=key)
        said = parse_admitted(filed.envelope, subject=key).statement.predicate
        if not isinstance(said, ClusterDay):
            raise TamperError(f"{key}: {type(said).__name__}, a cluster-day promised")
        return said


def worst_verdict(said: ClusterDay) -> VerdictText:
    """Give the worst of a statement's findings; UNKNOWN when nothing was judged."""
    return max((Verdict(f.verdict) for f in said.findings), key=lambda v: v.rank, default=Verdict.UNKNOWN).text


def _by_day(prefix: str, keys: Sequence[str]) -> list[AttestedDay]:
    # Keys are sorted as text, so revision 10 comes before revision 2.
    matches = [m for key in keys if (m := _REST.match(key.removeprefix(prefix)))]
    found = []
    for day, group in itertools.groupby(matches, key=lambda m: m[1]):
        numbers = sorted(int(m[2]) for m in group)
        found.append(AttestedDay(day, tuple(f"{prefix}{day}/{number}.json" for number in numbers)))
    if not found:
        raise NotFoundError(f"{prefix}: no day is recorded")
    return found
