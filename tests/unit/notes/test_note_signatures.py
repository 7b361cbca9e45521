"""Which signatures open a note, and which refuse it."""

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from dayseal.errors import FormatError, SignatureError, TrustError
from dayseal.notes import (
    Note,
    NoteSignature,
    VerifierKey,
    add_signatures,
    cosign_note,
    ecdsa_vkey,
    ed25519_vkey,
    make_signature,
    open_note,
    parse_note,
    parse_vkey,
    sign_note,
)
from support.example_ledger import (
    CHECKPOINT,
    COSIGNED_AT,
    ECDSA,
    ECDSA_KEY,
    LINES,
    LOG,
    LOG_KEY,
    LOG_PUBLIC,
    ORIGIN,
    TEXT,
    WITNESS,
    WITNESS_KEY,
    WITNESS_PUBLIC,
    checkpoint_with,
)
from support.vector_files import read_vector

_NOTES = read_vector("signed-notes/notes.json")


@pytest.mark.parametrize("case", _NOTES["opens"], ids=lambda case: case["name"])
def test_a_note_of_others_opens(case: dict[str, str]) -> None:
    """Their programs signed them, Ed25519 and ECDSA."""
    key = parse_vkey(case["key"])
    opened = open_note(case["note"].encode(), [key])
    assert opened.text == case["note"].partition("\n\n")[0] + "\n"
    assert (opened.signed_by, opened.cosigned, opened.ignored) == ((key,), (), 0)


@pytest.mark.parametrize("case", _NOTES["refused"], ids=lambda case: case["name"])
def test_a_note_that_others_refuse_is_refused(case: dict[str, str]) -> None:
    """No line in it is by the key."""
    with pytest.raises(SignatureError, match="none of its 1 signature lines"):
        open_note(case["note"].encode(), [parse_vkey(case["key"])])


def test_our_signer_writes_the_worked_example() -> None:
    """Ed25519 is deterministic, so the lines must be equal to the byte."""
    signed = sign_note(TEXT, ORIGIN, LOG.sign, LOG_PUBLIC)
    assert signed == checkpoint_with(LINES[0])
    name = WITNESS_KEY.name
    cosigned = cosign_note(signed, name, WITNESS.sign, WITNESS_PUBLIC, time_s=COSIGNED_AT)
    assert cosigned == checkpoint_with(LINES[0], LINES[2])


def test_an_opened_note_names_every_key_that_signed() -> None:
    """Cosignatures come with their times; lines by strangers are only counted."""
    opened = open_note(CHECKPOINT, [LOG_KEY, WITNESS_KEY])
    assert opened.text == TEXT
    assert opened.signed_by == (LOG_KEY,)
    assert opened.cosigned == ((WITNESS_KEY, COSIGNED_AT),)
    assert opened.ignored == 1


def test_a_wrong_signature_by_a_known_key_refuses_the_note() -> None:
    """Even beside a good one: somebody tampered, or the key is misused."""
    wrong = LINES[0].replace("KlIQjJpv", "KlIQjJpw")
    with pytest.raises(SignatureError, match="is wrong"):
        open_note(checkpoint_with(wrong, LINES[1]), [LOG_KEY, ECDSA_KEY])
    assert open_note(checkpoint_with(wrong, LINES[1]), [ECDSA_KEY]).ignored == 1


def test_of_repeated_lines_the_first_is_checked() -> None:
    """One check a key is enough, whatever somebody appends."""
    wrong = LINES[0].replace("KlIQjJpv", "KlIQjJpw")
    opened = open_note(checkpoint_with(LINES[0], LINES[0], wrong), [LOG_KEY])
    assert (opened.signed_by, opened.ignored) == ((LOG_KEY,), 2)
    with pytest.raises(SignatureError, match="is wrong"):
        open_note(checkpoint_with(wrong, LINES[0]), [LOG_KEY])


def test_the_name_alone_or_the_id_alone_is_another_key() -> None:
    """A line is by a known key only if both agree."""
    signature = parse_note(checkpoint_with(LINES[0])).signatures[0]
    for other in (
        NoteSignature("other", signature.keyid, signature.signature),
        NoteSignature(signature.name, b"abcd", signature.signature),
    ):
        with pytest.raises(SignatureError, match="none of its"):
            open_note(Note(TEXT, (other,)).encode(), [LOG_KEY])


def test_without_keys_nothing_opens() -> None:
    """A text that nobody vouches for must not leave this function."""
    with pytest.raises(SignatureError, match="none of its 3 signature lines"):
        open_note(CHECKPOINT, [])


def test_keys_of_kinds_we_cannot_check_are_as_good_as_unknown() -> None:
    """Types ff and 05 are for others; their lines may stand in any note."""
    private = VerifierKey(ORIGIN, b"abcd", 0xFF, b"whatever")
    line = NoteSignature(ORIGIN, b"abcd", b"x").line
    assert open_note(checkpoint_with(line, LINES[0]), [private, LOG_KEY]).ignored == 1
    with pytest.raises(SignatureError, match="none of its"):
        open_note(checkpoint_with(line), [private])
    with pytest.raises(TrustError, match="type ff"):
        make_signature(TEXT, private, LOG.sign)


def test_two_keys_under_one_name_and_id_are_refused() -> None:
    """Four bytes of id collide after some ten thousand keys; guessing which is meant would help an attacker."""
    colliding = [ed25519_vkey(ORIGIN, number.to_bytes(32, "big")) for number in (18_419, 25_442)]
    assert colliding[0].keyid == colliding[1].keyid
    with pytest.raises(TrustError, match="two keys are known"):
        open_note(CHECKPOINT, [LOG_KEY, *colliding])
    assert open_note(CHECKPOINT, [LOG_KEY, LOG_KEY]).signed_by == (LOG_KEY,)


@pytest.mark.parametrize("curve", [ec.SECP256R1(), ec.SECP384R1(), ec.SECP521R1()], ids=lambda curve: curve.name)
def test_ecdsa_notes_use_sha256_on_every_curve(curve: ec.EllipticCurve) -> None:
    """Unlike DSSE, where the hash follows the curve."""
    private = ec.generate_private_key(curve)
    key = ecdsa_vkey("log", private.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))
    signature = make_signature("text\n", key, lambda message: private.sign(message, ec.ECDSA(hashes.SHA256())))
    assert open_note(Note("text\n", (signature,)).encode(), [key]).signed_by == (key,)
    with pytest.raises(SignatureError, match="is wrong"):
        make_signature("text\n", key, lambda message: private.sign(message, ec.ECDSA(hashes.SHA512())))


def test_a_signature_that_its_own_key_refuses_is_never_written() -> None:
    """A signer that answers with another key's signature is caught before anybody sees it."""
    with pytest.raises(SignatureError, match="is wrong"):
        sign_note(TEXT, ORIGIN, WITNESS.sign, LOG_PUBLIC)
    with pytest.raises(SignatureError, match="is wrong"):
        cosign_note(CHECKPOINT, "w", LOG.sign, WITNESS_PUBLIC, time_s=1)


@pytest.mark.parametrize("public", [bytes(32), b"\xff" * 32, b"\x01" + bytes(31), b"\xed" + b"\xff" * 30 + b"\x7f"])
def test_a_key_that_is_no_point_verifies_nothing(public: bytes) -> None:
    """Keys come from files; a strange one must refuse, not crash."""
    key = ed25519_vkey(ORIGIN, public)
    line = NoteSignature(key.name, key.keyid, LOG.sign(TEXT.encode())).line
    with pytest.raises(SignatureError, match="is wrong"):
        open_note(checkpoint_with(line), [key])


def test_a_text_without_bytes_is_not_signed() -> None:
    """A lone surrogate cannot be written."""
    with pytest.raises(FormatError, match="Unicode"):
        sign_note("\ud800\n", ORIGIN, LOG.sign, LOG_PUBLIC)


def test_a_text_without_its_final_newline_is_not_signed() -> None:
    """The empty line would then be part of nothing."""
    with pytest.raises(FormatError, match="newline"):
        sign_note("text", ORIGIN, LOG.sign, LOG_PUBLIC)


def test_signers_of_several_keys_share_a_note() -> None:
    """A log that changes keys signs with both for a while."""
    ecdsa = make_signature(TEXT, ECDSA_KEY, lambda message: ECDSA.sign(message, ec.ECDSA(hashes.SHA256())))
    note = add_signatures(parse_note(sign_note(TEXT, ORIGIN, LOG.sign, LOG_PUBLIC)), (ecdsa,))
    assert open_note(note.encode(), [ECDSA_KEY, LOG_KEY]).signed_by == (LOG_KEY, ECDSA_KEY)
