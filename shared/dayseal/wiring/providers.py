"""Which clouds are asked: those that the settings have a table for, or the one that a verb names."""

import dataclasses
from collections.abc import Callable

from dayseal.clouds.local.discover import LocalDiscovered, SettingsDiscovery
from dayseal.errors import AccessError, DaysealError, UsageError
from dayseal.ports import Clock
from dayseal.settings import Settings
from dayseal.wiring.asking import Asking, Provider
from dayseal.wiring.diagnosis import Diagnosis
from dayseal.wiring.extras import needing
from dayseal.wiring.several import Cloud, Several

Diagnosed = tuple[tuple[Diagnosis, ...], tuple[str, ...]]


def provider_of(settings: Settings, name: str, clock: Clock, asking: Asking) -> Provider:
    """Give the cloud of that name, ready to be asked.

    Raises:
        UsageError: there is no such cloud here, its settings are missing, or its extra is not installed.
    """
    if name == "aws":
        with needing("aws"):
            from dayseal.wiring.asked_aws import AskedAws  # noqa: PLC0415 - not every installation has boto3
        return AskedAws(settings, clock, asking)
    if name == "gcp":
        with needing("gcp"):
            from dayseal.wiring.asked_gcp import AskedGcp  # noqa: PLC0415 - not every installation has google-auth
        return AskedGcp(settings, clock, asking)
    if name == "azure":
        with needing("azure"):
            from dayseal.wiring.asked_azure import AskedAzure  # noqa: PLC0415 - not every installation has azure-core
        return AskedAzure(settings, clock, asking)
    raise UsageError(f"--provider {name}: aws, gcp or azure promised")


def configured(settings: Settings) -> tuple[str, ...]:
    """Give the clouds that the settings have a table for."""
    tables = (("aws", settings.aws), ("gcp", settings.gcp), ("azure", settings.azure))
    return tuple(name for name, told in tables if told is not None)


def asked_of(settings: Settings, name: str, clock: Clock, asking: Asking) -> Provider:
    """Give the cloud of that name; with `""` all that the settings have a table for, as one.

    Raises:
        UsageError: the settings have no table at all, or as `provider_of` where one cloud is asked.
    """
    if name:
        return provider_of(settings, name, clock, asking)
    everyone = everyone_of(settings, clock, asking)
    if everyone is None:
        hint = 'add for instance [aws] with regions = ["eu-central-1"]'
        raise UsageError("settings: no [aws], no [gcp] and no [azure] table, one promised", hint=hint)
    return everyone


def everyone_of(settings: Settings, clock: Clock, asking: Asking) -> Provider | None:
    """Give the clouds that the settings have a table for as one, None where there is none.

    Raises:
        UsageError: as `provider_of`, where there is one only; of several one that cannot be opened stays silent.
    """
    names = configured(settings)
    if len(names) <= 1:
        return provider_of(settings, names[0], clock, asking) if names else None
    known = [cluster.id for cluster in settings.clusters]
    return Several([_open(settings, name, clock, asking) for name in names], known, clock)


def diagnose(settings: Settings, name: str, clock: Clock) -> Diagnosed:
    """Ask everything once: each permission and its state, and the scopes that did not answer.

    Raises:
        UsageError: as `provider_of`.
    """
    return _diagnosis_of(name)(settings, clock)


def diagnose_all(settings: Settings, clock: Clock) -> Diagnosed:
    """Diagnose the clouds that the settings have a table for, one after the other.

    Raises:
        UsageError, AccessError: as `diagnose`, where there is one only; of several such a one stays silent.
    """
    names = configured(settings)
    found = [diagnose(settings, name, clock) if len(names) == 1 else _tried(settings, name, clock) for name in names]
    return tuple(row for rows, _ in found for row in rows), tuple(scope for _, silent in found for scope in silent)


@dataclasses.dataclass(frozen=True, slots=True)
class BothDiscoveries:
    """The clusters of the settings and those that a cloud shows."""

    named: SettingsDiscovery
    asked: Provider

    def discover(self) -> LocalDiscovered:
        """Join both; a silent scope of the cloud stays silent."""
        ours, theirs = self.named.discover(), self.asked.discover()
        clusters = tuple(sorted({*ours.clusters, *theirs.clusters}))
        return LocalDiscovered(clusters, (*ours.calls, *theirs.calls), theirs.silent)


def _open(settings: Settings, name: str, clock: Clock, asking: Asking) -> Cloud:
    asked: Provider | DaysealError
    try:
        asked = provider_of(settings, name, clock, asking)
    except UsageError as error:
        asked = error
    return Cloud(name, asked)


def _diagnosis_of(name: str) -> Callable[[Settings, Clock], Diagnosed]:
    if name == "aws":
        with needing("aws"):
            from dayseal.wiring.doctor import diagnose_aws  # noqa: PLC0415 - not every installation has boto3
        return diagnose_aws
    if name == "gcp":
        with needing("gcp"):
            from dayseal.wiring.doctor_gcp import diagnose_gcp  # noqa: PLC0415 - not every installation has google-auth
        return diagnose_gcp
    if name == "azure":
        with needing("azure"):
            from dayseal.wiring.doctor_azure import diagnose_azure  # noqa: PLC0415 - not every one has azure-core
        return diagnose_azure
    raise UsageError(f"--provider {name}: aws, gcp or azure promised")


def _tried(settings: Settings, name: str, clock: Clock) -> Diagnosed:
    try:
        return diagnose(settings, name, clock)
    except (AccessError, UsageError) as error:
        return (), (f"{name}: {error}",)
