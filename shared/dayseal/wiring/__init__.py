"""The composition root: the only place that picks adapters."""

from dayseal.wiring.assemble import (
    Opened,
    Surroundings,
    archives_of,
    assemble,
    open_workspace,
    read_policy,
    this_machine,
)
from dayseal.wiring.create import BucketPlaces, create_workspace
from dayseal.wiring.places import diagnose, provider_of

__all__ = [
    "BucketPlaces",
    "Opened",
    "Surroundings",
    "archives_of",
    "assemble",
    "create_workspace",
    "diagnose",
    "open_workspace",
    "provider_of",
    "read_policy",
    "this_machine",
]
