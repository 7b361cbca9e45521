"""The decision records are complete, in order and of one shape."""

import re
from pathlib import Path

import pytest

from architecture.sources import ROOT

_FOLDER = ROOT / "docs" / "decisions"
_RECORDS = sorted(_FOLDER.glob("[0-9]*.md"))
_SECTIONS = ("## Context", "## Decision", "## Consequences")


def test_the_index_lists_every_decision_by_its_title() -> None:
    """The index is how a decision is found when its number is forgotten."""
    index = (_FOLDER / "README.md").read_text()
    wanted = [f"[{record.read_text().partition(chr(10))[0].removeprefix('# ')}]({record.name})" for record in _RECORDS]
    assert [line for line in wanted if line not in index] == []


def test_decisions_are_numbered_without_holes() -> None:
    """A hole reads as a decision that somebody removed; a superseded one stays and says so."""
    assert [int(record.name[:4]) for record in _RECORDS] == list(range(1, len(_RECORDS) + 1))


@pytest.mark.parametrize("record", _RECORDS, ids=lambda record: record.stem)
def test_a_decision_says_why_what_and_at_what_price(record: Path) -> None:
    """Without its context nobody can tell later whether the decision still holds."""
    text = record.read_text()
    assert re.match(rf"# {record.name[:4]} \S", text)
    assert [section for section in _SECTIONS if f"\n{section}\n" not in text] == []
