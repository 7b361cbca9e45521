"""A bundle's container: one zip for a set of members, and nothing else is read."""

import io
import struct
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dayseal.errors import FormatError
from dayseal.evidence.stored_zip import Member, encode_zip, parse_zip

_NAMES = st.from_regex(r"[a-z0-9][a-z0-9._-]{0,8}(/[a-z0-9][a-z0-9._-]{0,8}){0,2}", fullmatch=True)
_MEMBERS = st.dictionaries(_NAMES, st.binary(max_size=40), max_size=6)
_SMALL = encode_zip([Member("a/b.json", b"{}"), Member("c", b"")])


def python_zip(*members: tuple[str, bytes], **options: int) -> bytes:
    """Write a zip with Python's own module, by default with the fields that ours has."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, data in members:
            info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            info.external_attr = 0o100644 << 16
            info.create_system = 3
            for field, value in options.items():
                setattr(info, field, value)
            archive.writestr(info, data)
    return stream.getvalue()


@given(_MEMBERS)
def test_what_was_written_is_read_in_order_of_names(members: dict[str, bytes]) -> None:
    """The reader accepts every zip the writer makes."""
    data = encode_zip([Member(name, content) for name, content in members.items()])
    assert parse_zip(data) == tuple(Member(name, members[name]) for name in sorted(members))


@given(_MEMBERS)
def test_pythons_own_zip_of_the_same_members_has_the_same_bytes(members: dict[str, bytes]) -> None:
    """Another implementation that follows the page gets our bytes, and any unzip reads them."""
    data = encode_zip([Member(name, content) for name, content in members.items()])
    assert data == python_zip(*sorted(members.items()))


def test_the_order_members_are_given_in_does_not_show() -> None:
    """Equal contents give equal bytes."""
    members = [Member("b", b"2"), Member("a", b"1")]
    assert encode_zip(members) == encode_zip(members[::-1])


def test_every_single_bit_of_a_zip_counts() -> None:
    """Headers, names, dates and checksums are promised as exactly as contents."""
    for at in range(len(_SMALL) * 8):
        changed = bytearray(_SMALL)
        changed[at // 8] ^= 1 << at % 8
        with pytest.raises(FormatError):
            parse_zip(bytes(changed))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        _SMALL + b"\n",
        b"\x00" + _SMALL,
        _SMALL[:-1],
        _SMALL[:-2] + b"\x01\x00!",  # a comment
        python_zip(("b", b"2"), ("a", b"1")),
        python_zip(("a", b"x" * 99), compress_type=zipfile.ZIP_DEFLATED),
        python_zip(("a", b"1"), create_system=0),
        python_zip(("a", b"1"), external_attr=0o100755 << 16),
        python_zip(("../a", b"1")),
        python_zip(("/a", b"1")),
        python_zip(("a/", b"")),
        python_zip((".a", b"1")),
        python_zip(("a\\b", b"1")),
        python_zip(("ä", b"1")),
        python_zip(("a" * 201, b"1")),
    ],
    ids=lambda data: data[30:44].hex() or "empty",
)
def test_a_zip_that_ours_never_writes_is_refused(data: bytes) -> None:
    """Two readers must never see different members in one file."""
    with pytest.raises(FormatError):
        parse_zip(data)


def test_two_members_of_one_name_are_refused_by_reader_and_writer() -> None:
    """Which of them counts would depend on the reader."""
    with pytest.warns(UserWarning, match="Duplicate name"):
        doubled = python_zip(("a", b"1"), ("a", b"2"))
    with pytest.raises(FormatError, match="each name once"):
        parse_zip(doubled)
    with pytest.raises(FormatError, match="each name once"):
        encode_zip([Member("a", b"1"), Member("a", b"2")])


def test_bytes_between_members_are_refused() -> None:
    """Bytes that belong to no member would be evidence of nothing."""
    data = python_zip(("a", b"1"))
    count, size, at = struct.unpack_from("<HII", data, len(data) - 12)
    shifted = data[:at] + b"hidden" + data[at : len(data) - 12] + struct.pack("<HIIH", count, size, at + 6, 0)
    with pytest.raises(FormatError, match="no member"):
        parse_zip(shifted)


@given(st.binary(max_size=200))
def test_garbage_is_a_format_error(data: bytes) -> None:
    """Whatever somebody sends, the reader answers in one way."""
    with pytest.raises(FormatError):
        parse_zip(data)
