"""What a function's environment says of places, keys and roles; it overrules the settings' text."""

from typing import Final

import msgspec

from dayseal.settings import Settings, optional_environment

_PLACES: Final = (
    ("path", "DAYSEAL_LEDGER"),
    ("inbox", "DAYSEAL_INBOX"),
    ("guard", "DAYSEAL_GUARD"),
    ("checkpoint", "DAYSEAL_CHECKPOINT"),
    ("details", "DAYSEAL_DETAILS"),
)
_KEYS: Final = (
    ("log", "DAYSEAL_LOG_KEY"),
    ("log_public", "DAYSEAL_LOG_KEY_PUBLIC"),
    ("attestor", "DAYSEAL_ATTESTOR_KEY"),
    ("attestor_public", "DAYSEAL_ATTESTOR_KEY_PUBLIC"),
)
_IDENTITY: Final = (("role_arn", "DAYSEAL_AWS_ROLE"), ("audience", "DAYSEAL_AWS_AUDIENCE"))


def overruled(settings: Settings) -> Settings:
    """Give the settings as the environment has them; an identity is only overruled where the settings have one."""
    ledger = msgspec.structs.replace(settings.ledger, **_told(_PLACES))
    if ledger.identity is not None:
        ledger = msgspec.structs.replace(ledger, identity=msgspec.structs.replace(ledger.identity, **_told(_IDENTITY)))
    keys = msgspec.structs.replace(settings.keys, **_told(_KEYS))
    return msgspec.structs.replace(settings, ledger=ledger, keys=keys)


def _told(names: tuple[tuple[str, str], ...]) -> dict[str, str]:
    return {field: told for field, name in names if (told := optional_environment(name))}
