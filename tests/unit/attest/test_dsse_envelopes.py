"""Envelopes: what we sign, what we accept, and all that we refuse."""

import dataclasses
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dayseal.attest.dsse import (
    MAX_ENVELOPE_BYTES,
    open_envelope,
    parse_envelope,
    pre_auth_encoding,
    sign_envelope,
)
from dayseal.attest.keys import keyid_of
from dayseal.codec import canonical_json, decode_base64, encode_base64
from dayseal.errors import FormatError, SignatureError
from support.example_ledger import EXAMPLES, LOG
from support.example_signers import MemorySigner, ecdsa_signer, ed25519_signer

_FIRST, _SECOND, _STRANGER = ed25519_signer(1), ecdsa_signer(2), ed25519_signer(3)
_KEYS = {keyid_of(signer.spki): signer.spki for signer in (_FIRST, _SECOND)}
_PAYLOAD = b'{"_type":"x"}'
_GOOD = sign_envelope(_PAYLOAD, [_FIRST])


def test_the_worked_example_is_signed_as_given() -> None:
    """Section 8 of the formats: encoding and Ed25519 signature."""
    example = EXAMPLES["dsse"]
    message = pre_auth_encoding(example["payload"].encode(), example["payloadType"])
    assert message == example["preAuthEncoding"].encode()
    envelope = parse_envelope(sign_envelope(_PAYLOAD, [MemorySigner(LOG)]), subject="example")
    assert [encode_base64(raw) for _, raw in envelope.signatures] == [example["signature"]]


def test_lengths_are_counted_in_bytes() -> None:
    """A letter outside ASCII has more than one."""
    assert pre_auth_encoding("ä".encode(), "ö") == "DSSEv1 2 ö 2 ä".encode()


@given(st.binary(max_size=300))
def test_an_envelope_opens_to_what_was_signed(payload: bytes) -> None:
    """And names the keys in the order in which they signed."""
    data = sign_envelope(payload, [_SECOND, _FIRST])
    opened, signed_by = open_envelope(data, _KEYS, threshold=2, subject="entry")
    assert opened == payload
    assert signed_by == (keyid_of(_SECOND.spki), keyid_of(_FIRST.spki))


def test_a_stranger_s_signature_refuses_the_envelope() -> None:
    """Beside a good one, too: entries of ours carry no signatures of strangers."""
    for signers in ([_STRANGER], [_FIRST, _STRANGER]):
        with pytest.raises(SignatureError, match="not accepted here"):
            open_envelope(sign_envelope(_PAYLOAD, signers), _KEYS, subject="entry")


def test_too_few_signatures_are_refused() -> None:
    """Root keys act together, above a threshold."""
    with pytest.raises(SignatureError, match="1 signatures, 2 promised"):
        open_envelope(_GOOD, _KEYS, threshold=2, subject="entry")


def test_one_key_cannot_sign_twice() -> None:
    """Else it would reach any threshold alone."""
    with pytest.raises(FormatError, match="two signatures by one key"):
        open_envelope(sign_envelope(_PAYLOAD, [_FIRST, _FIRST]), _KEYS, threshold=2, subject="entry")


def test_a_signer_that_answers_with_rubbish_is_caught() -> None:
    """Before the envelope exists."""

    @dataclasses.dataclass(frozen=True)
    class Broken(MemorySigner):
        def sign(self, message: bytes) -> bytes:
            return super().sign(message + b"!")

    with pytest.raises(SignatureError, match="new signature"):
        sign_envelope(_PAYLOAD, [Broken(_FIRST.private)])


def test_every_bit_of_an_envelope_counts() -> None:
    """Payload, type, key id, signature, and the JSON around them."""
    open_envelope(_GOOD, _KEYS, subject="entry")
    for bit in range(len(_GOOD) * 8):
        changed = bytearray(_GOOD)
        changed[bit // 8] ^= 1 << bit % 8
        with pytest.raises((FormatError, SignatureError)):
            open_envelope(bytes(changed), _KEYS, subject="entry")


def _changed(**fields: object) -> bytes:
    return canonical_json(json.loads(_GOOD) | fields)


_SIGNATURE = json.loads(_GOOD)["signatures"][0]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{}",
        b" " + _GOOD,
        _GOOD + b"\n",
        json.dumps(json.loads(_GOOD)).encode(),
        _changed(payloadType="application/json"),
        _changed(payload="e30"),
        _changed(payload="e31="),
        _changed(payload="_w=="),
        _changed(payload=5),
        _changed(signatures=[]),
        _changed(signatures=[_SIGNATURE] * 17),
        _changed(signatures=[{"sig": _SIGNATURE["sig"]}]),
        _changed(signatures=[_SIGNATURE | {"cert": "x"}]),
        _changed(signatures=[_SIGNATURE | {"sig": "AB=="}]),
        _changed(extra=1),
        _GOOD.replace(b'{"payload":', b'{"payload":"","payload":'),
    ],
)
def test_an_envelope_that_we_would_not_write_is_refused(data: bytes) -> None:
    """DSSE is lenient, the ledger is not: its entries have one spelling."""
    with pytest.raises(FormatError):
        parse_envelope(data, subject="entry")


def test_an_envelope_fits_a_log_entry() -> None:
    """An entry's length has two bytes."""
    overhead = len(sign_envelope(b"", [_FIRST]))
    largest = (MAX_ENVELOPE_BYTES - overhead) // 4 * 3
    assert len(sign_envelope(bytes(largest), [_FIRST])) <= MAX_ENVELOPE_BYTES
    with pytest.raises(FormatError, match="at most 65535"):
        sign_envelope(bytes(largest + 3), [_FIRST])
    with pytest.raises(FormatError, match="at most 65535"):
        parse_envelope(bytes(MAX_ENVELOPE_BYTES + 1), subject="entry")


def test_parsing_gives_claims_only() -> None:
    """A signature that is plainly wrong still parses: nothing has been verified."""
    wrong = _changed(signatures=[_SIGNATURE | {"sig": "AAAA"}])
    assert parse_envelope(wrong, subject="entry").signatures == ((_SIGNATURE["keyid"], decode_base64("AAAA")),)
    with pytest.raises(SignatureError):
        open_envelope(wrong, _KEYS, subject="entry")
