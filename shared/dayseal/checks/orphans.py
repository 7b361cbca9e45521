"""Credentials that were used and never made: what is missing among them, records or knowledge, bounds what was lost."""

import dataclasses
import datetime as dt
import math
from collections.abc import Iterable, Mapping
from typing import Final

from dayseal.digest.bounded import Bounded
from dayseal.digest.tally import Tally

MIN_TOKENS: Final = 20

_DAY: Final = dt.timedelta(days=1)
_LAST: Final = "g"  # after every pseudonym
_PSEUDONYMS: Final = 2**64
_SHORT: Final = 2  # days: yesterday and the day itself
_ACCOUNTS: Final = "service-account"


@dataclasses.dataclass(frozen=True, slots=True)
class OrphanEstimate:
    """Service accounts' tokens that were used on a day, in a sample that the days before share.

    `joined` were made in the archive, `older` were in use on its first day already and may have been made before;
    `orphans` are neither. `days` is how long the archive shows without a gap.
    """

    joined: int
    older: int
    orphans: int
    days: int

    @property
    def share(self) -> float:
        """The share of tokens without a record of their making: as many records of that kind were lost."""
        return self.orphans / (self.joined + self.orphans)

    @property
    def uncertainty(self) -> float:
        """Twice the standard error of the share, and never nothing: the sample is finite."""
        number = self.joined + self.orphans
        share = min(max(self.share, 1 / number), 1 - 1 / number)
        return 2 * math.sqrt(share * (1 - share) / number) + 1 / number

    @property
    def certain(self) -> bool:
        """Whether more is missing than chance explains."""
        return self.share > self.uncertainty

    @property
    def text(self) -> str:
        """The estimate in one sentence."""
        number = self.joined + self.orphans
        share = f"{100 * self.share:.1f} % +/- {100 * self.uncertainty:.1f} %"
        return (
            f"{self.orphans} of {number} tokens used were not made in the {self.days} days up to this one: {share} of "
            f"such records lost, or tokens older or made elsewhere; {self.older} in use since before the archive"
        )


def estimate_orphans(day: dt.date, tallies: Mapping[dt.date, Tally]) -> OrphanEstimate | None:
    """Join the tokens used in one batch with those made in it, before, and in later batches that are there.

    None: the batch before is not there, tokens are not recorded as made at all, or there are fewer than 20 to judge.
    """
    first = day
    while _knows(tallies.get(first - _DAY)):
        first -= _DAY
    days = (day - first).days + 1
    if days < _SHORT or not _knows(tallies.get(day)):
        return None
    span = [tallies[first + n * _DAY].credentials for n in range(days)]
    later = [tallies[d].credentials for d in (day + _DAY, day + 2 * _DAY) if d in tallies]
    made_in = [tables.tokens_minted for tables in (*span, *later)]
    limit = _limit([*made_in, *(tables.tokens_used for tables in span)])
    used = {name for name in span[-1].tokens_used.kept if name <= limit}
    made = {name for table in made_in for name in table.kept}
    rest = used - made
    older = rest & set(span[0].tokens_used.kept)
    found = OrphanEstimate(len(used & made), len(older), len(rest - older), days)
    return found if made and found.joined + found.orphans >= MIN_TOKENS else None


def used_of_others(day: dt.date, tallies: Mapping[dt.date, Tally]) -> tuple[tuple[dt.date, int], ...]:
    """Give the days on which somebody made credentials for somebody else that were used in this batch, and how many."""
    here = tallies[day].credentials
    used = {*here.tokens_used.kept, *here.special_used.kept}
    found = (
        (d, len(used & set(tally.credentials.for_others.kept))) for d, tally in sorted(tallies.items()) if d <= day
    )
    return tuple((d, number) for d, number in found if number)


def distinct(table: Bounded[str, int]) -> int:
    """Estimate how many credentials there are: all that are kept, or what the largest kept pseudonym tells."""
    if not table.rest:
        return len(table.kept)
    largest = max(table.kept)
    return round((len(table.kept) - 1) * _PSEUDONYMS / (int(largest, 16) + 1))


def _limit(tables: Iterable[Bounded[str, int]]) -> str:
    """Give the pseudonym up to which all of the tables are whole."""
    return min((max(table.kept) for table in tables if table.rest and table.kept), default=_LAST)


def _knows(tally: Tally | None) -> bool:
    """Say whether a batch has its tables, which a summary of the version before has not."""
    if tally is None:
        return False
    accounts = tally.classes.get(_ACCOUNTS)
    return accounts is None or not accounts.identified or bool(tally.credentials.tokens_used.kept)
