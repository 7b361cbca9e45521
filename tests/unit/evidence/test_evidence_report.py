"""The pages for people: words, escaping, and nothing that runs or loads."""

import html.parser

from dayseal.attest.predicates import AcceptedException, ClusterDay, FindingRow
from dayseal.evidence import DayRow, DayStatus, Reread
from dayseal.evidence.wording import archived
from dayseal.model import Verdict
from support.bundle_checks import check, sound_bundle
from support.ledger_story import Story, replaced
from support.story_parts import day, records

_HOSTILE = '<script>alert("1")</script>&<img src=x onerror=alert(1)>'


class Tags(html.parser.HTMLParser):
    """Collects the tags of a page and their attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag."""
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}


def hostile(said: ClusterDay) -> ClusterDay:
    """Put markup wherever a statement holds free text that the pages show."""
    accepted = AcceptedException(owner=_HOSTILE, reason=_HOSTILE, expires=_HOSTILE)
    row = FindingRow(check=_HOSTILE, verdict="FAIL", summary=_HOSTILE, fact_ids=(), exception=accepted)
    return replaced(said, findings=(row,))


def test_text_from_statements_is_escaped() -> None:
    """Whatever an attestor wrote, the page shows it and runs nothing."""
    story = Story()
    story.enrol()
    story.seal(0, [("a", records(0))], change=hostile)
    page = story.bundle(0, 0).report.decode()
    found = Tags()
    found.feed(page)
    assert not found.tags & {"script", "img", "link", "iframe", "a"}
    assert not {name for name in found.attributes if name.startswith("on") or name in ("src", "href")}
    assert page.count("&lt;script&gt;") == 5


def test_the_report_says_that_it_is_no_evidence_and_what_is_not_shown() -> None:
    """A page without its limits would promise too much."""
    page, guide = sound_bundle().report.decode(), sound_bundle().readme.decode()
    for text in (page, guide):
        assert "This page is no evidence" in text
        assert "that the provider emitted every event" in text
        assert "every time is the operator" in text
        assert "FRESHNESS" in text
        assert "They may hold personal data and secrets" in text


def test_without_events_there_is_no_warning_about_them() -> None:
    """A warning that always stands there is not read."""
    assert b"personal data" not in sound_bundle(with_events=False).report


def test_the_report_uses_an_auditors_words() -> None:
    """Architecture, section 9: met expectation, deviates, not determined; sealed, unchanged."""
    page = sound_bundle().report.decode()
    assert "3 days: 2 met expectation, 1 deviates; 7 events" in page
    assert "<td>sealed: no data, not read again</td><td>deviates</td>" in page
    assert "PASS" not in page


def test_a_day_that_was_read_again_says_how() -> None:
    """Sealed says what was; unchanged says that it still is."""
    row = DayRow(day(0), DayStatus.SEALED, index=1, reread=Reread.SAME)
    assert archived(row) == "sealed, unchanged"


def test_a_missing_day_deviates_and_a_changed_archive_deviates() -> None:
    """Neither may hide behind passing checks."""
    passing = FindingRow(check="arrival", verdict="PASS", summary="", fact_ids=())
    assert DayRow(day(0), DayStatus.MISSING).verdict is Verdict.FAIL
    assert DayRow(day(0), DayStatus.SEALED, 1, findings=(passing,), reread=Reread.CHANGED).verdict is Verdict.FAIL
    assert DayRow(day(0), DayStatus.UNREADABLE, 1, findings=(passing,)).verdict is Verdict.UNKNOWN
    assert DayRow(day(0), DayStatus.NOT_ENROLLED).verdict is Verdict.NOT_APPLICABLE


def test_the_pages_of_a_verified_bundle_are_what_the_statements_give() -> None:
    """Who verified the bundle may read its pages."""
    step = check(sound_bundle()).verification.steps[7]
    assert "README.txt and report.html say what the statements say" in step.proved
