"""Assemble a workspace's adapters into what looking up, sealing and verifying need."""

import contextlib
import dataclasses
import hashlib
import os
import secrets
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Protocol

from dayseal.attest.keys import keyid_of
from dayseal.clouds.local.archive import FolderArchive
from dayseal.clouds.local.clock import SystemClock
from dayseal.clouds.local.discover import LocalDiscovered, SettingsDiscovery
from dayseal.clouds.local.guard import FolderGuard
from dayseal.clouds.local.signer import read_key
from dayseal.clouds.local.store import FolderStore
from dayseal.errors import AccessError, UsageError
from dayseal.ledger.inbox import Submitter
from dayseal.ledger.reader import LedgerReader
from dayseal.ledger.recorder import Recorder
from dayseal.model import ClusterId
from dayseal.model.route import RouteFacts
from dayseal.notes import TrustPolicy, parse_policy
from dayseal.ports import Clock, Discovered
from dayseal.settings import ArchiveSettings, Settings
from dayseal.steps.parts import Archive, Parts, Progress


@dataclasses.dataclass(frozen=True, slots=True)
class Surroundings:
    """What differs between a real run and a repeatable one: the clock, and random bytes."""

    clock: Clock
    entropy: Callable[[int], bytes]


def this_machine() -> Surroundings:
    """Give the machine's own clock and random bytes."""
    return Surroundings(SystemClock(), secrets.token_bytes)


@dataclasses.dataclass(frozen=True, slots=True)
class Opened:
    """A workspace's public half: what looking up and verifying needs."""

    settings: Settings
    policy: TrustPolicy
    store: FolderStore
    guard: FolderGuard
    details: FolderStore

    def reader(self) -> LedgerReader:
        """Open the ledger as it is now."""
        return LedgerReader(self.store, self.policy)


def open_workspace(settings: Settings) -> Opened:
    """Open the ledger and trust policy a workspace names; no private key is touched.

    Raises:
        AccessError: the trust policy cannot be read.
        FormatError: it makes no sense.
    """
    ledger = settings.ledger
    policy_path = settings.path(ledger.trust_policy)
    return Opened(
        settings=settings,
        policy=read_policy(policy_path),
        store=FolderStore(settings.path(ledger.path)),
        guard=FolderGuard(settings.path(ledger.guard)),
        details=FolderStore(settings.path(ledger.details)),
    )


def read_policy(path: Path) -> TrustPolicy:
    """Read a trust policy file.

    Raises:
        AccessError: it cannot be read.
        FormatError: it makes no sense.
    """
    try:
        return parse_policy(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as exc:
        raise AccessError(f"{path}: cannot read the trust policy", hint="give its path with --trust") from exc


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
    inbox = FolderStore(settings.path(settings.ledger.inbox))
    attestor = read_key(settings.path(settings.keys.attestor))
    recorder = Recorder(
        store=opened.store,
        guard=opened.guard,
        inbox=inbox,
        origin=settings.ledger.origin,
        log=read_key(settings.path(settings.keys.log)),
        policy=opened.policy,
        clock=surroundings.clock,
    )
    named = SettingsDiscovery(tuple(c.id for c in settings.clusters))
    asked = None if settings.aws is None else provider_of(settings, "aws", surroundings.clock, changes=True)
    return Parts(
        settings=settings,
        clock=surroundings.clock,
        discovery=named if asked is None else _BothDiscoveries(named, asked),
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


def archives_of(settings: Settings, archive: Path | None = None) -> tuple[Archive, ...]:
    """Give the archives of a workspace, or the one folder given instead.

    Raises:
        UsageError: there is none, the folder is none, or a bucket is named without an [aws] table.
    """
    chosen = settings.archives
    if archive is not None:
        known = [a for a in chosen if settings.path(a.path).resolve() == archive.resolve()]
        chosen = tuple(known) or (ArchiveSettings(name=archive.resolve().name, path=str(archive.resolve())),)
    if not chosen:
        raise UsageError("archive: none is configured", hint="pass --archive DIR, or add [[archives]] to the settings")
    return tuple(_archive(settings, one) for one in chosen)


def _archive(settings: Settings, one: ArchiveSettings) -> Archive:
    clusters = tuple(sorted(c.id for c in settings.clusters if c.archive == one.name))
    if one.path.startswith("s3://"):
        with _needing("aws"):
            from dayseal.wiring.aws import open_s3_archive  # noqa: PLC0415 - not every installation has boto3
        bucket = open_s3_archive(settings, one.path)
        return Archive(one.name, bucket, clusters, locks=bucket)
    if not settings.path(one.path).is_dir():
        raise UsageError(f"archive {one.name}: {settings.path(one.path)} is no folder")
    return Archive(one.name, FolderArchive(settings.path(one.path), one.name), clusters)


class Provider(Protocol):
    """A cloud that can be asked: for its clusters, and about their routes."""

    def discover(self) -> Discovered:
        """Find the clusters in scope."""
        ...

    def probe_all(self, clusters: Sequence[ClusterId]) -> tuple[RouteFacts, ...]:
        """Ask about the clusters' routes."""
        ...


def provider_of(settings: Settings, name: str, clock: Clock, *, changes: bool) -> Provider:
    """Give the cloud of that name, ready to be asked.

    Raises:
        UsageError: there is no such cloud here, its settings are missing, or its extra is not installed.
    """
    if name != "aws":
        raise UsageError(f"--provider {name}: aws promised")
    with _needing("aws"):
        from dayseal.wiring.aws import AskedAws  # noqa: PLC0415 - not every installation has boto3
    return AskedAws(settings, clock, known=[c.id for c in settings.clusters], changes=changes)


@dataclasses.dataclass(frozen=True, slots=True)
class _BothDiscoveries:
    """The clusters of the settings and those that a cloud shows."""

    named: SettingsDiscovery
    asked: Provider

    def discover(self) -> LocalDiscovered:
        """Join both; a silent scope of the cloud stays silent."""
        ours, theirs = self.named.discover(), self.asked.discover()
        clusters = tuple(sorted({*ours.clusters, *theirs.clusters}))
        return LocalDiscovered(clusters, (*ours.calls, *theirs.calls), theirs.silent)


@contextlib.contextmanager
def _needing(extra: str) -> Iterator[None]:
    """Turn a package that is not installed into advice."""
    try:
        yield
    except ModuleNotFoundError as exc:
        hint = f"pip install 'dayseal[{extra}]'"
        raise UsageError(f"{extra}: package {exc.name} is not installed", hint=hint) from exc


def code_digest() -> str:
    """Give the SHA-256 over this package's own source files: what the program claims to be, no proof."""
    total = hashlib.sha256()
    home = Path(__file__).parent.parent
    for path in sorted(home.rglob("*.py")):
        total.update(f"{path.relative_to(home).as_posix()}\0".encode())
        total.update(hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()
