"""What the workflow is given: ports and settings, assembled once by `wiring`."""

import dataclasses
import datetime as dt
from collections.abc import Callable
from typing import Protocol

from dayseal.checks.comparison import Observed, RecordedObject
from dayseal.digest.objects import ObjectDigest
from dayseal.digest.parallel import UnreadableObject
from dayseal.digest.policies import OwnPolicy
from dayseal.errors import UsageError
from dayseal.ledger.inbox import Submitter
from dayseal.ledger.reader import LedgerReader
from dayseal.ledger.recorder import Recorder, RecorderReport
from dayseal.model import ArchiveObject, ClusterId
from dayseal.ports import ArchiveReader, Clock, Discovery, LockReader, ObjectStore, RouteProbe, Signer
from dayseal.settings import SealSettings, Settings


@dataclasses.dataclass(frozen=True, slots=True)
class Archive:
    """One archive and the clusters the settings say it holds; none means: records name them.

    `locks` None: the store locks nothing, or its listings show the locks. `own` is the audit policy of clusters
    that no provider runs.
    """

    name: str
    reader: ArchiveReader
    clusters: tuple[ClusterId, ...]
    locks: LockReader | None = None
    own: OwnPolicy | None = None


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


class Earlier(Protocol):
    """What other tasks of the same run read of the archives already; None: nobody read that."""

    def digest(self, archive: str, found: ArchiveObject) -> ObjectDigest | UnreadableObject | None:
        """Give what digesting an object of the archive of that name gave."""
        ...

    def observed(self, archive: str, item: RecordedObject) -> Observed | None:
        """Give what reading a recorded object again showed; every recorded range of it was read."""
        ...


class NothingEarlier:
    """Nobody read anything: this process reads all there is."""

    def digest(self, archive: str, found: ArchiveObject) -> None:
        """Know nothing."""

    def observed(self, archive: str, item: RecordedObject) -> None:
        """Know nothing."""


@dataclasses.dataclass(frozen=True, slots=True)
class Parts:
    """Everything a run needs. `entropy` gives random bytes; `open_reader` opens the ledger as it is now.

    `progress` is told what is to be read and what is done; `code_digest` is the program's claim about itself.
    `recorder` is None where it runs by itself, apart from the attestor.
    """

    settings: Settings
    clock: Clock
    discovery: Discovery
    archives: tuple[Archive, ...]
    attestor: Signer
    submitter: Submitter
    recorder: Recorder | None
    open_reader: Callable[[], LedgerReader]
    details: ObjectStore
    entropy: Callable[[int], bytes]
    progress: Progress
    workers: int
    code_digest: str
    probe: RouteProbe | None = None
    earlier: Earlier = dataclasses.field(default_factory=NothingEarlier)

    def cutoff(self, day: dt.date) -> dt.datetime:
        """Give the moment batch `day` is frozen."""
        midnight = dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), tzinfo=dt.UTC)
        return midnight + dt.timedelta(hours=self.settings.seal.cutoff_hours)

    def record(self) -> RecorderReport | None:
        """Let the recorder take what lies in the inbox, where this process has one; raises as `Recorder.run` does."""
        return None if self.recorder is None else self.recorder.run()

    @property
    def own_recorder(self) -> Recorder:
        """This process's recorder.

        Raises:
            UsageError: it has none.
        """
        if self.recorder is None:
            raise UsageError("recorder: it runs apart from this attestor, one in this process promised")
        return self.recorder


def newest_frozen_day(now: dt.datetime, seal: SealSettings) -> dt.date:
    """Give the newest batch day that is frozen by `now`: from then on it is due."""
    return (now - dt.timedelta(hours=seal.cutoff_hours)).date() - dt.timedelta(days=1)
