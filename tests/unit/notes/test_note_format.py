"""How a note is split into its text and its signature lines."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dayseal.errors import FormatError
from dayseal.notes import Note, NoteSignature, add_signatures, parse_note

_NAMES = st.text(
    st.characters(exclude_categories=("Cs", "Cc", "Zs", "Zl", "Zp"), exclude_characters="+"), min_size=1, max_size=30
)
_SIGNATURES = st.builds(NoteSignature, _NAMES, st.binary(min_size=4, max_size=4), st.binary(min_size=1, max_size=80))
_LETTERS = st.one_of(st.characters(codec="utf-8", min_codepoint=32), st.just("\n"))
_TEXTS = st.text(_LETTERS).map(lambda text: text + "\n")
_NOTES = st.builds(Note, _TEXTS, st.lists(_SIGNATURES, min_size=1, max_size=5).map(tuple))
_LINE = "\u2014 log.example AAAAAAE=\n"


@given(_NOTES)
def test_a_note_reads_back_as_it_was_written(note: Note) -> None:
    """Texts may hold empty lines and what looks like signature lines."""
    assert parse_note(note.encode()) == note


def test_the_text_ends_at_the_last_empty_line() -> None:
    """Else a signed text could hide a second set of signatures."""
    note = parse_note(f"a\n\n{_LINE}\nb\n\n\n{_LINE}{_LINE}".encode())
    assert note.text == f"a\n\n{_LINE}\nb\n\n"
    assert len(note.signatures) == 2


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"text\n",
        b"text\n\n",
        f"text\n{_LINE}".encode(),
        f"text\n\n{_LINE}"[:-1].encode(),
        f"text\n\n{_LINE}\n".encode(),
        f"text\n\n{_LINE}text\n".encode(),
        f"text\r\n\n{_LINE}".encode(),
        f"te\tt\n\n{_LINE}".encode(),
        f"te\x00t\n\n{_LINE}".encode(),
        b"\xfftext\n\n" + _LINE.encode(),
        b"\xed\xa0\x80\n\n" + _LINE.encode(),
        f"text\n\n{_LINE}".encode("utf-16"),
    ],
)
def test_what_is_no_note_is_refused(data: bytes) -> None:
    """Before any signature is looked at."""
    with pytest.raises(FormatError):
        parse_note(data)


@pytest.mark.parametrize(
    "line",
    [
        "- log.example AAAAAAE=",
        "\u2014log.example AAAAAAE=",
        "\u2014 log.example",
        "\u2014 log.example ",
        "\u2014 log.example  AAAAAAE=",
        "\u2014  log.example AAAAAAE=",
        "\u2014  AAAAAAE=",
        "\u2014 log+example AAAAAAE=",
        "\u2014 log\u00a0example AAAAAAE=",
        "\u2014 log\u2003example AAAAAAE=",
        "\u2014 log\u2028example AAAAAAE=",
        "\u2014 log.example AAAAAA==",
        "\u2014 log.example AAAAAAE",
        "\u2014 log.example AAAAAAF=",
        "\u2014 log.example AAAAA_E=",
        "\u2014 log.example AAAAAAE= ",
        "\u2014 log.example AAAA AAE=",
    ],
)
def test_a_malformed_signature_line_spoils_the_note(line: str) -> None:
    """A line that two readers read differently is worse than none."""
    with pytest.raises(FormatError):
        parse_note(f"text\n\n{_LINE}{line}\n".encode())


def test_a_hundred_lines_and_a_megabyte_are_enough() -> None:
    """Notes come from strangers, who must not choose how long we take."""
    assert len(parse_note(f"text\n\n{_LINE * 100}".encode()).signatures) == 100
    with pytest.raises(FormatError, match="101 signature lines"):
        parse_note(f"text\n\n{_LINE * 101}".encode())
    overhead = len(f"\n\n{_LINE}".encode())
    fits = "x" * (1_000_000 - overhead)
    assert parse_note(f"{fits}\n\n{_LINE}".encode()).encode() == f"{fits}\n\n{_LINE}".encode()
    with pytest.raises(FormatError, match="1000001 bytes"):
        parse_note(f"{fits}x\n\n{_LINE}".encode())
    with pytest.raises(FormatError, match="1000001 bytes"):
        Note(f"{fits}x\n", parse_note(f"text\n\n{_LINE}".encode()).signatures).encode()


@pytest.mark.parametrize("text", ["", "text", "te\tt\n", "te\x1ft\n"])
def test_a_text_that_cannot_be_signed_is_refused(text: str) -> None:
    """It would not read back as itself."""
    signature = NoteSignature("log.example", bytes(4), b"x")
    with pytest.raises(FormatError):
        Note(text, (signature,))


def test_a_note_needs_a_signature_line_and_valid_unicode() -> None:
    """A text without signatures is no note, and a lone surrogate has no bytes."""
    with pytest.raises(FormatError, match="0 signature lines"):
        Note("text\n", ())
    with pytest.raises(FormatError, match="Unicode"):
        Note("\ud800\n", (NoteSignature("log.example", bytes(4), b"x"),)).encode()


@pytest.mark.parametrize(("keyid", "signature"), [(b"abc", b"x"), (b"abcde", b"x"), (b"abcd", b"")])
def test_a_signature_line_has_an_id_and_a_signature(keyid: bytes, signature: bytes) -> None:
    """Four bytes, and at least one."""
    with pytest.raises(FormatError):
        NoteSignature("log.example", keyid, signature)


def test_a_newer_line_by_the_same_key_replaces_the_older() -> None:
    """Witnesses cosign again and again; a checkpoint keeps the latest."""
    old, new = NoteSignature("w", b"abcd", b"old"), NoteSignature("w", b"abcd", b"new")
    other = NoteSignature("w", b"abce", b"x")
    note = add_signatures(Note("text\n", (old, other)), (new,))
    assert note.signatures == (other, new)
