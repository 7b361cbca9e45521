"""Private keys in PEM files: for trying dayseal, and for root keys that stay offline."""

import dataclasses
import os
import stat
from pathlib import Path
from typing import Literal

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from dayseal.errors import AccessError, UsageError

_Key = ed25519.Ed25519PrivateKey | ec.EllipticCurvePrivateKey


@dataclasses.dataclass(frozen=True, slots=True)
class LocalSigner:
    """Port `Signer` on a private key in memory: Ed25519, or ECDSA P-256 (deterministic, RFC 6979)."""

    key: _Key = dataclasses.field(repr=False)

    @property
    def spki(self) -> bytes:
        """The public key as DER SubjectPublicKeyInfo."""
        return self.key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)

    @property
    def public(self) -> bytes:
        """The raw 32-byte public key of an Ed25519 key, as vkeys carry it.

        Raises:
            UsageError: it is an ECDSA key.
        """
        if not isinstance(self.key, ed25519.Ed25519PrivateKey):
            raise UsageError("log key: an ECDSA key, Ed25519 promised")
        return self.key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)

    def sign(self, message: bytes) -> bytes:
        """Sign the message itself; ECDSA gives ASN.1 DER over its SHA-256."""
        if isinstance(self.key, ed25519.Ed25519PrivateKey):
            return self.key.sign(message)
        return self.key.sign(message, ec.ECDSA(hashes.SHA256(), deterministic_signing=True))


def new_key(kind: Literal["ed25519", "p256"], seed: bytes) -> LocalSigner:
    """Make a private key from 32 bytes of entropy; equal seeds give equal keys."""
    if kind == "ed25519":
        return LocalSigner(ed25519.Ed25519PrivateKey.from_private_bytes(seed))
    # A P-256 scalar must lie in 1 .. n-1; reducing 32 bytes keeps the bias below 2**-31.
    order = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
    return LocalSigner(ec.derive_private_key(int.from_bytes(seed, "big") % (order - 1) + 1, ec.SECP256R1()))


def write_key(path: Path, signer: LocalSigner) -> None:
    """Write the private key as PKCS #8 PEM with mode 0600; an existing file is never overwritten.

    Raises:
        UsageError: the file exists.
        AccessError: it cannot be written.
    """
    pem = signer.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    except FileExistsError as exc:
        raise UsageError(f"{path}: a key is there already, a new file promised") from exc
    except OSError as exc:
        raise AccessError(f"{path}: cannot write the key ({exc.strerror})") from exc
    with os.fdopen(handle, "wb") as file:
        file.write(pem)


def read_key(path: Path) -> LocalSigner:
    """Read a private key that nobody else on the machine may read.

    Raises:
        UsageError: others may read it, or it is no Ed25519 or P-256 key in PEM.
        AccessError: it cannot be read.
    """
    try:
        with path.open("rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            pem = file.read(16_384)
    except OSError as exc:
        raise AccessError(f"{path}: cannot read the key ({exc.strerror})") from exc
    if stat.S_IMODE(mode) & 0o077:
        raise UsageError(
            f"{path}: mode {stat.S_IMODE(mode):04o}, a key only its owner can read promised",
            hint=f"chmod 600 {path}",
        )
    try:
        key = load_pem_private_key(pem, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as exc:
        raise UsageError(f"{path}: no private key in PEM without a password") from exc
    if isinstance(key, ed25519.Ed25519PrivateKey):
        return LocalSigner(key)
    if isinstance(key, ec.EllipticCurvePrivateKey) and isinstance(key.curve, ec.SECP256R1):
        return LocalSigner(key)
    raise UsageError(f"{path}: a {type(key).__name__}, Ed25519 or ECDSA P-256 promised")
