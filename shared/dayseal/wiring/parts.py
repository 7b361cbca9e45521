"""Assemble a workspace's adapters into what sealing and re-verifying need."""

import os
from pathlib import Path

from dayseal.attest.keys import keyid_of
from dayseal.clouds.local.discover import SettingsDiscovery
from dayseal.ledger.inbox import Submitter
from dayseal.ledger.recorder import Recorder
from dayseal.settings import Settings
from dayseal.steps.parts import Parts, Progress
from dayseal.steps.recorded import JudgedUntil
from dayseal.wiring.asking import Asking
from dayseal.wiring.places import open_signer, open_store
from dayseal.wiring.providers import BothDiscoveries, everyone_of
from dayseal.wiring.workspace import Surroundings, archives_of, code_digest, open_workspace


def assemble(
    settings: Settings,
    *,
    surroundings: Surroundings,
    progress: Progress,
    archive: Path | None = None,
) -> Parts:
    """Build everything a seal or a re-verification needs; `archive` overrides the settings' archives.

    Raises:
        UsageError: there is no archive, or a key file is open to others.
        AccessError: a key or the trust policy cannot be read.
    """
    opened = open_workspace(settings)
    inbox = open_store(settings, settings.ledger.inbox)
    keys = settings.keys
    attestor = open_signer(settings, keys.attestor, keys.attestor_public)
    recorder = Recorder(
        store=opened.store,
        newest=opened.newest,
        guard=opened.guard,
        inbox=inbox,
        origin=settings.ledger.origin,
        log=open_signer(settings, keys.log, keys.log_public),
        policy=opened.policy,
        clock=surroundings.clock,
    )
    named = SettingsDiscovery(tuple(c.id for c in settings.clusters))
    asking = Asking(changes=True, judged_until=JudgedUntil(opened.reader))
    asked = everyone_of(settings, surroundings.clock, asking)
    return Parts(
        settings=settings,
        clock=surroundings.clock,
        discovery=named if asked is None else BothDiscoveries(named, asked),
        probe=asked,
        archives=archives_of(settings, archive),
        attestor=attestor,
        submitter=Submitter(inbox, keyid_of(attestor.spki)),
        recorder=recorder,
        open_reader=opened.reader,
        details=opened.details,
        entropy=surroundings.entropy,
        progress=progress,
        workers=settings.seal.workers or os.cpu_count() or 1,
        code_digest=code_digest(),
    )
