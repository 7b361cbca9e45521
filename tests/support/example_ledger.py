"""The keys, the checkpoint and the policy of the worked examples in `vectors/ledger-formats-examples`."""

from typing import Final

from cryptography.hazmat.primitives.asymmetric import ec, ed25519

from dayseal.notes import TrustPolicy, VerifierKey, Witness, parse_vkey
from support.vector_files import read_vector, vector_bytes

EXAMPLES: Final = read_vector("ledger-formats-examples/examples.json")
CHECKPOINT: Final = vector_bytes("ledger-formats-examples/checkpoint")
_KEYS: Final[dict[str, str]] = EXAMPLES["keys"]

LOG: Final = ed25519.Ed25519PrivateKey.from_private_bytes(bytes.fromhex(_KEYS["logSeed"]))
LOG_PUBLIC: Final = bytes.fromhex(_KEYS["logPublic"])
LOG_KEY: Final[VerifierKey] = parse_vkey(_KEYS["logVkey"])
ECDSA_SPKI: Final = bytes.fromhex(_KEYS["ecdsaSpki"])
ECDSA: Final = ec.derive_private_key(int(_KEYS["ecdsaPrivate"], 16), ec.SECP256R1())
ECDSA_KEY: Final[VerifierKey] = parse_vkey(_KEYS["ecdsaVkey"])
WITNESS: Final = ed25519.Ed25519PrivateKey.from_private_bytes(bytes.fromhex(_KEYS["witnessSeed"]))
WITNESS_PUBLIC: Final = bytes.fromhex(_KEYS["witnessPublic"])
WITNESS_KEY: Final[VerifierKey] = parse_vkey(_KEYS["witnessVkey"])
COSIGNED_AT: Final[int] = EXAMPLES["cosignature"]["time"]

ORIGIN: Final = LOG_KEY.name
TEXT: Final = CHECKPOINT.decode().partition("\n\n")[0] + "\n"
LINES: Final = CHECKPOINT.decode().partition("\n\n")[2].splitlines(keepends=True)
POLICY: Final = TrustPolicy(
    logs=(LOG_KEY, ECDSA_KEY), witnesses=(Witness("w1", WITNESS_KEY),), quorum="w1", roots=(("root", ECDSA_SPKI),)
)


def checkpoint_with(*lines: str) -> bytes:
    """Give the example checkpoint's text, signed by these lines."""
    return f"{TEXT}\n{''.join(lines)}".encode()
