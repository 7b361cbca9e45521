"""Verifier keys: one spelling, a key id that fits, and the key kinds we know."""

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from dayseal.codec import decode_base64, encode_base64
from dayseal.errors import FormatError
from dayseal.notes import (
    VerifierKey,
    cosigner_vkey,
    ecdsa_vkey,
    ed25519_vkey,
    ml_dsa_vkey,
    parse_vkey,
    vkey_of_spki,
)
from support.example_ledger import ECDSA_KEY, ECDSA_SPKI, LOG, LOG_KEY, LOG_PUBLIC, WITNESS_KEY, WITNESS_PUBLIC
from support.vector_files import read_vector

_NOTES = read_vector("signed-notes/notes.json")
_NAMES = st.text(st.characters(exclude_categories=("Cs", "Cc", "Zs", "Zl", "Zp"), exclude_characters="+"), min_size=1)
_KEYS = st.one_of(
    st.builds(ed25519_vkey, _NAMES, st.binary(min_size=32, max_size=32)),
    st.builds(cosigner_vkey, _NAMES, st.binary(min_size=32, max_size=32)),
    st.builds(ml_dsa_vkey, _NAMES, st.binary(min_size=1312, max_size=1312)),
    st.builds(ecdsa_vkey, _NAMES, st.just(ECDSA_SPKI)),
)


def test_the_worked_examples_have_their_vkeys() -> None:
    """Section 3 gives three keys and their text."""
    assert ed25519_vkey("ledger.example/audit", LOG_PUBLIC) == LOG_KEY
    assert ecdsa_vkey("ledger.example/audit", ECDSA_SPKI) == ECDSA_KEY
    assert cosigner_vkey("witness.example/w1", WITNESS_PUBLIC) == WITNESS_KEY
    assert [key.keyid.hex() for key in (LOG_KEY, ECDSA_KEY, WITNESS_KEY)] == ["2a52108c", "f857ae4e", "20324abe"]


@given(_KEYS)
def test_a_vkey_reads_back_as_its_key(key: VerifierKey) -> None:
    """Base64 may hold the `+` that parts the fields, so only the first two count."""
    assert parse_vkey(key.text) == key


@pytest.mark.parametrize("text", _NOTES["vkeys"])
def test_the_vkeys_of_others_are_read(text: str) -> None:
    """Type 05 among them: it can be held, though it verifies nothing here."""
    assert parse_vkey(text).text == text


@pytest.mark.parametrize("text", _NOTES["badVkeys"])
def test_the_bad_vkeys_of_others_are_refused(text: str) -> None:
    """Too few parts, bad base64, a bad or a wrong key id."""
    with pytest.raises(FormatError):
        parse_vkey(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "+",
        "a+00000000+",
        LOG_KEY.text + "\n",
        " " + LOG_KEY.text,
        LOG_KEY.text.replace("2a52108c", "2A52108C"),
        LOG_KEY.text.replace("2a52108c", "2a52108d"),
        LOG_KEY.text.replace("ledger", "lodger"),
        LOG_KEY.text.replace("VTG4", "VTG5"),
        LOG_KEY.text.removesuffix("4"),
        "ledger.example/audit+2a52108c+" + encode_base64(b"\x01" + LOG_PUBLIC[:31]),
    ],
)
def test_a_vkey_has_one_spelling(text: str) -> None:
    """A policy pins keys by their text; two texts for one key would count it twice."""
    with pytest.raises(FormatError):
        parse_vkey(text)


@pytest.mark.parametrize(
    "name", ["", "a b", "a+b", "a\tb", "a\u00a0b", "a\u2003b", "a\u2028b", "a\nb", "a\x01", "\ud800"]
)
def test_a_name_without_space_or_plus_is_required(name: str) -> None:
    """A name with a space would end early in its signature line."""
    with pytest.raises(FormatError):
        ed25519_vkey(name, LOG_PUBLIC)


def test_an_ecdsa_key_is_canonical_spki_on_a_nist_curve() -> None:
    """Its id covers the DER, so another encoding would be another key."""
    for curve in (ec.SECP256R1(), ec.SECP384R1(), ec.SECP521R1()):
        spki = _spki(ec.generate_private_key(curve).public_key())
        assert parse_vkey(ecdsa_vkey("log", spki).text).public == spki
    rsa_key = rsa.generate_private_key(65_537, 2048).public_key()
    compressed = ECDSA_SPKI[:-65].replace(b"\x30\x59", b"\x30\x39").replace(b"\x03\x42", b"\x03\x22") + b"\x02"
    for spki in (
        _spki(ec.generate_private_key(ec.SECP256K1()).public_key()),
        rsa_key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo),
        compressed + ECDSA_SPKI[-64:-32],
        ECDSA_SPKI + b"\x00",
        ECDSA_SPKI[:-1],
        LOG.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo),
        b"",
    ):
        with pytest.raises(FormatError):
            ecdsa_vkey("log", spki)


def test_a_log_key_is_made_from_what_a_signer_shows() -> None:
    """Signers pin their public half as SPKI, whatever kind it is."""
    spki = LOG.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    assert vkey_of_spki("ledger.example/audit", spki) == LOG_KEY
    assert vkey_of_spki("ledger.example/audit", ECDSA_SPKI) == ECDSA_KEY
    with pytest.raises(FormatError, match="not DER"):
        vkey_of_spki("ledger.example/audit", LOG_PUBLIC)


def test_a_key_of_a_private_type_is_held_as_it_is() -> None:
    """Types ff carry an identifier we do not know, and any key id."""
    text = "log.example+01020304+" + encode_base64(b"\xffexample.com/type\x00key")
    assert parse_vkey(text).text == text
    assert parse_vkey(text).public == decode_base64(text.rpartition("+")[2])[1:]


@pytest.mark.parametrize(
    ("keyid", "kind", "public"), [(b"abc", 0xFF, b"k"), (b"abcd", 0x100, b"k"), (b"abcd", 0xFF, b"")]
)
def test_a_key_that_cannot_be_is_not_built(keyid: bytes, kind: int, public: bytes) -> None:
    """A value that cannot be written must not exist."""
    with pytest.raises(FormatError):
        VerifierKey("log", keyid, kind, public)


def _spki(key: ec.EllipticCurvePublicKey) -> bytes:
    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
