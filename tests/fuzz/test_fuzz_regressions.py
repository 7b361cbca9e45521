"""What the fuzzer starts from, and what it once found, through every parser: replayed in every run."""

import contextlib
from pathlib import Path

import pytest

from dayseal.errors import DaysealError
from fuzz.parsers import GROUPS, PARSERS
from fuzz.seeds import seeds

_FOUND = sorted(Path(__file__).with_name("regressions").glob("*.bin"))
# A few that no fuzzer would take long to find, for all of them.
_ANY = (b"", b"\0", b"\n", b"\n\n", b"{}", b"[]", b"null", b"0", b'"', b"\xff\xfe", b"\xef\xbb\xbf{}", b"[" * 200_000)
_DEEP = (b'{"a":' * 100_000, b"9" * 10_000, b"1e999999", b'"\\ud800"', b"\x1f\x8b", b"PK\x05\x06" + b"\0" * 18)
_ALSO = (
    b"a = " + b"[" * 100_000,
    b"[seal]\nworkers = " + b"9" * 10_000,
    b"x" * 100_000,
    b"\n" * 10_000,
    b"- " * 10_000,
)


@pytest.mark.parametrize("path", _FOUND, ids=lambda path: path.stem)
def test_a_crash_of_the_past_stays_fixed(path: Path) -> None:
    """The file's name says which parser it is for, and what was wrong."""
    with pytest.raises(DaysealError):
        PARSERS[path.stem.partition(".")[0]](path.read_bytes())


@pytest.mark.parametrize("parser", PARSERS)
def test_sound_examples_and_junk_get_through_every_parser(parser: str) -> None:
    """Our own examples of all parsers, cut in the middle too, and junk: an answer, or one of our errors."""
    own = seeds(parser)
    cut, longer = [data[: len(data) // 2] for data in own], [data + b"\0" for data in own]
    for data in (*_ANY, *_DEEP, *_ALSO, *own, *cut, *longer):
        with contextlib.suppress(DaysealError):
            PARSERS[parser](data)


@pytest.mark.parametrize(
    "parser", sorted(set(PARSERS) - {"predicate-inventory", "predicate-reverification", "predicate-chain-reset"})
)
def test_the_fuzzer_starts_from_something_that_parses(parser: str) -> None:
    """From empty bytes alone it would learn a format for days."""
    PARSERS[parser](seeds(parser)[0])


def test_every_parser_is_in_one_group() -> None:
    """A group is one process; a parser in none would never be fuzzed."""
    assert sum(map(len, GROUPS.values())) == len(PARSERS)
