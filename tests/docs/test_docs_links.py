"""Every link inside the docs leads somewhere."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from architecture.sources import ROOT, named

_LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)|!\[[^\]]*\]\(([^)\s]+)\)")
_FENCE = re.compile(r"^(```|~~~).*?^\1", re.MULTILINE | re.DOTALL)
_HEADING = re.compile(r"^#{1,6}\s+(.+?)\s*#*$", re.MULTILINE)


def _pages() -> list[Path]:
    return sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])


@pytest.mark.parametrize("page", _pages(), ids=named)
def test_links_between_pages_resolve(page: Path) -> None:
    """A reader who follows a link into nothing stops trusting the page."""
    broken = [link for link in _links(page) if not _resolves(page, link)]
    assert broken == []


def test_every_page_can_be_reached_from_the_docs_index() -> None:
    """A page nobody links to is found by nobody."""
    start = ROOT / "docs" / "README.md"
    seen, pending = {start}, [start]
    while pending:
        page = pending.pop()
        targets = {(page.parent / link.partition("#")[0]).resolve() for link in _links(page)}
        fresh = {target for target in targets if target.suffix == ".md" and target.is_file()} - seen
        seen |= fresh
        pending.extend(fresh)
    assert [named(page) for page in (ROOT / "docs").rglob("*.md") if page not in seen] == []


def _links(page: Path) -> Iterator[str]:
    text = _FENCE.sub("", page.read_text())
    for found in _LINK.finditer(text):
        link = found[1] or found[2]
        if not re.match(r"[a-z]+:", link):
            yield link


def _resolves(page: Path, link: str) -> bool:
    name, _, anchor = link.partition("#")
    target = (page.parent / name).resolve() if name else page
    if not target.exists() or not target.is_relative_to(ROOT):
        return False
    return not anchor or anchor in _anchors(target)


def _anchors(page: Path) -> set[str]:
    headings = _HEADING.findall(_FENCE.sub("", page.read_text()))
    plain = (re.sub(r"[^\w\- ]", "", heading.lower()) for heading in headings)
    return {heading.replace(" ", "-") for heading in plain}
