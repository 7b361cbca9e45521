"""What a cloud's functions stand on: each opens what it needs, and nothing else.

A function may do little, and its environment names little: what is opened here is opened when it is asked for.
"""

import dataclasses

from dayseal.attest.keys import keyid_of
from dayseal.clouds.local.discover import SettingsDiscovery
from dayseal.errors import UsageError
from dayseal.ledger.inbox import Submitter
from dayseal.ledger.reader import LedgerReader
from dayseal.ledger.recorder import Recorder
from dayseal.notes import TrustPolicy
from dayseal.ports import Discovery
from dayseal.runs.answers import StoredDiscovery, StoredLocks, StoredProbe, StoredReadings
from dayseal.runs.deadline import Deadline, timed
from dayseal.runs.store import RunStore
from dayseal.settings import Settings
from dayseal.steps.parts import Archive, NoProgress, Parts
from dayseal.wiring.asking import Provider
from dayseal.wiring.places import open_guard, open_newest, open_signer, open_store
from dayseal.wiring.providers import BothDiscoveries
from dayseal.wiring.workspace import Surroundings, archives_of, code_digest


@dataclasses.dataclass(frozen=True, slots=True)
class Station:
    """One function's settings, trust and surroundings; `work` is where the tasks of a run leave their documents."""

    settings: Settings
    policy: TrustPolicy
    surroundings: Surroundings
    work: str = ""

    def reader(self) -> LedgerReader:
        """Open the ledger as it is now, to read."""
        path = self.settings.ledger.path
        oldest = open_store(self.settings, path, versioned=True)
        return LedgerReader(oldest, self.policy, open_newest(self.settings, path))

    def run(self, name: str) -> RunStore:
        """Open a run's folder.

        Raises:
            UsageError: there is no work store, or the run has no proper name.
        """
        if not self.work:
            raise UsageError("work store: none is named, one promised")
        return RunStore(open_store(self.settings, self.work), name)

    def archives(self) -> tuple[Archive, ...]:
        """Open the archives."""
        return archives_of(self.settings)

    def archive(self, name: str) -> Archive:
        """Open the archive of that name.

        Raises:
            UsageError: there is none.
        """
        for archive in self.archives():
            if archive.name == name:
                return archive
        raise UsageError(f"archive {name}: not in the settings")

    def discovery(self, provider: Provider | None) -> Discovery:
        """Give the clusters of the settings and those that a cloud shows."""
        named = SettingsDiscovery(tuple(c.id for c in self.settings.clusters))
        return named if provider is None else BothDiscoveries(named, provider)

    def recorder(self) -> Recorder:
        """Open everything the recorder needs, the log's key and the guard among it."""
        ledger, keys = self.settings.ledger, self.settings.keys
        return Recorder(
            store=open_store(self.settings, ledger.path, versioned=True),
            newest=open_newest(self.settings, ledger.path),
            guard=open_guard(self.settings, ledger.guard),
            inbox=open_store(self.settings, ledger.inbox),
            origin=ledger.origin,
            log=open_signer(self.settings, keys.log, keys.log_public),
            policy=self.policy,
            clock=self.surroundings.clock,
        )

    def attestor(self, deadline: Deadline, run: RunStore | None = None) -> Parts:
        """Give what an attestor runs with: no recorder, one process; with `run`, the answers of that run's tasks."""
        keys, clock = self.settings.keys, self.surroundings.clock
        signer = open_signer(self.settings, keys.attestor, keys.attestor_public)
        inbox = open_store(self.settings, self.settings.ledger.inbox)
        parts = Parts(
            settings=self.settings,
            clock=clock,
            discovery=self.discovery(None),
            archives=tuple(timed(archive, deadline) for archive in self.archives()),
            attestor=signer,
            submitter=Submitter(inbox, keyid_of(signer.spki)),
            recorder=None,
            open_reader=self.reader,
            details=open_store(self.settings, self.settings.ledger.details),
            entropy=self.surroundings.entropy,
            progress=NoProgress(),
            workers=1,  # a Lambda has no shared memory for more
            code_digest=code_digest(),
        )
        return parts if run is None else _answered_by(run, parts)


def _answered_by(run: RunStore, parts: Parts) -> Parts:
    readings = StoredReadings(run)
    return dataclasses.replace(
        parts,
        discovery=StoredDiscovery(run),
        probe=StoredProbe(run, parts.clock),
        earlier=readings,
        archives=tuple(
            archive
            if archive.locks is None
            else dataclasses.replace(archive, locks=StoredLocks(archive.locks, readings, archive.name))
            for archive in parts.archives
        ),
    )
