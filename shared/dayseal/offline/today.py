"""An evidence file's checkpoint beside the ledger as it is served today: did the log only grow since?"""

import dataclasses

from dayseal.errors import FormatError, RefutedError, TamperError
from dayseal.ledger.reader import LedgerReader
from dayseal.merkle import verify_consistency
from dayseal.model import Verdict
from dayseal.notes import TrustPolicy, open_checkpoint


@dataclasses.dataclass(frozen=True, slots=True)
class LedgerToday:
    """PASS: the ledger of today holds all that the file's checkpoint covers. FAIL: it does not. UNKNOWN: not shown."""

    verdict: Verdict
    text: str


def compare_with_today(checkpoint: bytes, policy: TrustPolicy, reader: LedgerReader) -> LedgerToday:
    """Prove that the log of `checkpoint` is the start of the log `reader` reads.

    What is served is proved, not believed; a host that serves an old ledger is noticed when the file is newer.

    Raises:
        AccessError, NotFoundError: the ledger could not be read.
    """
    try:
        kept = open_checkpoint(checkpoint, policy).checkpoint
    except (RefutedError, FormatError):
        return LedgerToday(Verdict.UNKNOWN, "not compared: the file's own checkpoint does not hold")
    try:
        now = reader.head().checkpoint
        old, new = kept.head, now.head
        if now.origin != kept.origin:
            return LedgerToday(Verdict.FAIL, f"it is log {now.origin}, the file is of {kept.origin}")
        if old.size > new.size:
            said = f"it shows {new.size} entries, the file's checkpoint covers {old.size}: an old copy is served"
            return LedgerToday(Verdict.UNKNOWN, said)
        if old.size > 0:
            verify_consistency(old=old, new=new, path=reader.consistency(old.size))
    except (RefutedError, TamperError, FormatError) as exc:
        return LedgerToday(Verdict.FAIL, f"it did not grow from the file's {kept.head.size} entries: {exc}")
    newer = new.size - old.size
    return LedgerToday(Verdict.PASS, f"{new.size} entries; the file's {old.size} are its start, {newer} are newer")
