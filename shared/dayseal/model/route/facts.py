"""Everything that was asked about one cluster's route."""

import dataclasses
import datetime as dt

from dayseal.errors import FormatError
from dayseal.model.clusters import ClusterId
from dayseal.model.route.aks import AksSource
from dayseal.model.route.answers import Answer
from dayseal.model.route.archive import ArchiveFacts
from dayseal.model.route.changes import ChangeTrail
from dayseal.model.route.delivery import DeliveryFacts
from dayseal.model.route.eks import EksSource
from dayseal.model.route.gke import GkeSource
from dayseal.model.route.watching import WatchedPlace

# What differs from provider to provider.
Source = EksSource | GkeSource | AksSource


@dataclasses.dataclass(frozen=True, slots=True)
class RouteFacts:
    """One cluster's route as its provider showed it at `asked_at`; a fact nobody got is `Missing`, each for itself.

    `archive` is None when neither the settings nor the route name one.
    """

    cluster: ClusterId
    asked_at: dt.datetime
    source: Source
    archive: ArchiveFacts | None
    delivery: DeliveryFacts
    changes: Answer[ChangeTrail]
    watched: tuple[WatchedPlace, ...]

    @property
    def eks(self) -> EksSource:
        """The EKS side of the route.

        Raises:
            FormatError: the route is another provider's.
        """
        if not isinstance(self.source, EksSource):
            raise FormatError(f"route of {self.cluster.text}: {type(self.source).__name__}, an EKS route promised")
        return self.source

    @property
    def gke(self) -> GkeSource:
        """The GKE side of the route.

        Raises:
            FormatError: the route is another provider's.
        """
        if not isinstance(self.source, GkeSource):
            raise FormatError(f"route of {self.cluster.text}: {type(self.source).__name__}, a GKE route promised")
        return self.source

    @property
    def aks(self) -> AksSource:
        """The AKS side of the route.

        Raises:
            FormatError: the route is another provider's.
        """
        if not isinstance(self.source, AksSource):
            raise FormatError(f"route of {self.cluster.text}: {type(self.source).__name__}, an AKS route promised")
        return self.source
