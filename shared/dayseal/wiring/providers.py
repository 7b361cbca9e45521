"""Which clouds are asked: those that the settings have a table for, or the one that a verb names."""

import dataclasses
from collections.abc import Sequence
from typing import Protocol

from dayseal.clouds.local.discover import LocalDiscovered, SettingsDiscovery
from dayseal.errors import UsageError
from dayseal.model import ClusterId
from dayseal.model.route import RouteFacts
from dayseal.ports import Clock, Discovered
from dayseal.settings import Settings
from dayseal.wiring.asking import Asking
from dayseal.wiring.diagnosis import Diagnosis
from dayseal.wiring.extras import needing


class Provider(Protocol):
    """A cloud that can be asked: for its clusters, and about their routes."""

    def discover(self) -> Discovered:
        """Find the clusters in scope."""
        ...

    def probe_all(self, clusters: Sequence[ClusterId]) -> tuple[RouteFacts, ...]:
        """Ask about the clusters' routes."""
        ...


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
    raise UsageError(f"--provider {name}: aws or gcp promised")


def configured(settings: Settings) -> tuple[str, ...]:
    """Give the clouds that the settings have a table for."""
    return tuple(name for name, told in (("aws", settings.aws), ("gcp", settings.gcp)) if told is not None)


def diagnose(settings: Settings, name: str, clock: Clock) -> tuple[tuple[Diagnosis, ...], tuple[str, ...]]:
    """Ask everything once: each permission and its state, and the scopes that did not answer.

    Raises:
        UsageError: as `provider_of`.
    """
    if name == "aws":
        with needing("aws"):
            from dayseal.wiring.doctor import diagnose_aws  # noqa: PLC0415 - not every installation has boto3
        return diagnose_aws(settings, clock)
    if name == "gcp":
        with needing("gcp"):
            from dayseal.wiring.doctor_gcp import diagnose_gcp  # noqa: PLC0415 - not every installation has google-auth
        return diagnose_gcp(settings, clock)
    raise UsageError(f"--provider {name}: aws or gcp promised")


def everyone_of(settings: Settings, clock: Clock, asking: Asking) -> Provider | None:
    """Give the clouds that the settings have a table for as one, None where there is none; raises as `provider_of`."""
    asked = tuple(provider_of(settings, name, clock, asking) for name in configured(settings))
    return Several(asked) if len(asked) > 1 else next(iter(asked), None)


@dataclasses.dataclass(frozen=True, slots=True)
class Several:
    """Clouds that are asked one after the other, each about its own clusters."""

    asked: tuple[Provider, ...]

    def discover(self) -> LocalDiscovered:
        """Join what they find; a silent scope of any stays silent."""
        found = [one.discover() for one in self.asked]
        clusters = tuple(sorted({cluster for some in found for cluster in some.clusters}))
        calls = tuple(call for some in found for call in some.calls)
        return LocalDiscovered(clusters, calls, tuple(scope for some in found for scope in some.silent))

    def probe_all(self, clusters: Sequence[ClusterId]) -> tuple[RouteFacts, ...]:
        """Join what they say, in the order of the clusters."""
        said = {route.cluster: route for one in self.asked for route in one.probe_all(clusters)}
        return tuple(said[cluster] for cluster in clusters if cluster in said)


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
