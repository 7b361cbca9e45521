"""What the matrix taught: refusals and taken places are told, and a listing that is denied hides nothing."""

import contextlib
import dataclasses
import datetime as dt

import pytest

from attacks.forged import submit, take_place, without_key
from attacks.grounds import ATTESTORS, DAYS, PROD, Site, told_site
from attacks.on_archive import alter_object, hide_object
from dayseal.attest.keys import keyid_of
from dayseal.attest.predicates import Inventory
from dayseal.errors import AccessError, TamperError
from dayseal.ledger.entry import parse_admitted
from dayseal.ledger.layout import REVERIFICATION_CHAIN, InboxName, attestor_prefix
from dayseal.model import ArchiveObject, Listing, Verdict
from dayseal.ports import ArchiveReader, ByteSource
from dayseal.reverification import ReverifyReport, reverify_archives
from dayseal.steps.parts import Parts
from dayseal.steps.reverifying import Selection
from dayseal.workflow import seal_day


@pytest.fixture
def site() -> Site:
    """Give a site that a test may change."""
    return told_site().copy()


def test_a_refusal_that_the_first_recorder_run_meets_is_told(site: Site) -> None:
    """A seal runs the recorder before and after; each refusal is told once, by whichever run meets it."""
    submit(without_key, ATTESTORS["eks"])(site)
    report = seal_day(site.parts("eks"), DAYS[-1])
    assert [refused.key.startswith("inbox/") for refused in report.recorded.rejected] == [True]


def test_a_taken_place_in_the_inbox_is_told_every_day(site: Site) -> None:
    """The statement lies nowhere, so the day must not be called sealed."""
    take_place(site)
    for _ in range(2):
        report = seal_day(site.parts("eks"), site.day)
        assert report.clusters == ()
        assert [f"{PROD.path} number 6 is taken" in said for said in report.pending] == [True]
        site.next_morning()


def test_a_taken_place_stops_no_other_chain(site: Site) -> None:
    """Whoever poisons one chain must not silence an attestor."""
    take_place(site)
    before = site.reader().tree_head.size
    seal_day(site.parts("eks"), site.day)
    added = [parse_admitted(e, subject="entry").statement.predicate for e in site.reader().entries(before)]
    assert any(isinstance(said, Inventory) for said in added)


class UnlistableArchive:
    """An archive that may be read by name and not listed."""

    def __init__(self, inner: ArchiveReader) -> None:
        self._inner = inner

    @property
    def uri(self) -> str:
        """Name the archive as it is named."""
        return self._inner.uri

    def list_day(self, day: dt.date) -> Listing:
        """Refuse."""
        raise AccessError(f"{self.uri}: listing {day} denied")

    def find(self, key: str, version: str) -> ArchiveObject | None:
        """Find as ever."""
        return self._inner.find(key, version)

    def open(
        self, found: ArchiveObject, start: int = 0, end: int | None = None
    ) -> contextlib.AbstractContextManager[ByteSource]:
        """Open as ever."""
        return self._inner.open(found, start, end)


def unlistable(parts: Parts) -> Parts:
    """Give the same parts with an archive that cannot be listed."""
    archive = parts.archives[0]
    return dataclasses.replace(
        parts, archives=(dataclasses.replace(archive, reader=UnlistableArchive(archive.reader)),)
    )


def reread(parts: Parts) -> ReverifyReport:
    """Read everything again."""
    return reverify_archives(parts, Selection("all"), only=None)


def test_without_a_listing_a_hidden_object_is_not_called_unchanged(site: Site) -> None:
    """A marker would be seen in the listing alone, and not knowing is not passing."""
    hide_object(site)
    report = reread(unlistable(site.parts("eks")))
    assert report.verdict is Verdict.UNKNOWN
    assert "whether a delete marker hides one is not known" in report.rereads[-1].finding.summary


def test_without_a_listing_a_changed_object_is_still_found(site: Site) -> None:
    """Who denies the listing must not keep anybody from reading by name."""
    alter_object(site)
    assert reread(unlistable(site.parts("eks"))).verdict is Verdict.FAIL


def test_a_sample_calls_no_recorded_object_late(site: Site) -> None:
    """What was recorded and not chosen this time was not added by anybody."""
    selection = Selection("sample", seed="s", budget_bytes=1)
    report = reverify_archives(site.parts("eks"), selection, only=None)
    assert [len(one.recorded.chosen) for one in report.rereads] == [1]
    assert [one.comparison.late for one in report.rereads] == [()]


def test_a_taken_place_of_re_verifications_hides_no_finding(site: Site) -> None:
    """Else whoever alters an object only has to take the place in which that would be recorded."""
    alter_object(site)
    place = InboxName(attestor_prefix(keyid_of(ATTESTORS["eks"].spki)), REVERIFICATION_CHAIN, 0)
    site.inbox.create(place.key, without_key(site))
    before = site.reader().tree_head.size
    report = reread(site.parts("eks"))
    assert report.verdict is Verdict.FAIL
    assert [one.finding.verdict for one in report.rereads].count(Verdict.FAIL) == 1
    assert isinstance(report.blocked, TamperError)
    assert "~reverification number 0 is taken" in str(report.blocked)
    assert site.reader().tree_head.size == before


def test_a_recording_that_is_not_blocked_says_nothing(site: Site) -> None:
    """The usual case."""
    assert reread(site.parts("eks")).blocked is None
