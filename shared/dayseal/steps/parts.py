"""What the workflow is given: ports and settings, assembled once by `wiring`."""

import dataclasses
import datetime as dt
from collections.abc import Callable
from typing import Protocol

from dayseal.ledger.inbox import Submitter
from dayseal.ledger.reader import LedgerReader
from dayseal.ledger.recorder import Recorder
from dayseal.model import ClusterId
from dayseal.ports import ArchiveReader, Clock, Discovery, LockReader, ObjectStore, RouteProbe, Signer
from dayseal.settings import Settings


@dataclasses.dataclass(frozen=True, slots=True)
class Archive:
    """One archive and the clusters the settings say it holds; none means: records name them.

    `locks` None: the store locks nothing, or its listings show the locks.
    """

    name: str
    reader: ArchiveReader
    clusters: tuple[ClusterId, ...]
    locks: LockReader | None = None


class Progress(Protocol):
    """Is told how far reading has come, in stored bytes; shows it, or not."""

    def expect(self, size: int) -> None:
        """So many more bytes are to be read."""
        ...

    def done(self, size: int) -> None:
        """So many more bytes were read."""
        ...


class NoProgress:
    """Shows nothing."""

    def expect(self, size: int) -> None:
        """Show nothing."""

    def done(self, size: int) -> None:
        """Show nothing."""


@dataclasses.dataclass(frozen=True, slots=True)
class Parts:
    """Everything a run needs. `entropy` gives random bytes; `open_reader` opens the ledger as it is now.

    `progress` is told what is to be read and what is done; `code_digest` is the program's claim about itself.
    """

    settings: Settings
    clock: Clock
    discovery: Discovery
    archives: tuple[Archive, ...]
    attestor: Signer
    submitter: Submitter
    recorder: Recorder
    open_reader: Callable[[], LedgerReader]
    details: ObjectStore
    entropy: Callable[[int], bytes]
    progress: Progress
    workers: int
    code_digest: str
    probe: RouteProbe | None = None

    def cutoff(self, day: dt.date) -> dt.datetime:
        """Give the moment batch `day` is frozen."""
        midnight = dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), tzinfo=dt.UTC)
        return midnight + dt.timedelta(hours=self.settings.seal.cutoff_hours)
