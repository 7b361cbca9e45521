"""What a provider's own trail says was changed, in the provider's words; checks say what it meant."""

import dataclasses
import datetime as dt

from dayseal.model.times import Window


@dataclasses.dataclass(frozen=True, slots=True)
class ConfigChange:
    """One configuration call from the trail.

    `parameters` is the request's own JSON text, `error` the provider's error code (`""`: it worked).
    `actor` is PERSONAL: it goes into details and onto the terminal, never into a statement.
    """

    at: dt.datetime
    name: str
    event_id: str
    parameters: str
    actor: str
    error: str = ""


@dataclasses.dataclass(frozen=True, slots=True)
class ChangeTrail:
    """The changes a trail shows, in any order, and the window it can speak for.

    `names` are the event names that were asked for; `object_level` says whether the trail holds calls on
    single objects.
    """

    window: Window
    names: tuple[str, ...]
    changes: tuple[ConfigChange, ...]
    object_level: bool = False


@dataclasses.dataclass(frozen=True, slots=True)
class PreviousCheck:
    """What the last attestation saw: changes were judged up to `at`; and each delivery stream's version, by ARN."""

    at: dt.datetime
    stream_versions: tuple[tuple[str, str], ...] = ()
