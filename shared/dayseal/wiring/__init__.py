"""The composition root: the only place that picks adapters."""

from dayseal.clouds.aws.api_calls import call_text
from dayseal.wiring.asking import Asking, JudgedUntil
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
from dayseal.wiring.diagnosis import Diagnosis
from dayseal.wiring.overdue import overdue_of
from dayseal.wiring.providers import configured, diagnose, provider_of

__all__ = [
    "Asking",
    "BucketPlaces",
    "Diagnosis",
    "JudgedUntil",
    "Opened",
    "Surroundings",
    "archives_of",
    "assemble",
    "call_text",
    "configured",
    "create_workspace",
    "diagnose",
    "open_workspace",
    "overdue_of",
    "provider_of",
    "read_policy",
    "this_machine",
]
