"""What becomes of recorded objects."""

import datetime as dt

import pytest

from dayseal.checks import BatchComparison, BatchTerms, Observed, RangeDigest, Reading, compare_batch, range_to_read
from dayseal.errors import UsageError
from dayseal.model import ObjectDescriptor

NOW = dt.datetime(2026, 11, 24, tzinfo=dt.UTC)
LATER = dt.datetime(2030, 1, 1, tzinfo=dt.UTC)
SEALED = BatchTerms(sealed=True, keep_until=dt.datetime(2027, 11, 22, tzinfo=dt.UTC))
AA, BB, CC = "aa" * 32, "bb" * 32, "cc" * 32


def recorded(key: str = "a.gz", start: int = 0, end: int = 10, sha256: str = AA, version: str = "") -> ObjectDescriptor:
    """Give a descriptor as a manifest holds it."""
    return ObjectDescriptor(
        events=1, events_root=CC, start=start, key=key, sha256=sha256, splitter="plain/1", end=end, version=version
    )


def read(key: str, size: int, *digests: tuple[int, int, str], hidden: bool = False) -> Observed:
    """Give an object that was read."""
    return Observed(key, "", size, tuple(RangeDigest(*d) for d in digests), hidden=hidden)


def fates(comparison: BatchComparison) -> dict[str, int]:
    """Count what is not empty."""
    names = ("unchanged", "changed", "vanished", "expired", "unreadable", "hidden", "grown", "new", "late")
    return {name: len(getattr(comparison, name)) for name in names if getattr(comparison, name)}


def compare(
    known: list[ObjectDescriptor], found: list[Observed], terms: BatchTerms = SEALED, now: dt.datetime = NOW
) -> dict[str, int]:
    """Compare and count."""
    return fates(compare_batch(known, found, terms=terms, now=now))


def test_the_same_bytes_are_unchanged() -> None:
    """The normal day."""
    assert compare([recorded()], [read("a.gz", 10, (0, 10, AA))]) == {"unchanged": 1}


def test_other_bytes_of_the_same_length_are_changed() -> None:
    """One altered byte must show, whatever the sizes say."""
    found = compare_batch([recorded()], [read("a.gz", 10, (0, 10, BB))], terms=SEALED, now=NOW)
    assert fates(found) == {"changed": 1}
    assert (found.changed[0].recorded, found.changed[0].now) == (AA, BB)


def test_an_object_that_shrank_is_changed_not_unreadable() -> None:
    """A cut object reads without error, so only its size tells."""
    found = compare_batch([recorded()], [read("a.gz", 4, (0, 4, BB))], terms=SEALED, now=NOW)
    assert fates(found) == {"changed": 1}
    assert found.changed[0].note == "cut from 10 to 4 bytes"


def test_appended_bytes_are_grown_and_the_recorded_ones_unchanged() -> None:
    """An append blob grows lawfully: the new range becomes a revision."""
    found = compare_batch([recorded()], [read("a.gz", 25, (0, 10, AA))], terms=SEALED, now=NOW)
    assert fates(found) == {"unchanged": 1, "grown": 1}
    assert (found.grown[0].start, found.grown[0].end) == (10, 25)


def test_growth_behind_changed_bytes_is_only_changed() -> None:
    """A tail behind altered bytes must never be sealed as if it were an honest append."""
    assert compare([recorded()], [read("a.gz", 25, (0, 10, BB))]) == {"changed": 1}


def test_every_recorded_range_of_a_grown_object_counts() -> None:
    """A second change may hide in a range that an earlier revision appended."""
    known = [recorded(), recorded(start=10, end=20, sha256=BB)]
    found = [read("a.gz", 20, (0, 10, AA), (10, 20, CC))]
    assert compare(known, found) == {"unchanged": 1, "changed": 1}


def test_a_range_that_nobody_hashed_is_unreadable_not_unchanged() -> None:
    """Silence never becomes PASS."""
    assert compare([recorded()], [read("a.gz", 10)]) == {"unreadable": 1}


def test_a_read_error_is_unreadable() -> None:
    """An error never becomes FAIL."""
    found = Observed("a.gz", "", 0, reading=Reading.UNREADABLE, reason="denied")
    assert compare([recorded()], [found]) == {"unreadable": 1}


def test_a_due_object_that_is_gone_has_vanished() -> None:
    """Both ways of saying gone mean the same."""
    assert compare([recorded()], []) == {"vanished": 1}
    assert compare([recorded()], [Observed("a.gz", "", 0, reading=Reading.GONE)]) == {"vanished": 1}


def test_a_short_listing_makes_nothing_vanish() -> None:
    """A missing fact is never an empty list."""
    short = BatchTerms(sealed=True, keep_until=SEALED.keep_until, listed_completely=False)
    assert compare([recorded()], [], short) == {"unreadable": 1}


def test_an_object_expires_only_when_term_and_lock_have_both_passed() -> None:
    """A lock that outlives the policy's term still promises the object, and the other way round."""
    ended = dt.datetime(2027, 1, 1, tzinfo=dt.UTC)
    for keep, lock, fate in (
        (ended, None, "expired"),
        (ended, ended, "expired"),
        (LATER, ended, "vanished"),
        (ended, LATER, "vanished"),
        (ended, dt.datetime(2028, 1, 1, tzinfo=dt.UTC), "expired"),
    ):
        terms = BatchTerms(sealed=True, keep_until=keep, locked_until=lock)
        now = dt.datetime(2028, 1, 1, tzinfo=dt.UTC)
        assert compare([recorded()], [], terms, now) == {fate: 1}, (keep, lock)


def test_a_delete_marker_over_a_due_object_shows_beside_its_bytes() -> None:
    """A lock keeps the bytes but not the listing: the marker itself is the finding."""
    found = [read("a.gz", 10, (0, 10, AA), hidden=True)]
    assert compare([recorded()], found) == {"unchanged": 1, "hidden": 1}
    past = BatchTerms(sealed=True, keep_until=NOW)
    assert compare([recorded()], found, past) == {"unchanged": 1}


def test_an_unrecorded_object_is_new_before_sealing_and_late_after() -> None:
    """Late data becomes a revision; before the seal it is simply the day's data."""
    opened = BatchTerms(sealed=False, keep_until=SEALED.keep_until)
    assert compare([], [read("b.gz", 5)], opened) == {"new": 1}
    assert compare([recorded()], [read("a.gz", 10, (0, 10, AA)), read("b.gz", 5)]) == {"unchanged": 1, "late": 1}


def test_another_version_of_a_recorded_key_is_late_and_says_so() -> None:
    """A versioned store keeps the recorded bytes when somebody writes over them: both must be seen."""
    known = [recorded(version="v1")]
    found = [Observed("a.gz", "v1", 10, (RangeDigest(0, 10, AA),)), Observed("a.gz", "v2", 10)]
    late = compare_batch(known, found, terms=SEALED, now=NOW).late
    assert [(change.version, change.note) for change in late] == [("v2", "another version of a recorded key")]


def test_one_version_observed_twice_is_refused() -> None:
    """Two answers for one object could hide the bad one."""
    with pytest.raises(UsageError, match="stand there twice"):
        compare([recorded()], [read("a.gz", 10, (0, 10, AA)), read("a.gz", 10, (0, 10, BB))])


def test_the_range_to_read_ends_where_the_object_ends() -> None:
    """Nobody can read past the end of a cut object."""
    assert range_to_read(recorded(start=10, end=20), 15) == (10, 15)
    assert range_to_read(recorded(start=10, end=20), 4) == (4, 4)
    assert range_to_read(recorded(start=10, end=20), 99) == (10, 20)
