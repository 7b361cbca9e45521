"""The format pages name every field there is, and no other."""

import re
from collections.abc import Iterator

import msgspec
import pytest

from architecture.sources import ROOT
from dayseal.attest import predicates
from dayseal.codec import Wire
from dayseal.digest.tally import TallyDocument
from dayseal.model import Fact, ObjectDescriptor
from dayseal.steps.documents import DetailsDocument, FactsDocument, UnreadObject

_TEXT = (ROOT / "docs" / "formats" / "predicates.md").read_text()
_KINDS: tuple[type[msgspec.Struct], ...] = (
    *(
        kind
        for kind in vars(predicates).values()
        if isinstance(kind, type) and issubclass(kind, Wire) and kind is not Wire
    ),
    Fact,
    FactsDocument,
    UnreadObject,
    DetailsDocument,
)


@pytest.mark.parametrize("kind", _KINDS, ids=lambda kind: kind.__name__)
def test_every_field_of_every_predicate_is_written_down(kind: type[msgspec.Struct]) -> None:
    """A second implementation has nothing but this page; a field too many misleads as much as one too few."""
    fields = [field.encode_name for field in msgspec.structs.fields(kind)]
    assert list(_fields_on_page(kind.__name__)) == fields


@pytest.mark.parametrize("kind", _KINDS, ids=lambda kind: kind.__name__)
def test_what_may_be_absent_or_null_is_said(kind: type[msgspec.Struct]) -> None:
    """Absent and null are different bytes, and only one of them is accepted."""
    rows = dict(_rows_on_page(kind.__name__))
    for field in msgspec.structs.fields(kind):
        arguments = getattr(field.type, "__args__", ())
        said = rows[field.encode_name]
        assert ("optional" in said) == (field.default is not msgspec.NODEFAULT), field.name
        assert ("or null" in said) == (type(None) in arguments), field.name


def test_every_predicate_type_is_listed() -> None:
    """The URI is what a reader has in hand."""
    assert [uri for uri in predicates.KINDS if f"`{uri}`" not in _TEXT] == []


def test_no_section_describes_what_is_gone() -> None:
    """A section of a removed part would be implemented in vain."""
    assert set(re.findall(r"^### (\w+)$", _TEXT, re.MULTILINE)) == {kind.__name__ for kind in _KINDS}


def test_every_field_of_a_descriptor_and_a_summary_is_written_down() -> None:
    """They stand in the ledger for years, under digests that statements name."""
    for kind, page in ((ObjectDescriptor, "manifest.md"), (TallyDocument, "summary.md")):
        rows = re.findall(r"^\| `(\w+)` \|", (ROOT / "docs" / "formats" / page).read_text(), re.MULTILINE)
        assert rows == [field.encode_name for field in msgspec.structs.fields(kind)], page


def _fields_on_page(name: str) -> Iterator[str]:
    return (field for field, _ in _rows_on_page(name))


def _rows_on_page(name: str) -> Iterator[tuple[str, str]]:
    section = re.search(rf"^### {name}\n(.*?)(?=^##|\Z)", _TEXT, re.MULTILINE | re.DOTALL)
    assert section is not None, f"no section {name}"
    for row in re.finditer(r"^\| `(\w+)` \| (.*?) \|", section[1], re.MULTILINE):
        yield row[1], row[2]
