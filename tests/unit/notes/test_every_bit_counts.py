"""A change of any single bit of what we sign is refused."""

import pytest

from dayseal.errors import FormatError, RefutedError
from dayseal.merkle import inclusion_path, leaf_hash
from dayseal.notes import (
    TlogProof,
    TrustPolicy,
    encode_proof,
    open_checkpoint,
    open_proof,
    parse_policy,
    parse_vkey,
)
from dayseal.notes.signatures import can_verify
from support.example_ledger import (
    CHECKPOINT,
    ECDSA_KEY,
    EXAMPLES,
    LINES,
    LOG_KEY,
    POLICY,
    WITNESS_KEY,
    checkpoint_with,
)

_HASHES = [leaf_hash(entry.encode()) for entry in EXAMPLES["tree"]["entries"]]


def _flipped(data: bytes) -> list[bytes]:
    """Give every variant of `data` that differs in one bit."""
    whole = int.from_bytes(data, "big")
    return [(whole ^ 1 << bit).to_bytes(len(data), "big") for bit in range(len(data) * 8)]


@pytest.mark.parametrize(("key", "line"), [(LOG_KEY, LINES[0]), (ECDSA_KEY, LINES[1])], ids=["Ed25519", "ECDSA"])
def test_every_bit_of_a_checkpoint_counts(key: object, line: str) -> None:
    """With one signature line there is nothing in it that nobody vouches for."""
    policy = TrustPolicy(logs=tuple(log for log in POLICY.logs if log == key))
    data = checkpoint_with(line)
    open_checkpoint(data, policy)
    for changed in _flipped(data):
        with pytest.raises((FormatError, RefutedError)):
            open_checkpoint(changed, policy)


def test_a_changed_bit_is_refused_or_costs_a_signature() -> None:
    """In a note of several lines, a line whose name or key id changed is a stranger's: it no longer counts."""
    whole = open_checkpoint(CHECKPOINT, POLICY)
    survivors = 0
    for changed in _flipped(CHECKPOINT):
        try:
            opened = open_checkpoint(changed, POLICY)
        except (FormatError, RefutedError):
            continue
        survivors += 1
        assert opened.checkpoint == whole.checkpoint
        assert opened.ignored == 1
        assert len(opened.log_keys) + len(opened.witnesses) == 2
    names = len(LOG_KEY.name) * 2 + len(WITNESS_KEY.name)
    assert survivors <= (names + 3 * 6) * 8, "only bits of names and key ids can be lost this way"


def test_every_bit_of_a_proof_file_counts() -> None:
    """The proof, its path, and the checkpoint it rests on."""
    policy = TrustPolicy(logs=(LOG_KEY,))
    data = encode_proof(TlogProof(2, inclusion_path(_HASHES, 2), checkpoint_with(LINES[0])))
    open_proof(data, b"charlie", policy)
    for changed in _flipped(data):
        with pytest.raises((FormatError, RefutedError)):
            open_proof(changed, b"charlie", policy)


def test_every_bit_of_an_entry_counts() -> None:
    """The entry itself is not in the proof file."""
    data = encode_proof(TlogProof(2, inclusion_path(_HASHES, 2), CHECKPOINT))
    for changed in _flipped(b"charlie"):
        with pytest.raises(RefutedError):
            open_proof(data, changed, POLICY)


def test_every_bit_of_a_vkey_counts() -> None:
    """The key id is a checksum over name and key; what has become a key of an unknown type verifies nothing."""
    for changed in _flipped(LOG_KEY.text.encode()):
        try:
            key = parse_vkey(changed.decode())
        except (FormatError, UnicodeDecodeError):
            continue
        assert not can_verify(key)


def test_a_policy_never_reads_back_as_another_by_accident() -> None:
    """Whatever one flipped bit makes of a policy, it is refused or it is visibly another policy."""
    text = POLICY.text()
    for changed in _flipped(text.encode()):
        try:
            policy = parse_policy(changed.decode())
        except (FormatError, UnicodeDecodeError):
            continue
        assert policy != POLICY or policy.text() == text
