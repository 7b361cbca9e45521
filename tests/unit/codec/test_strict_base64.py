"""Base64: each value has one spelling, and every other is refused."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dayseal.codec import decode_base64, encode_base64
from dayseal.errors import FormatError


@given(st.binary(max_size=100))
def test_bytes_read_back_as_they_were_written(raw: bytes) -> None:
    """And are written as the standard has it."""
    text = encode_base64(raw)
    assert decode_base64(text) == raw
    assert text == base64.b64encode(raw).decode()


@pytest.mark.parametrize(
    "text",
    [
        "AA",
        "AAA",
        "AAA=A",
        "AA=",
        "A",
        "=",
        "====",
        "AAAA=",
        "AAAA====",
        "AB==",
        "AAB=",
        "AAA=\n",
        "AAA= ",
        " AAA=",
        "AA\nAA",
        "AA AA",
        "AA-A",
        "AA_A",
        "AA.A",
        "AA\x00A",
        "ÄÄÄÄ",
        "\uff21AAA",
        "\ud800AAA",
    ],
)
def test_another_spelling_is_refused(text: str) -> None:
    """Python's own decoder accepts several of these: a signature could change and still be read as the same."""
    with pytest.raises(FormatError):
        decode_base64(text)


@given(st.binary(min_size=1, max_size=40))
def test_no_changed_character_decodes_to_the_same_bytes(raw: bytes) -> None:
    """One spelling means that every character carries meaning, stray bits included."""
    text = encode_base64(raw)
    for place in range(len(text)):
        for letter in "ABcd09+/=":
            changed = text[:place] + letter + text[place + 1 :]
            if changed == text:
                continue
            try:
                decoded = decode_base64(changed)
            except FormatError:
                continue
            assert decoded != raw


def test_a_promised_length_is_kept() -> None:
    """A key or a hash of another length is not decoded."""
    assert decode_base64("AAAA", size=3) == bytes(3)
    with pytest.raises(FormatError, match="key: 3 bytes, 4 promised"):
        decode_base64("AAAA", subject="key", size=4)
