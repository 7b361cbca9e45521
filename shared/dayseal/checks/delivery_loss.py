"""What delivery itself shows: records that came more than once, and parts of split entries that never came."""

import dataclasses
import math
from collections import defaultdict

from dayseal.digest.bounded import key_hash
from dayseal.digest.tally import Tally


@dataclasses.dataclass(frozen=True, slots=True)
class CopiesEstimate:
    """The share of records that are copies of others, from a sample by hash, and how far it may be off."""

    share: float
    uncertainty: float
    sample: int

    @property
    def text(self) -> str:
        """The estimate in words."""
        if not self.sample:
            return "no record sampled"
        share = f"{100 * self.share:.2f} % +/- {100 * self.uncertainty:.2f} %"
        return f"{share} of records are copies (of {self.sample} sampled)"


@dataclasses.dataclass(frozen=True, slots=True)
class SplitLoss:
    """Entries that were split, and the parts of them that are missing: proven loss, once all batches are sealed."""

    entries: int
    missing: int

    @property
    def text(self) -> str:
        """The loss in words."""
        return f"{self.missing} parts missing of {self.entries} split entries"


def estimate_copies(tally: Tally) -> CopiesEstimate:
    """Estimate how many records came more than once: equal in every byte and in what the provider says of them.

    Audit ids are not asked: clients choose them. Copies that the log service gave ids of their own count as different.
    """
    counts = tally.copies.kept.values()
    sample, distinct = sum(counts), len(tally.copies.kept)
    if not sample:
        return CopiesEstimate(0.0, 1.0, 0)
    share = 1 - distinct / sample
    return CopiesEstimate(share, 2 * math.sqrt(share * (1 - share) / distinct) + 1 / sample, sample)


def find_split_loss(tally: Tally) -> SplitLoss:
    """Count the missing parts of GKE entries that were split; an entry the tally could not keep whole is left out."""
    parts: dict[tuple[str, int], set[int]] = defaultdict(set)
    for entry, total, number in tally.splits.kept:
        parts[entry, total].add(number)
    if tally.splits.rest and parts:
        last = max((entry for entry, _ in parts), key=key_hash)
        parts = defaultdict(set, {key: found for key, found in parts.items() if key[0] != last})
    return SplitLoss(len(parts), sum(total - len(found) for (_, total), found in parts.items()))
