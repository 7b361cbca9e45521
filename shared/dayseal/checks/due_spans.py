"""When records are due, and what explains that none came, as a provider's operations tell."""

import dataclasses

from dayseal.model import Window


@dataclasses.dataclass(frozen=True, slots=True)
class Due:
    """A span in which records are promised (or, as `explained`, one a provider's operation explains), and why.

    It may reach beyond the event day; only the day's part is judged.
    """

    window: Window
    why: str


@dataclasses.dataclass(frozen=True, slots=True)
class DueSpans:
    """Spans in which records are due, spans that an operation explains, and what could not be read about either."""

    due: tuple[Due, ...]
    explained: tuple[Due, ...] = ()
    unread: tuple[str, ...] = ()
