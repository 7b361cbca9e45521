"""Everything that was asked about one cluster's route."""

import dataclasses
import datetime as dt

from dayseal.model.clusters import ClusterId
from dayseal.model.route.answers import Answer
from dayseal.model.route.archive import ArchiveFacts
from dayseal.model.route.changes import ChangeTrail
from dayseal.model.route.delivery import DeliveryFacts
from dayseal.model.route.eks import EksSource
from dayseal.model.route.watching import WatchedPlace

# What differs from provider to provider; GKE's and AKS's sources join here.
Source = EksSource


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
