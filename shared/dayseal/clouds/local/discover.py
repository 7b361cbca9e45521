"""Clusters in scope when no cloud is asked: the ones the settings name."""

import dataclasses

from dayseal.model import ClusterId, Fact


@dataclasses.dataclass(frozen=True, slots=True)
class LocalDiscovered:
    """Port `Discovered`: complete by definition, since nobody was asked."""

    clusters: tuple[ClusterId, ...]
    calls: tuple[Fact, ...]
    silent: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True, slots=True)
class SettingsDiscovery:
    """Port `Discovery` on the clusters of the settings; without any, records name them (step 5)."""

    clusters: tuple[ClusterId, ...]

    def discover(self) -> LocalDiscovered:
        """Give the clusters of the settings, ordered."""
        found = tuple(sorted(self.clusters))
        call = Fact(
            id="discover.settings",
            call="read dayseal.toml",
            resource="settings",
            field="clusters",
            value=str(len(found)),
        )
        return LocalDiscovered(found, (call,))
