from dayseal.wiring.asking import Asking, JudgedUntil
from dayseal.wiring.call_texts import call_text
from dayseal.wiring.create import BucketPlaces, create_workspace
from dayseal.wiring.diagnosis import Diagnosis
from dayseal.wiring.overdue import overdue_of
from dayseal.wiring.parts import assemble
from dayseal.wiring.providers import asked_of, configured, diagnose, diagnose_all, provider_of
from dayseal.wiring.workspace import (
    Opened,
    Surroundings,
    archives_of,
    open_workspace,
    read_policy,
    this_machine,
)

__all__ = [
    "Asking",
    "BucketPlaces",
    "Diagnosis",
    "JudgedUntil",
    "Opened",
    "Surroundings",
    "archives_of",
    "asked_of",
    "assemble",
    "call_text",
    "configured",
    "create_workspace",
    "diagnose",
    "diagnose_all",
    "open_workspace",
    "overdue_of",
    "provider_of",
    "read_policy",
    "this_machine",
]
