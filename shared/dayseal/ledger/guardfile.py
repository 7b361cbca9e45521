"""The head guard's document, wherever it is kept: canonical JSON `{"commit", "g", "root", "size"}`.

Format: ledger-formats section 10.
"""

from typing import Final

from dayseal.codec import Wire, encode_document, open_document, parse_sha256_hex
from dayseal.model import GuardState, TreeHead

MAX_GUARD_BYTES: Final = 4_096


class _Document(Wire):
    commit: str
    g: int
    root: str
    size: int


def encode_guard(state: GuardState) -> bytes:
    """Give the document of a state."""
    return encode_document(_Document(commit=state.commit, g=state.g, root=state.head.root.hex(), size=state.head.size))


def open_guard(data: bytes) -> GuardState:
    """Read what `encode_guard` writes.

    Raises:
        FormatError: it is anything else.
    """
    document = open_document(data, _Document, subject="head guard")
    head = TreeHead(document.size, parse_sha256_hex(document.root, subject="head guard root"))
    return GuardState(document.g, head, document.commit)
