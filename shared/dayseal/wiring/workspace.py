"""A workspace's adapters, opened: its ledger and trust policy, its archives, and the machine it is used on."""

import dataclasses
import hashlib
import secrets
from collections.abc import Callable
from pathlib import Path

from dayseal.clouds.local.clock import SystemClock
from dayseal.errors import AccessError, UsageError
from dayseal.ledger.reader import LedgerReader
from dayseal.notes import TrustPolicy, parse_policy
from dayseal.ports import Clock, HeadGuard, ObjectStore, VersionLister
from dayseal.settings import ArchiveSettings, Settings
from dayseal.steps.parts import Archive
from dayseal.wiring.places import open_archive, open_guard, open_newest, open_store, open_versions


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
    store: ObjectStore
    newest: ObjectStore | None
    guard: HeadGuard
    details: ObjectStore

    def reader(self) -> LedgerReader:
        """Open the ledger as it is now."""
        return LedgerReader(self.store, self.policy, self.newest)

    def versions(self) -> VersionLister | None:
        """Open the versions of what the ledger's bucket holds, None where nothing keeps any."""
        return open_versions(self.settings, self.settings.ledger.path)


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
        store=open_store(settings, ledger.path, versioned=True),
        newest=open_newest(settings, ledger.path),
        guard=open_guard(settings, ledger.guard),
        details=open_store(settings, ledger.details),
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
    return tuple(open_archive(settings, one) for one in chosen)


def code_digest() -> str:
    """Give the SHA-256 over this package's own source files: what the program claims to be, no proof."""
    total = hashlib.sha256()
    home = Path(__file__).parent.parent
    for path in sorted(home.rglob("*.py")):
        total.update(f"{path.relative_to(home).as_posix()}\0".encode())
        total.update(hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()
