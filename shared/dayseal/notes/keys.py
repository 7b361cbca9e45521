"""The public keys that sign notes, written as vkeys."""

import dataclasses
import hashlib
import re
from typing import Final

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_der_public_key

from dayseal.codec import decode_base64, encode_base64
from dayseal.errors import FormatError

ED25519: Final = 0x01
ECDSA: Final = 0x02
COSIGNATURE_V1: Final = 0x04
ML_DSA_44: Final = 0x06

KEYID_BYTES: Final = 4
_MAX_KIND: Final = 0xFF
_PUBLIC_BYTES: Final = {ED25519: 32, COSIGNATURE_V1: 32, ML_DSA_44: 1312}
_CURVES: Final = ("secp256r1", "secp384r1", "secp521r1")
_KEYID = re.compile(r"[0-9a-f]{8}\Z", re.ASCII)


@dataclasses.dataclass(frozen=True, slots=True)
class VerifierKey:
    """One public key under one name; `kind` is the signature type byte of the signed-note spec.

    `public` is 32 bytes for Ed25519 (01) and cosignature/v1 (04), DER SPKI for ECDSA (02), 1312 bytes
    for ML-DSA-44 (06). Keys of other kinds can be held and written, but verify nothing.

    Spec: C2SP signed-note, ledger-formats section 3.
    """

    name: str
    keyid: bytes
    kind: int
    public: bytes

    def __post_init__(self) -> None:
        check_name(self.name, subject="key name")
        if not 0 <= self.kind <= _MAX_KIND or len(self.keyid) != KEYID_BYTES or not self.public:
            raise FormatError(f"key {self.name}: not a type byte, a {KEYID_BYTES} byte id and a public key")
        size = _PUBLIC_BYTES.get(self.kind)
        if size is not None and len(self.public) != size:
            raise FormatError(f"key {self.name}: {len(self.public)} bytes, {size} promised for type {self.kind:02x}")
        if self.kind == ECDSA:
            _check_spki(self.name, self.public)
        if (size is not None or self.kind == ECDSA) and self.keyid != _keyid(self.name, self.kind, self.public):
            raise FormatError(f"key {self.name}: its id is not {self.keyid.hex()}")

    @property
    def text(self) -> str:
        """The key as a vkey: `name+keyid+base64`."""
        return f"{self.name}+{self.keyid.hex()}+{encode_base64(bytes([self.kind]) + self.public)}"


def parse_vkey(text: str) -> VerifierKey:
    """Read what `VerifierKey.text` writes.

    Spec: C2SP signed-note (verifier keys), ledger-formats section 3.

    Raises:
        FormatError: not a vkey, its key id belongs to another key, or the key is malformed.
    """
    parts = text.split("+", 2)  # the first two only: base64 may hold '+', names may not
    if len(parts) != 3 or not _KEYID.match(parts[1]):  # noqa: PLR2004 - name, id, key
        raise FormatError(f"vkey: {text[:80]!r}, name+8 hex digits+base64 promised")
    name, keyid, encoded = parts
    raw = decode_base64(encoded, subject=f"vkey {name[:80]}")
    if not raw:
        raise FormatError(f"vkey {name[:80]}: empty, a type byte and a public key promised")
    return VerifierKey(name, bytes.fromhex(keyid), raw[0], raw[1:])


def ed25519_vkey(name: str, public: bytes) -> VerifierKey:
    """Give the key (type 01) with these 32 bytes.

    Raises:
        FormatError: not a key name, or not 32 bytes.
    """
    return _key(name, ED25519, public)


def ecdsa_vkey(name: str, spki: bytes) -> VerifierKey:
    """Give the key (type 02) with this DER SubjectPublicKeyInfo on P-256, P-384 or P-521.

    Raises:
        FormatError: not a key name, or not such a key.
    """
    return _key(name, ECDSA, spki)


def cosigner_vkey(name: str, public: bytes) -> VerifierKey:
    """Give the witness key (type 04, cosignature/v1) with these 32 bytes of an Ed25519 key.

    Raises:
        FormatError: not a key name, or not 32 bytes.
    """
    return _key(name, COSIGNATURE_V1, public)


def ml_dsa_vkey(name: str, public: bytes) -> VerifierKey:
    """Give the cosigner key (type 06) with these 1312 bytes of an ML-DSA-44 key.

    Raises:
        FormatError: not a key name, or not 1312 bytes.
    """
    return _key(name, ML_DSA_44, public)


def vkey_of_spki(name: str, spki: bytes) -> VerifierKey:
    """Give the log key with this DER SubjectPublicKeyInfo: Ed25519 (type 01) or ECDSA (type 02).

    Raises:
        FormatError: not a key name, or not such a key in its one spelling.
    """
    key = _load_spki(name, spki)
    if isinstance(key, ed25519.Ed25519PublicKey):
        return ed25519_vkey(name, key.public_bytes_raw())
    return ecdsa_vkey(name, spki)


def check_name(name: str, *, subject: str) -> None:
    """Require a key name or origin: not empty, no Unicode space, no `+`, no control character.

    Spec: C2SP signed-note (format).

    Raises:
        FormatError: it is none.
    """
    if not name or "+" in name or any(letter.isspace() or letter < " " for letter in name):
        raise FormatError(f"{subject}: {name[:80]!r}, a name without space or '+' promised")
    try:
        name.encode()
    except UnicodeEncodeError as exc:
        raise FormatError(f"{subject}: {name[:80]!r} is not valid Unicode") from exc


def _key(name: str, kind: int, public: bytes) -> VerifierKey:
    check_name(name, subject="key name")
    return VerifierKey(name, _keyid(name, kind, public), kind, public)


def _keyid(name: str, kind: int, public: bytes) -> bytes:
    # ECDSA ids came first and are over the SPKI alone: neither name nor type is in them.
    hashed = public if kind == ECDSA else name.encode() + b"\n" + bytes([kind]) + public
    return hashlib.sha256(hashed).digest()[:KEYID_BYTES]


def _check_spki(name: str, spki: bytes) -> None:
    if not isinstance(_load_spki(name, spki), ec.EllipticCurvePublicKey):
        raise FormatError(f"key {name}: not an ECDSA key, one promised for type {ECDSA:02x}")


def _load_spki(name: str, spki: bytes) -> ed25519.Ed25519PublicKey | ec.EllipticCurvePublicKey:
    try:
        key = load_der_public_key(spki)
    except (ValueError, UnsupportedAlgorithm) as exc:
        raise FormatError(f"key {name}: not DER SubjectPublicKeyInfo") from exc
    if isinstance(key, ec.EllipticCurvePublicKey):
        if key.curve.name not in _CURVES:
            raise FormatError(f"key {name}: curve {key.curve.name}, P-256, P-384 or P-521 promised")
    elif not isinstance(key, ed25519.Ed25519PublicKey):
        raise FormatError(f"key {name}: {type(key).__name__}, Ed25519 or ECDSA promised")
    if key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo) != spki:
        raise FormatError(f"key {name}: its DER is not in its one spelling")
    return key
