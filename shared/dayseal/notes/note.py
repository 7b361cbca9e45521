"""Signed notes: a text and the lines that sign it."""

import dataclasses
import re
from collections.abc import Callable, Sequence
from typing import Final

from dayseal.codec import decode_base64, encode_base64
from dayseal.errors import FormatError, SignatureError, TrustError
from dayseal.notes.keys import KEYID_BYTES, VerifierKey, check_name, cosigner_vkey, ed25519_vkey
from dayseal.notes.signatures import can_verify, check_signature, encode_time, signed_message

MAX_NOTE_BYTES: Final = 1_000_000
MAX_SIGNATURES: Final = 100
_DASH: Final = "\u2014 "
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f]")


@dataclasses.dataclass(frozen=True, slots=True)
class NoteSignature:
    """One signature line: who claims to have signed, with which key id, and the signature's bytes."""

    name: str
    keyid: bytes
    signature: bytes

    def __post_init__(self) -> None:
        check_name(self.name, subject="signature line")
        if len(self.keyid) != KEYID_BYTES or not self.signature:
            raise FormatError(f"signature line of {self.name[:80]}: a {KEYID_BYTES} byte id and a signature promised")

    @property
    def line(self) -> str:
        """The line as it stands in a note, with its LF."""
        return f"{_DASH}{self.name} {encode_base64(self.keyid + self.signature)}\n"


@dataclasses.dataclass(frozen=True, slots=True)
class Note:
    """What a note's bytes claim: nothing in it is verified. The text ends with a LF.

    Spec: C2SP signed-note, ledger-formats section 3.
    """

    text: str
    signatures: tuple[NoteSignature, ...]

    def __post_init__(self) -> None:
        if not self.text.endswith("\n"):
            raise FormatError("note: its text does not end with a newline")
        if _CONTROL.search(self.text):
            raise FormatError("note: a control character in its text, none but newline promised")
        if not 0 < len(self.signatures) <= MAX_SIGNATURES:
            raise FormatError(f"note: {len(self.signatures)} signature lines, 1 to {MAX_SIGNATURES} promised")

    def encode(self) -> bytes:
        """Give the note's bytes.

        Raises:
            FormatError: larger than 1 MB, or no valid Unicode.
        """
        try:
            data = f"{self.text}\n{''.join(s.line for s in self.signatures)}".encode()
        except UnicodeEncodeError as exc:
            raise FormatError("note: its text is not valid Unicode") from exc
        if len(data) > MAX_NOTE_BYTES:
            raise FormatError(f"note: {len(data)} bytes, at most {MAX_NOTE_BYTES} promised")
        return data


@dataclasses.dataclass(frozen=True, slots=True)
class OpenedNote:
    """A text, and the known keys that signed it; each of them was verified.

    `cosigned` pairs the keys whose signatures carry a time with that time (POSIX seconds);
    `signed_by` are the others. Both in the order of their lines. `ignored` counts the lines that are
    by no known key, which anybody may have added, and repeated lines: nothing was verified there.
    """

    text: str
    signed_by: tuple[VerifierKey, ...]
    cosigned: tuple[tuple[VerifierKey, int], ...]
    ignored: int


def parse_note(data: bytes) -> Note:
    """Split a note into its text and its signature lines. The text ends at the LAST empty line.

    Raises:
        FormatError: not UTF-8, control characters, no signature lines, one of them malformed,
            more than 100 of them, or more than 1 MB.
    """
    if len(data) > MAX_NOTE_BYTES:
        raise FormatError(f"note: {len(data)} bytes, at most {MAX_NOTE_BYTES} promised")
    try:
        whole = data.decode()
    except UnicodeDecodeError as exc:
        raise FormatError("note: not UTF-8") from exc
    end = whole.rfind("\n\n")
    if end < 0 or not whole.endswith("\n") or end + 2 == len(whole):
        raise FormatError("note: a text, an empty line and signature lines promised")
    lines = whole[end + 2 : -1].split("\n")
    if len(lines) > MAX_SIGNATURES:
        raise FormatError(f"note: {len(lines)} signature lines, 1 to {MAX_SIGNATURES} promised")
    return Note(whole[: end + 1], tuple(_parse_line(line) for line in lines))


def open_note(data: bytes, keys: Sequence[VerifierKey]) -> OpenedNote:
    """Give a note's text and the keys of `keys` that signed it: at least one.

    Lines by other keys are ignored, and so are keys of kinds that cannot be verified here. Of
    several lines by one key the first counts.

    Spec: C2SP signed-note (signatures), ledger-formats section 3.

    Raises:
        FormatError: not a note.
        SignatureError: a line by a known key is wrong, or no line is by a known key.
        TrustError: two of `keys` share name and key id.
    """
    note = parse_note(data)
    known = _by_line(keys)
    checked: dict[VerifierKey, int | None] = {}
    for line in note.signatures:
        key = known.get((line.name, line.keyid))
        if key is not None and key not in checked:
            checked[key] = check_signature(key, line.signature, note.text)
    if not checked:
        raise SignatureError(f"note: none of its {len(note.signatures)} signature lines is by a known key")
    return OpenedNote(
        text=note.text,
        signed_by=tuple(key for key, time_s in checked.items() if time_s is None),
        cosigned=tuple((key, time_s) for key, time_s in checked.items() if time_s is not None),
        ignored=len(note.signatures) - len(checked),
    )


def make_signature(text: str, key: VerifierKey, sign: Callable[[bytes], bytes], *, time_s: int = 0) -> NoteSignature:
    """Sign a note's text with the private half of `key`; the signature is verified before we return.

    `time_s` (POSIX seconds) is for keys whose signatures carry a time.

    Raises:
        SignatureError: `sign` gave a signature that `key` does not verify.
        FormatError: the time is out of range, or the text is not what this kind of key signs.
    """
    message = signed_message(key, text, time_s)
    raw = encode_time(key, time_s) + sign(message)
    check_signature(key, raw, text)
    return NoteSignature(key.name, key.keyid, raw)


def sign_note(text: str, name: str, sign: Callable[[bytes], bytes], public: bytes) -> bytes:
    """Sign `text` with the Ed25519 key whose 32 public bytes are `public`, and give the note's bytes.

    Raises:
        SignatureError: `sign` gave a signature that the key does not verify.
        FormatError: not a text (it ends with a LF), a name, or a key.
    """
    return Note(text, (make_signature(text, ed25519_vkey(name, public), sign),)).encode()


def cosign_note(data: bytes, name: str, sign: Callable[[bytes], bytes], public: bytes, *, time_s: int) -> bytes:
    """Give the note with a cosignature/v1 by an Ed25519 witness key added; an older one by it is replaced.

    Nothing of the note is verified here: open it first. `time_s` is POSIX seconds.

    Spec: C2SP tlog-cosignature, ledger-formats section 5.

    Raises:
        SignatureError: `sign` gave a signature that the key does not verify.
        FormatError: not a note, a name, a key, or a time.
    """
    note = parse_note(data)
    return add_signatures(note, (make_signature(note.text, cosigner_vkey(name, public), sign, time_s=time_s),)).encode()


def add_signatures(note: Note, lines: Sequence[NoteSignature]) -> Note:
    """Give the note with `lines` at its end; older lines with the same name and key id are dropped.

    Raises:
        FormatError: more than 100 lines.
    """
    newer = {(line.name, line.keyid) for line in lines}
    kept = tuple(line for line in note.signatures if (line.name, line.keyid) not in newer)
    return Note(note.text, (*kept, *lines))


def _parse_line(line: str) -> NoteSignature:
    if not line.startswith(_DASH):
        raise FormatError(f"note: signature line {line[:80]!r}, a dash, a name and base64 promised")
    name, _, encoded = line.removeprefix(_DASH).partition(" ")
    raw = decode_base64(encoded, subject=f"signature line of {name[:80]}")
    return NoteSignature(name, raw[:KEYID_BYTES], raw[KEYID_BYTES:])


def _by_line(keys: Sequence[VerifierKey]) -> dict[tuple[str, bytes], VerifierKey]:
    known: dict[tuple[str, bytes], VerifierKey] = {}
    for key in keys:
        if not can_verify(key):
            continue
        if known.setdefault((key.name, key.keyid), key) != key:
            raise TrustError(f"note: two keys are known as {key.name}+{key.keyid.hex()}")
    return known
