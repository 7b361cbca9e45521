"""`dayseal.toml` and the environment, read strictly into frozen settings.

The only place that reads the environment (`DAYSEAL_CONFIG`).
"""

import datetime as dt
import os
import tomllib
from pathlib import Path
from typing import Final

import msgspec

from dayseal.codec import canonical_json, parse_day, sha256_hex
from dayseal.errors import AccessError, FormatError, UsageError
from dayseal.model import ClusterId

CONFIG_NAME: Final = "dayseal.toml"


class _Table(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    pass


class LedgerSettings(_Table, frozen=True, kw_only=True):
    """Where the ledger and what belongs to it lie, relative to the settings file."""

    origin: str
    path: str = "ledger"
    inbox: str = "inbox"
    guard: str = "guard"
    details: str = "details"
    trust_policy: str = "trust.policy"


class KeySettings(_Table, frozen=True, kw_only=True):
    """Where the private keys lie, relative to the settings file."""

    root: str = "keys/root.pem"
    log: str = "keys/log.pem"
    attestor: str = "keys/attestor.pem"


class SealSettings(_Table, frozen=True, kw_only=True):
    """When a batch is frozen (hours after its day ends, UTC), and how many processes digest (0: one per core)."""

    cutoff_hours: int = 6
    workers: int = 0


class RetentionSettings(_Table, frozen=True, kw_only=True):
    """How long logs must be kept: queryable at once, and in total (days)."""

    hot_days: int = 92
    total_days: int = 365


class ArrivalSettings(_Table, frozen=True, kw_only=True):
    """How long a silence must last to be an outage, and how far clocks may differ (seconds)."""

    silence_seconds: int = 120
    skew_seconds: int = 60


class ArchiveSettings(_Table, frozen=True, kw_only=True):
    """One archive: a name for statements, and the folder, relative to the settings file."""

    name: str
    path: str


class ClusterSettings(_Table, frozen=True, kw_only=True):
    """One cluster in scope and the archive that holds its logs."""

    provider: str
    account: str
    location: str
    name: str
    uid: str
    archive: str

    @property
    def id(self) -> ClusterId:
        """The identity, checked."""
        return ClusterId(self.provider, self.account, self.location, self.name, self.uid)


class ExceptionSettings(_Table, frozen=True, kw_only=True):
    """An accepted exception: shown beside the verdict until `expires` (a day), never instead of it."""

    cluster: str
    check: str
    owner: str
    reason: str
    expires: dt.date


class Settings(_Table, frozen=True, kw_only=True):
    """Everything a workspace says; `base` is the settings file's folder."""

    ledger: LedgerSettings
    keys: KeySettings = KeySettings()
    seal: SealSettings = SealSettings()
    retention: RetentionSettings = RetentionSettings()
    arrival: ArrivalSettings = ArrivalSettings()
    archives: tuple[ArchiveSettings, ...] = ()
    clusters: tuple[ClusterSettings, ...] = ()
    exceptions: tuple[ExceptionSettings, ...] = ()
    base: str = ""  # set by read_settings; a settings file that sets it is overruled

    def path(self, relative: str) -> Path:
        """Give a path from the settings, taken from the settings file's folder."""
        return Path(self.base) / relative

    @property
    def thresholds(self) -> dict[str, int]:
        """The numbers the checks judge by, as statements carry them."""
        return {
            "hotDays": self.retention.hot_days,
            "totalDays": self.retention.total_days,
            "silenceSeconds": self.arrival.silence_seconds,
            "skewSeconds": self.arrival.skew_seconds,
        }

    @property
    def digest(self) -> str:
        """The hex SHA-256 of everything that can change a verdict; no path of this machine enters it."""
        judged = {
            "thresholds": self.thresholds,
            "cutoffHours": self.seal.cutoff_hours,
            "clusters": sorted(f"{c.id.text} {c.archive}" for c in self.clusters),
            "exceptions": sorted(f"{e.cluster} {e.check} {e.owner} {e.reason} {e.expires}" for e in self.exceptions),
        }
        return sha256_hex(canonical_json(judged))


def find_settings(given: Path | None) -> Path:
    """Give the settings file to use: the one given, `$DAYSEAL_CONFIG`, or `dayseal.toml` right here.

    Raises:
        UsageError: there is none.
    """
    if given is not None:
        chosen = given / CONFIG_NAME if given.is_dir() else given
    else:
        chosen = Path(os.environ.get("DAYSEAL_CONFIG") or CONFIG_NAME)
    if not chosen.is_file():
        raise UsageError(
            f"{chosen}: no settings file, one promised",
            hint="make a workspace with `dayseal init DIR`, then pass --config DIR/dayseal.toml",
        )
    return chosen


def read_settings(path: Path) -> Settings:
    """Read a settings file; unknown names and wrong types are refused, not ignored.

    Raises:
        UsageError: it says something that makes no sense.
        AccessError: it cannot be read.
    """
    try:
        raw = path.read_bytes()
    except OSError as exc:
        raise AccessError(f"{path}: cannot read the settings ({exc.strerror})") from exc
    try:
        settings = msgspec.convert(tomllib.loads(raw.decode()), Settings)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, msgspec.ValidationError) as exc:
        raise UsageError(f"{path}: {exc}", hint="docs/reference/settings.md lists every name") from exc
    settings = msgspec.structs.replace(settings, base=str(path.parent))
    _check(settings, path)
    return settings


def _check(settings: Settings, path: Path) -> None:
    names = [a.name for a in settings.archives]
    if len(set(names)) != len(names):
        raise UsageError(f"{path}: two archives have one name, each its own promised")
    seen: set[str] = set()
    for cluster in settings.clusters:
        try:
            text = cluster.id.text
        except FormatError as exc:
            raise UsageError(f"{path}: {exc}") from exc
        if text in seen:
            raise UsageError(f"{path}: cluster {text} stands there twice")
        seen.add(text)
        if cluster.archive not in names:
            raise UsageError(
                f"{path}: cluster {cluster.name} names archive {cluster.archive!r}, which is not in [[archives]]"
            )
    bounds = (
        ("seal.cutoff_hours", settings.seal.cutoff_hours, 0, 72),
        ("seal.workers", settings.seal.workers, 0, 256),
        ("retention.hot_days", settings.retention.hot_days, 1, 36_500),
        ("retention.total_days", settings.retention.total_days, 1, 36_500),
        ("arrival.silence_seconds", settings.arrival.silence_seconds, 60, 86_400),
        ("arrival.skew_seconds", settings.arrival.skew_seconds, 1, 86_400),
    )
    for name, value, low, high in bounds:
        if not low <= value <= high:
            raise UsageError(f"{path}: {name} is {value}, {low} to {high} promised")


def read_days(text: str) -> dt.date:
    """Read a day given on the command line.

    Raises:
        UsageError: it is no day like 2026-11-22.
    """
    try:
        return parse_day(text)
    except FormatError as exc:
        raise UsageError(str(exc)) from exc
