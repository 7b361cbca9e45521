"""Which clusters the API lists, and which days, from a ledger in memory."""

import datetime as dt

import pytest

from dayseal.errors import NotFoundError, TamperError, UsageError
from dayseal.ledger.intake import Limits
from dayseal.ledger.reader import LedgerReader
from dayseal.lookup.attested import AttestedDays
from dayseal.lookup.directory import list_expected
from dayseal.lookup.pages import cut_page
from dayseal.testing.memory import MemoryGuard, MemoryStore
from dayseal.testing.world import Attestor, World, some_cluster
from support.noting_store import NotingStore

RED, BLUE, GREEN = (some_cluster(name) for name in ("red", "blue", "green"))
FIRST, SECOND = "2026-11-01", "2026-11-02"


class Ledger:
    """A ledger in memory and its one attestor."""

    def __init__(self) -> None:
        self.store = MemoryStore()
        self.world = World(self.store, MemoryGuard(), MemoryStore())
        self.world.create()
        self.attestor: Attestor = self.world.attestor()

    def record(self) -> None:
        """Let the recorder run."""
        self.world.recorder(Limits(batch=300)).run()

    def roll_call(self, day: str) -> None:
        """Record, and call the roll."""
        self.record()
        self.world.recorder().roll_call(dt.date.fromisoformat(day))

    def expected(self) -> list[tuple[str, str | None, str]]:
        """Give name, newest day and status of what the API lists."""
        return [(row.name, row.day, row.status) for row in list_expected(self.world.reader())]


@pytest.fixture
def ledger() -> Ledger:
    """Two clusters, one of them sealed."""
    made = Ledger()
    for cluster in (RED, BLUE):
        made.attestor.enrol(cluster)
    made.attestor.seal(RED, FIRST)
    return made


def test_without_any_roll_call_the_log_is_read_to_its_start(ledger: Ledger) -> None:
    """The first day has no roll-call yet."""
    ledger.record()
    assert ledger.expected() == [("blue", None, "NO_STATEMENT"), ("red", FIRST, "SEALED")]


def test_what_came_after_the_roll_call_counts(ledger: Ledger) -> None:
    """A cluster that entered, one that left, and a newer day."""
    ledger.roll_call(FIRST)
    ledger.attestor.enrol(GREEN)
    ledger.attestor.enrol(BLUE, action="leave")
    ledger.attestor.seal(RED, SECOND)
    ledger.record()
    assert ledger.expected() == [("green", None, "NO_STATEMENT"), ("red", SECOND, "SEALED")]


def test_a_late_revision_of_an_old_day_does_not_make_it_the_newest(ledger: Ledger) -> None:
    """The newest entry is not always about the newest day."""
    ledger.attestor.seal(RED, SECOND)
    ledger.roll_call(SECOND)
    ledger.attestor.seal(RED, FIRST, revision=1)
    ledger.record()
    assert ledger.expected()[1] == ("red", SECOND, "SEALED")


def test_only_the_end_of_a_long_log_is_read(ledger: Ledger) -> None:
    """A roll-call a day: what lies before the newest one is never opened."""
    for number in range(300):
        ledger.attestor.seal(BLUE, (dt.date(2026, 1, 1) + dt.timedelta(days=number)).isoformat())
    ledger.roll_call(SECOND)
    noting = NotingStore(ledger.store)
    assert [row.name for row in list_expected(LedgerReader(noting, ledger.world.policy))] == ["blue", "red"]
    assert [key for key in noting.read if key.startswith("tile/entries")] == ["tile/entries/001.p/51"]


def test_days_between_the_recorded_ones_are_missing(ledger: Ledger) -> None:
    """A hole must show in a listing, not only in a calendar."""
    ledger.attestor.seal(RED, "2026-11-04")
    ledger.attestor.seal(RED, FIRST, revision=1)
    ledger.record()
    days = AttestedDays(ledger.store)
    rows = days.rows(days.days(RED.path, None, None))
    assert [(r.day[-2:], r.status, r.revisions) for r in rows] == [
        ("01", "SEALED", 2), ("02", "MISSING", 0), ("03", "MISSING", 0), ("04", "SEALED", 1),
    ]  # fmt: skip
    assert [d.day for d in days.days(RED.path, SECOND, SECOND)] == [SECOND]
    assert days.cluster(RED.path) == RED


def test_many_revisions_are_in_the_order_of_their_numbers(ledger: Ledger) -> None:
    """As text, 10 comes before 2."""
    for number in range(1, 12):
        ledger.attestor.seal(RED, FIRST, revision=number)
    ledger.record()
    keys = AttestedDays(ledger.store).revisions(RED.path, FIRST)
    assert [key.rpartition("/")[2] for key in keys] == [f"{n}.json" for n in range(12)]


def test_what_is_not_recorded_is_not_found(ledger: Ledger) -> None:
    """A cluster without a day, a day that is none, a path that is none."""
    ledger.record()
    days = AttestedDays(ledger.store)
    for path, day in ((BLUE.path, FIRST), (RED.path, "2026-02-30"), (RED.path, "2020-01-01")):
        with pytest.raises(NotFoundError):
            days.revisions(path, day)
    with pytest.raises(UsageError):
        days.prefix("../x")


def test_strange_names_in_the_store_are_not_days(ledger: Ledger) -> None:
    """Whoever may write into the bucket cannot make the listing endless, or break it."""
    ledger.record()
    prefix = f"attestations/eks/{RED.path}"
    for name in ("2026-11-01/00.json", "2026-11-01/x.json", "notes.txt", "2026-11-01/0.json.bak"):
        ledger.store.create(f"{prefix}/{name}", b"x")
    assert [d.keys for d in AttestedDays(ledger.store).days(RED.path, None, None)] == [(f"{prefix}/{FIRST}/0.json",)]
    ledger.store.create(f"{prefix}/0001-01-01/0.json", b"x")
    with pytest.raises(TamperError, match="at most 7400 days"):
        AttestedDays(ledger.store).days(RED.path, None, None)


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 50])
def test_pages_hold_every_item_once(limit: int) -> None:
    """Whatever the size of a page."""
    items = [f"{n:02d}" for n in range(23)]
    seen: list[str] = []
    cursor: str | None = None
    while True:
        page, cursor = cut_page(items, str, limit=limit, cursor=cursor)
        seen += page
        if cursor is None:
            break
    assert seen == items


@pytest.mark.parametrize("cursor", ["", "x", "4", "FF", "ff", " 61", "61 ", "é"])
def test_a_cursor_that_no_page_gave_is_refused(cursor: str) -> None:
    """It is opaque, so nobody needs to make one."""
    with pytest.raises(UsageError):
        cut_page(["a"], str, limit=1, cursor=cursor)
