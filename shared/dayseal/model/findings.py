"""Facts and what checks make of them."""

import dataclasses
import enum
from typing import Final, Literal

import msgspec

VerdictText = Literal["PASS", "FAIL", "UNKNOWN", "NOT_APPLICABLE"]


class Verdict(enum.StrEnum):
    """What a check says. An error never becomes FAIL, silence never becomes PASS."""

    PASS = "PASS"  # noqa: S105 - a verdict, not a password
    FAIL = "FAIL"
    UNKNOWN = "UNKNOWN"
    NOT_APPLICABLE = "NOT_APPLICABLE"

    @property
    def rank(self) -> int:
        """How bad it is: FAIL 3, UNKNOWN 2, PASS 1, NOT_APPLICABLE 0."""
        return _RANKS[self.text]

    @property
    def text(self) -> VerdictText:
        """The verdict as statements carry it."""
        return _TEXTS[self.value]


_TEXTS: Final[dict[str, VerdictText]] = {
    "PASS": "PASS",
    "FAIL": "FAIL",
    "UNKNOWN": "UNKNOWN",
    "NOT_APPLICABLE": "NOT_APPLICABLE",
}
_RANKS: Final[dict[VerdictText, int]] = {"FAIL": 3, "UNKNOWN": 2, "PASS": 1, "NOT_APPLICABLE": 0}


class Fact(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="camel"):
    """One thing an API or a reading told us, with the call it came from, so that a reader can repeat it.

    `id` is short and stable within one statement (`arrival.heartbeat`). `value` is text.
    """

    id: str
    call: str
    resource: str
    field: str
    value: str


@dataclasses.dataclass(frozen=True, slots=True)
class Finding:
    """One check's answer: what is, what was promised, since when, and what to do.

    `summary` is one sentence without personal data. `fix` is the exact command or setting, `""` on PASS.
    """

    check: str
    verdict: Verdict
    summary: str
    facts: tuple[Fact, ...] = ()
    fix: str = ""
