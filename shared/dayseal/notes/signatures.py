"""What each kind of key signs of a note's text, and whether it did."""

from typing import Final

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, mldsa
from cryptography.hazmat.primitives.serialization import load_der_public_key

from dayseal.errors import FormatError, SignatureError, TrustError
from dayseal.notes.keys import COSIGNATURE_V1, ECDSA, ED25519, ML_DSA_44, VerifierKey
from dayseal.notes.treehead import parse_checkpoint_text

MAX_TIME_S: Final = 2**63 - 1
_TIME_BYTES: Final = 8
_MAX_NAME_BYTES: Final = 255
_TIMED: Final = (COSIGNATURE_V1, ML_DSA_44)


def can_verify(key: VerifierKey) -> bool:
    """Say whether signatures by keys of this kind can be checked here at all."""
    if key.kind == ML_DSA_44:
        try:
            mldsa.MLDSA44PublicKey.from_public_bytes(key.public)
        except UnsupportedAlgorithm:
            return False
        return True
    return key.kind in (ED25519, ECDSA, COSIGNATURE_V1)


def is_timed(key: VerifierKey) -> bool:
    """Say whether signatures by this key carry the time they were made."""
    return key.kind in _TIMED


def signed_message(key: VerifierKey, text: str, time_s: int = 0) -> bytes:
    """Give the bytes that `key` signs for the note `text`.

    `time_s` is POSIX seconds, for keys whose signatures carry a time (types 04 and 06).

    Spec: C2SP signed-note, tlog-cosignature; ledger-formats sections 3 and 5.

    Raises:
        FormatError: the time is out of range, the text is no valid Unicode, or an ML-DSA-44 key is
            to sign what is no checkpoint.
    """
    if not 0 <= time_s <= MAX_TIME_S:
        raise FormatError(f"cosignature time: {time_s}, 0 to {MAX_TIME_S} promised")
    if key.kind == COSIGNATURE_V1:
        return f"cosignature/v1\ntime {time_s}\n".encode() + _utf8(text)
    if key.kind == ML_DSA_44:
        return _subtree_message(key.name, text, time_s)
    return _utf8(text)


def check_signature(key: VerifierKey, signature: bytes, text: str) -> int | None:
    """Prove that `key` signed the note `text`, and give the time it said, if its kind carries one.

    `signature` is what follows the key id in a signature line.

    Raises:
        SignatureError: it did not.
        TrustError: signatures of this kind cannot be checked here.
        FormatError: an ML-DSA-44 key signed what is no checkpoint.
    """
    if not is_timed(key):
        _verify(key, signature, signed_message(key, text))
        return None
    time_s = int.from_bytes(signature[:_TIME_BYTES], "big")
    if len(signature) <= _TIME_BYTES or time_s > MAX_TIME_S:
        raise SignatureError(f"note: the cosignature by {key.name} is malformed, a time and a signature promised")
    _verify(key, signature[_TIME_BYTES:], signed_message(key, text, time_s))
    return time_s


def encode_time(key: VerifierKey, time_s: int) -> bytes:
    """Give the bytes that stand before the bare signature in a line by `key`: its time, or nothing."""
    return time_s.to_bytes(_TIME_BYTES, "big") if is_timed(key) else b""


def _subtree_message(name: str, text: str, time_s: int) -> bytes:
    checkpoint = parse_checkpoint_text(text)
    return b"".join(
        (
            b"subtree/v1\n\x00",
            _prefixed(name),
            time_s.to_bytes(8, "big"),
            _prefixed(checkpoint.origin),
            (0).to_bytes(8, "big"),
            checkpoint.head.size.to_bytes(8, "big"),
            checkpoint.head.root,
        )
    )


def _utf8(text: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError as exc:
        raise FormatError("note: its text is not valid Unicode") from exc


def _prefixed(name: str) -> bytes:
    raw = name.encode()
    if len(raw) > _MAX_NAME_BYTES:
        raise FormatError(f"cosignature: a name of {len(raw)} bytes, at most {_MAX_NAME_BYTES} promised")
    return bytes([len(raw)]) + raw


def _verify(key: VerifierKey, signature: bytes, message: bytes) -> None:
    try:
        if key.kind in (ED25519, COSIGNATURE_V1):
            ed25519.Ed25519PublicKey.from_public_bytes(key.public).verify(signature, message)
        elif key.kind == ECDSA:
            _verify_ecdsa(key, signature, message)
        elif key.kind == ML_DSA_44:
            mldsa.MLDSA44PublicKey.from_public_bytes(key.public).verify(signature, message)
        else:
            raise TrustError(f"note: keys of type {key.kind:02x} ({key.name}) cannot be checked here")
    except InvalidSignature as exc:
        raise SignatureError(f"note: the signature by {key.name}+{key.keyid.hex()} is wrong") from exc
    except UnsupportedAlgorithm as exc:
        raise TrustError(f"note: keys of type {key.kind:02x} ({key.name}) cannot be checked here") from exc


def _verify_ecdsa(key: VerifierKey, signature: bytes, message: bytes) -> None:
    public = load_der_public_key(key.public)
    if not isinstance(public, ec.EllipticCurvePublicKey):
        raise TrustError(f"note: the key {key.name} is not an ECDSA key")
    public.verify(signature, message, ec.ECDSA(hashes.SHA256()))  # SHA-256 on every curve, unlike DSSE
