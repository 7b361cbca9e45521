"""Offline proofs that an entry is in a log: C2SP tlog-proof files."""

import dataclasses
from typing import Final

from dayseal.codec import decode_base64, encode_base64, parse_decimal
from dayseal.errors import FormatError
from dayseal.merkle import HASH_BYTES, leaf_hash, verify_inclusion
from dayseal.notes.checkpoint import OpenedCheckpoint, open_checkpoint
from dayseal.notes.note import MAX_NOTE_BYTES, parse_note
from dayseal.notes.policy import TrustPolicy

_HEADER: Final = "c2sp.org/tlog-proof@v1"
_MAX_PATH: Final = 63
_MAX_INDEX: Final = 2**63 - 2
_MAX_HEAD_BYTES: Final = 100_000


@dataclasses.dataclass(frozen=True, slots=True)
class TlogProof:
    """What a proof's bytes claim: nothing in it is verified.

    `path` runs from the leaf's sibling upwards; `checkpoint` is a whole signed note. `extra` is opaque
    and authenticated by nothing; None where the file has none, as all of ours.

    Spec: C2SP tlog-proof, ledger-formats section 7.
    """

    index: int
    path: tuple[bytes, ...]
    checkpoint: bytes
    extra: bytes | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.index <= _MAX_INDEX:
            raise FormatError(f"proof: index {self.index}, 0 to {_MAX_INDEX} promised")
        if len(self.path) > _MAX_PATH or any(len(value) != HASH_BYTES for value in self.path):
            raise FormatError(f"proof: at most {_MAX_PATH} hashes of {HASH_BYTES} bytes promised")
        parse_note(self.checkpoint)


@dataclasses.dataclass(frozen=True, slots=True)
class OpenedProof:
    """An entry's place in a log, proven up to a checkpoint of a trusted log."""

    index: int
    checkpoint: OpenedCheckpoint


def encode_proof(proof: TlogProof) -> bytes:
    """Give the proof as a file."""
    extra = [] if proof.extra is None else [f"extra {encode_base64(proof.extra)}"]
    lines = [_HEADER, *extra, f"index {proof.index}", *(encode_base64(value) for value in proof.path), "", ""]
    return "\n".join(lines).encode() + proof.checkpoint


def parse_proof(data: bytes, *, strict: bool = True) -> TlogProof:
    """Read what `encode_proof` writes; `strict` refuses an `extra` line, which nothing authenticates.

    Raises:
        FormatError: any other spelling.
    """
    head, separator, checkpoint = data.partition(b"\n\n")
    if not separator or len(head) > _MAX_HEAD_BYTES or len(checkpoint) > MAX_NOTE_BYTES:
        raise FormatError("proof: a head, an empty line and a checkpoint promised")
    try:
        lines = head.decode("ascii").split("\n")
    except UnicodeDecodeError as exc:
        raise FormatError("proof: a head in ASCII promised") from exc
    if lines.pop(0) != _HEADER:
        raise FormatError(f"proof: the first line {_HEADER} promised")
    extra = None
    if not strict and lines and lines[0].startswith("extra "):
        extra = decode_base64(lines.pop(0).removeprefix("extra "), subject="proof extra")
    if not lines or not lines[0].startswith("index "):
        raise FormatError("proof: an index line promised")
    return TlogProof(
        index=parse_decimal(lines[0].removeprefix("index "), subject="proof index"),
        path=tuple(decode_base64(line, subject="proof path", size=HASH_BYTES) for line in lines[1:]),
        checkpoint=checkpoint,
        extra=extra,
    )


def open_proof(data: bytes, leaf_data: bytes, policy: TrustPolicy) -> OpenedProof:
    """Prove with a proof file that the entry `leaf_data` is in a log of `policy`.

    A checkpoint without the quorum is accepted as provisional: look at `checkpoint.quorum_met`.

    Spec: C2SP tlog-proof, ledger-formats section 7.

    Raises:
        FormatError: not a proof of ours.
        TrustError: no log of the policy has the checkpoint's origin.
        SignatureError: no key of the log signed the checkpoint, or a known key's signature is wrong.
        ProofError: the path does not lead from the entry to the checkpoint's root.
    """
    proof = parse_proof(data)
    opened = open_checkpoint(proof.checkpoint, policy)
    head = opened.checkpoint.head
    verify_inclusion(leaf=leaf_hash(leaf_data), index=proof.index, size=head.size, path=proof.path, root=head.root)
    return OpenedProof(proof.index, opened)
