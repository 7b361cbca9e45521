"""The text of a checkpoint: origin, size, root."""

import dataclasses
from typing import Final

from dayseal.codec import decode_base64, encode_base64, parse_decimal
from dayseal.errors import FormatError
from dayseal.merkle import EMPTY_ROOT, HASH_BYTES
from dayseal.model import TreeHead
from dayseal.notes.keys import check_name

_MAX_SIZE: Final = 2**63 - 1


@dataclasses.dataclass(frozen=True, slots=True)
class Checkpoint:
    """The head of the log named `origin`, as its operator signs it. An empty log has the empty root.

    Spec: C2SP tlog-checkpoint, ledger-formats section 4.
    """

    origin: str
    head: TreeHead

    def __post_init__(self) -> None:
        check_name(self.origin, subject="checkpoint origin")
        if not 0 <= self.head.size <= _MAX_SIZE:
            raise FormatError(f"checkpoint size: {self.head.size}, 0 to {_MAX_SIZE} promised")
        if len(self.head.root) != HASH_BYTES:
            raise FormatError(f"checkpoint root: {len(self.head.root)} bytes, {HASH_BYTES} promised")
        if self.head.size == 0 and self.head.root != EMPTY_ROOT:
            raise FormatError(f"checkpoint root: {self.head.root.hex()[:16]} of no entries, the empty root promised")

    @property
    def text(self) -> str:
        """The text to sign: three lines."""
        return f"{self.origin}\n{self.head.size}\n{encode_base64(self.head.root)}\n"


def parse_checkpoint_text(text: str) -> Checkpoint:
    """Read what `Checkpoint.text` writes: exactly three lines, extension lines are refused.

    Raises:
        FormatError: any other spelling.
    """
    lines = text.split("\n")
    if len(lines) != 4 or lines[3]:  # noqa: PLR2004 - three lines and what follows the last LF
        raise FormatError(f"checkpoint: {len(lines) - 1} lines, origin, size and root promised")
    origin, size, root, _ = lines
    return Checkpoint(
        origin=origin,
        head=TreeHead(
            size=parse_decimal(size, subject="checkpoint size"),
            root=decode_base64(root, subject="checkpoint root", size=HASH_BYTES),
        ),
    )
