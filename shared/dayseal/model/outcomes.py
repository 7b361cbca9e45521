"""What a function gives back, and what it counted."""

import dataclasses
from typing import Any, Literal

Unit = Literal["Count", "Seconds", "Bytes"]


@dataclasses.dataclass(frozen=True, slots=True)
class Count:
    """One metric of one invocation."""

    name: str
    value: float
    unit: Unit = "Count"


@dataclasses.dataclass(frozen=True, slots=True)
class Outcome:
    """A function's answer (JSON values), and its metrics."""

    answer: dict[str, Any]
    counts: tuple[Count, ...]
