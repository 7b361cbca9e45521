"""The composition root: the only place that picks adapters. Its types are in `__init__.pyi`.

Each name is imported when it is first asked for: a function that answers look-ups starts without what sealing needs.
"""

import importlib
from types import MappingProxyType
from typing import Final

_HOMES: Final = MappingProxyType(
    {
        "Asking": "asking",
        "BucketPlaces": "create",
        "Diagnosis": "diagnosis",
        "JudgedUntil": "asking",
        "Opened": "workspace",
        "Surroundings": "workspace",
        "archives_of": "workspace",
        "asked_of": "providers",
        "assemble": "parts",
        "call_text": "call_texts",
        "configured": "providers",
        "create_workspace": "create",
        "diagnose": "providers",
        "diagnose_all": "providers",
        "open_workspace": "workspace",
        "overdue_of": "overdue",
        "provider_of": "providers",
        "read_policy": "workspace",
        "this_machine": "workspace",
    }
)


def __getattr__(name: str) -> object:
    """Give what is public here, from the module that has it.

    Raises:
        AttributeError: nothing public has this name.
    """
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{home}"), name)


def __dir__() -> list[str]:
    """Name what is public here."""
    return sorted(_HOMES)
