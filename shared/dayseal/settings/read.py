"""Reading `dayseal.toml` strictly; the only place that reads the environment."""

import datetime as dt
import os
import re
import tomllib
from pathlib import Path
from typing import Final

import msgspec

from dayseal.codec import parse_day
from dayseal.errors import AccessError, FormatError, UsageError
from dayseal.settings.clouds import AzureSettings
from dayseal.settings.tables import Settings

CONFIG_NAME: Final = "dayseal.toml"
_GUID: Final = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", re.ASCII)
_HTTPS: Final = re.compile(r"https://[A-Za-z0-9.{}:-]+(/[A-Za-z0-9.{}_-]+)*", re.ASCII)
# The name of a host, to which a token goes, is made of the account's.
_AZ_FOLDER: Final = re.compile(r"az://[a-z0-9]{3,24}/([a-z0-9$-]{3,63}/(.+/)?)?", re.ASCII)
_S3_FOLDER: Final = re.compile(r"s3://[a-z0-9][a-z0-9.-]+/(.+/)?")


def environment(name: str) -> str:
    """Give an environment variable that a function cannot do without.

    Raises:
        UsageError: it is not set, or empty.
    """
    value = os.environ.get(name, "")
    if not value:
        raise UsageError(f"environment: no {name}, one promised", hint="template.yaml sets it")
    return value


def optional_environment(name: str, default: str = "") -> str:
    """Give an environment variable, or `default` where it is not set or empty."""
    return os.environ.get(name) or default


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
    return parse_settings(raw, path)


def parse_settings(raw: bytes, path: Path) -> Settings:
    """Read settings from a file's bytes; `path` names them in messages, and paths are taken from its folder.

    Raises:
        UsageError: they say something that makes no sense.
    """
    try:
        settings = msgspec.convert(tomllib.loads(raw.decode()), Settings)
    except (ValueError, RecursionError) as exc:  # of TOML, UTF-8, a huge number, the types; or nested too deeply
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
    if settings.aws is not None and settings.aws.trail and not _S3_FOLDER.fullmatch(settings.aws.trail):
        raise UsageError(f"{path}: aws.trail is {settings.aws.trail!r}, s3://BUCKET/PREFIX/ promised")
    _check_az_places(settings, path)
    if settings.azure is not None:
        _check_azure(settings.azure, path)
    bounds = (
        ("seal.cutoff_hours", settings.seal.cutoff_hours, 0, 72),
        ("seal.workers", settings.seal.workers, 0, 256),
        ("retention.hot_days", settings.retention.hot_days, 1, 36_500),
        ("retention.total_days", settings.retention.total_days, 1, 36_500),
        ("arrival.silence_seconds", settings.arrival.silence_seconds, 60, 86_400),
        ("export.newest_object_seconds", settings.export.newest_object_seconds, 60, 604_800),
        ("coverage.identified_percent", settings.coverage.identified_percent, 0, 100),
        ("arrival.skew_seconds", settings.arrival.skew_seconds, 1, 86_400),
    )
    for name, value, low, high in bounds:
        if not low <= value <= high:
            raise UsageError(f"{path}: {name} is {value}, {low} to {high} promised")


def _check_az_places(settings: Settings, path: Path) -> None:
    ledger = settings.ledger
    places = {f"ledger.{name}": getattr(ledger, name) for name in ("path", "inbox", "guard", "checkpoint", "details")}
    for name, place in (*places.items(), *((f"archive {a.name}", a.path) for a in settings.archives)):
        if not place.startswith("az://"):
            continue
        found = _AZ_FOLDER.fullmatch(place)
        if found is None or (name in places and not found[1]):
            raise UsageError(f"{path}: {name} is {place!r}, az://ACCOUNT/CONTAINER/PREFIX/ promised")


def _check_azure(azure: AzureSettings, path: Path) -> None:
    ids = {
        "subscriptions": azure.subscriptions,
        "tenants": azure.tenants,
        "client_id": (azure.client_id,) if azure.client_id else (),
        "activity_workspaces": azure.activity_workspaces,
    }
    for name, values in ids.items():
        for value in values:
            if not _GUID.fullmatch(value):
                raise UsageError(f"{path}: azure.{name} is {value!r}, an id like 01234567-89ab-cdef-... promised")
    for name in ("endpoint", "logs_endpoint", "blob_endpoint"):
        address = getattr(azure, name)
        if address and not _HTTPS.fullmatch(address):  # a token goes there
            raise UsageError(f"{path}: azure.{name} is {address!r}, https://HOST promised, without a / at the end")
    if azure.blob_endpoint and "{account}" not in azure.blob_endpoint:
        raise UsageError(f"{path}: azure.blob_endpoint is {azure.blob_endpoint!r}, {{account}} in it promised")


def read_days(text: str) -> dt.date:
    """Read a day given on the command line.

    Raises:
        UsageError: it is no day like 2026-11-22.
    """
    try:
        return parse_day(text)
    except FormatError as exc:
        raise UsageError(str(exc)) from exc
