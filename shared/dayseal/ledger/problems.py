"""What `fsck` can find, by name."""

import dataclasses
import enum

from dayseal.model import TreeHead


class ProblemKind(enum.StrEnum):
    """What is wrong with a ledger. The values are stable: programs may rely on them."""

    CHECKPOINT_MISSING = "checkpoint-missing"
    CHECKPOINT_INVALID = "checkpoint-invalid"
    CHECKPOINT_ROLLED_BACK = "checkpoint-rolled-back"
    CHECKPOINT_FORKED = "checkpoint-forked"
    ROOT_MISMATCH = "root-mismatch"
    TILE_MISSING = "tile-missing"
    TILE_ALTERED = "tile-altered"
    ENTRY_ALTERED = "entry-altered"
    ENTRY_REFUSED = "entry-refused"
    ENTRY_FORGED = "entry-forged"
    SEEN_HEAD_FORKED = "seen-head-forked"
    COMMIT_WITHOUT_TILES = "commit-without-tiles"
    COMMIT_MISSING = "commit-missing"
    COMMIT_ALTERED = "commit-altered"
    GUARD_MISSING = "guard-missing"
    GUARD_AHEAD = "guard-ahead"
    GUARD_BEHIND = "guard-behind"
    SECOND_VERSION = "second-version"
    DELETE_MARKER = "delete-marker"
    ATTESTATION_MISSING = "attestation-missing"
    ATTESTATION_ALTERED = "attestation-altered"
    OBJECT_MISSING = "object-missing"
    OBJECT_ALTERED = "object-altered"


@dataclasses.dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is not as honest recorders leave it: at which key, and what is against what was promised."""

    kind: ProblemKind
    key: str
    message: str


@dataclasses.dataclass(frozen=True, slots=True)
class FsckReport:
    """All problems found, in the order of the checks; `notes` are harmless.

    `head` is the newest signed head found, None when there is none; `entries` counts those that the
    head's root vouches for and that were read.
    """

    problems: tuple[Problem, ...]
    notes: tuple[str, ...]
    head: TreeHead | None
    entries: int


class Findings:
    """Collects problems and notes while the checks run."""

    def __init__(self) -> None:
        self._problems: list[Problem] = []
        self._notes: list[str] = []

    @property
    def problems(self) -> tuple[Problem, ...]:
        """The problems so far."""
        return tuple(self._problems)

    @property
    def notes(self) -> tuple[str, ...]:
        """The notes so far."""
        return tuple(self._notes)

    def add(self, kind: ProblemKind, key: str, message: str) -> None:
        """Report a problem."""
        self._problems.append(Problem(kind, key, message))

    def note(self, text: str) -> None:
        """Report something harmless."""
        self._notes.append(text)
