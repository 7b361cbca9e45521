"""The composition root: the only place that picks adapters."""

from dayseal.wiring.assemble import (
    Opened,
    Surroundings,
    archives_of,
    assemble,
    open_workspace,
    provider_of,
    read_policy,
    this_machine,
)
from dayseal.wiring.create import create_workspace

__all__ = [
    "Opened",
    "Surroundings",
    "archives_of",
    "assemble",
    "create_workspace",
    "open_workspace",
    "provider_of",
    "read_policy",
    "this_machine",
]
