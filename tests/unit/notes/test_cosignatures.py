"""Cosignatures: what witnesses sign, and the times they say."""

import pytest
from cryptography.hazmat.primitives.asymmetric import mldsa

from dayseal.errors import FormatError, SignatureError
from dayseal.model import TreeHead
from dayseal.notes import (
    Checkpoint,
    Note,
    NoteSignature,
    TrustPolicy,
    Witness,
    cosigner_vkey,
    make_signature,
    ml_dsa_vkey,
    open_checkpoint,
    open_note,
)
from dayseal.notes.signatures import signed_message
from support.example_ledger import (
    COSIGNED_AT,
    EXAMPLES,
    LINES,
    LOG_KEY,
    TEXT,
    WITNESS,
    WITNESS_KEY,
    WITNESS_PUBLIC,
    checkpoint_with,
)

_EXAMPLE = EXAMPLES["cosignature"]
_QUANTUM = mldsa.MLDSA44PrivateKey.from_seed_bytes(bytes(range(32)))
_QUANTUM_KEY = ml_dsa_vkey(_EXAMPLE["subtreeName"], _QUANTUM.public_key().public_bytes_raw())


def test_the_signed_messages_are_the_worked_examples() -> None:
    """Both kinds, byte for byte."""
    assert signed_message(WITNESS_KEY, TEXT, COSIGNED_AT) == _EXAMPLE["message"].encode()
    assert signed_message(_QUANTUM_KEY, TEXT, COSIGNED_AT).hex() == _EXAMPLE["subtreeMessage"]


def test_the_time_is_part_of_what_is_signed() -> None:
    """Else anybody could make an old checkpoint look fresh."""
    signature = make_signature(TEXT, WITNESS_KEY, WITNESS.sign, time_s=COSIGNED_AT)
    later = (COSIGNED_AT + 1).to_bytes(8, "big") + signature.signature[8:]
    line = NoteSignature(signature.name, signature.keyid, later).line
    with pytest.raises(SignatureError, match="is wrong"):
        open_note(checkpoint_with(line), [WITNESS_KEY])


@pytest.mark.parametrize("time_s", [0, 1, 2**63 - 1])
def test_any_time_of_63_bits_is_carried(time_s: int) -> None:
    """POSIX seconds, unsigned."""
    line = make_signature(TEXT, WITNESS_KEY, WITNESS.sign, time_s=time_s).line
    assert open_note(checkpoint_with(line), [WITNESS_KEY]).cosigned == ((WITNESS_KEY, time_s),)


@pytest.mark.parametrize("time_s", [-1, 2**63])
def test_a_time_out_of_range_is_not_signed(time_s: int) -> None:
    """The format's limit is 2**63 - 1."""
    with pytest.raises(FormatError, match="cosignature time"):
        make_signature(TEXT, WITNESS_KEY, WITNESS.sign, time_s=time_s)


@pytest.mark.parametrize("signature", [b"x", bytes(8), bytes(71), bytes(72), bytes(73), b"\xff" * 72])
def test_a_malformed_cosignature_is_refused(signature: bytes) -> None:
    """Too short for a time, too short for a signature, all zeros, too long, a time beyond the limit."""
    line = NoteSignature(WITNESS_KEY.name, WITNESS_KEY.keyid, signature).line
    with pytest.raises(SignatureError):
        open_note(checkpoint_with(line), [WITNESS_KEY])


def test_a_note_signature_is_no_cosignature() -> None:
    """The same key signs both, so the messages must differ."""
    plain = WITNESS.sign(TEXT.encode())
    line = NoteSignature(WITNESS_KEY.name, WITNESS_KEY.keyid, bytes(8) + plain).line
    with pytest.raises(SignatureError, match="is wrong"):
        open_note(checkpoint_with(line), [WITNESS_KEY])


def test_an_ml_dsa_cosignature_counts_like_any_other() -> None:
    """New witnesses are told to use it."""
    signature = make_signature(TEXT, _QUANTUM_KEY, _QUANTUM.sign, time_s=COSIGNED_AT)
    policy = TrustPolicy(logs=(LOG_KEY,), witnesses=(Witness("pq", _QUANTUM_KEY),), quorum="pq")
    opened = open_checkpoint(checkpoint_with(LINES[0], signature.line), policy)
    assert (opened.witnesses, opened.cosigned_times, opened.quorum_met) == (("pq",), (COSIGNED_AT,), True)


def test_an_ml_dsa_cosignature_covers_name_time_and_head() -> None:
    """A change of any of them must show."""
    raw = make_signature(TEXT, _QUANTUM_KEY, _QUANTUM.sign, time_s=COSIGNED_AT).signature
    renamed = ml_dsa_vkey("other.example", _QUANTUM_KEY.public)
    changed = Checkpoint("ledger.example/audit", TreeHead(6, bytes(32))).text
    for key, signature, text in (
        (renamed, raw, TEXT),
        (_QUANTUM_KEY, (COSIGNED_AT + 1).to_bytes(8, "big") + raw[8:], TEXT),
        (_QUANTUM_KEY, raw, changed),
        (_QUANTUM_KEY, raw[:-1], TEXT),
        (_QUANTUM_KEY, raw + b"\x00", TEXT),
    ):
        note = Note(text, (NoteSignature(key.name, key.keyid, signature),))
        with pytest.raises(SignatureError, match="is wrong"):
            open_note(note.encode(), [key])


def test_an_ml_dsa_key_signs_checkpoints_only() -> None:
    """Its message is made of a head, which no other text has."""
    with pytest.raises(FormatError, match="checkpoint"):
        make_signature("no checkpoint\n", _QUANTUM_KEY, _QUANTUM.sign)


def test_a_log_may_sign_with_ml_dsa_too() -> None:
    """The newest text of the checkpoint format recommends it."""
    key = ml_dsa_vkey("ledger.example/audit", _QUANTUM_KEY.public)
    line = make_signature(TEXT, key, _QUANTUM.sign).line
    opened = open_checkpoint(checkpoint_with(line), TrustPolicy(logs=(key,)))
    assert (opened.log_keys, opened.witnesses) == ((key,), ())


def test_a_name_longer_than_its_length_byte_is_refused() -> None:
    """One byte says how long the name is in the signed message."""
    key = ml_dsa_vkey("w" * 256, _QUANTUM_KEY.public)
    with pytest.raises(FormatError, match="256 bytes"):
        make_signature(TEXT, key, _QUANTUM.sign)
    assert make_signature(TEXT, cosigner_vkey("w" * 256, WITNESS_PUBLIC), WITNESS.sign).name == "w" * 256
