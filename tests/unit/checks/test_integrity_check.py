"""What the integrity check says."""

import dataclasses
import datetime as dt

from dayseal.checks import BatchComparison, IntegrityView, ObjectChange, judge_integrity
from dayseal.model import Verdict

AA, BB = "aa" * 32, "bb" * 32
SAME = ObjectChange("a.gz", "", 0, 10, AA, AA)
NOTHING = BatchComparison((), (), (), (), (), (), (), (), ())


def view(**changes: tuple[ObjectChange, ...]) -> IntegrityView:
    """Give a compared batch that ledger entry 412 recorded."""
    return IntegrityView(
        archive="file:logs",
        day=dt.date(2026, 11, 22),
        comparison=dataclasses.replace(NOTHING, **changes),
        index=412,
        recorded_at=dt.datetime(2026, 11, 23, 6, 0, 5, tzinfo=dt.UTC),
    )


def test_a_changed_object_fails_with_key_both_digests_and_the_ledger_entry() -> None:
    """A reader must be able to repeat the finding from its sentence alone."""
    finding = judge_integrity(view(unchanged=(SAME,), changed=(ObjectChange("b.gz", "", 0, 5, AA, BB),)))
    assert finding.verdict is Verdict.FAIL
    for part in ("b.gz", AA, BB, "ledger entry 412 of 2026-11-23T06:00:05Z", "unchanged promised"):
        assert part in finding.summary
    assert finding.fix.startswith("dayseal reverify --day 2026-11-22")
    assert any(fact.id == "integrity.changed.0" for fact in finding.facts)


def test_a_vanished_object_fails() -> None:
    """Deleting is the simplest way to hide."""
    finding = judge_integrity(view(unchanged=(SAME,), vanished=(ObjectChange("b.gz", "", 0, 5, AA, None),)))
    assert finding.verdict is Verdict.FAIL
    assert "b.gz bytes 0 to 5 is gone" in finding.summary


def test_a_marker_over_a_due_object_fails() -> None:
    """Tools that list no versions would no longer find it."""
    finding = judge_integrity(view(unchanged=(SAME,), hidden=(SAME,)))
    assert finding.verdict is Verdict.FAIL
    assert "delete marker" in finding.fix


def test_a_change_outweighs_what_could_not_be_read() -> None:
    """One proof of tampering is enough, however much is unknown beside it."""
    unread = ObjectChange("c.gz", "", 0, 5, AA, None, "denied")
    finding = judge_integrity(view(changed=(ObjectChange("b.gz", "", 0, 5, AA, BB),), unreadable=(unread,)))
    assert finding.verdict is Verdict.FAIL


def test_an_unreadable_object_is_unknown() -> None:
    """Not knowing is not passing, and not failing."""
    finding = judge_integrity(view(unchanged=(SAME,), unreadable=(ObjectChange("c.gz", "", 0, 5, AA, None, "denied"),)))
    assert finding.verdict is Verdict.UNKNOWN
    assert "c.gz: denied" in finding.summary


def test_nothing_recorded_is_not_applicable() -> None:
    """A first seal has nothing to compare with."""
    assert judge_integrity(view(new=(SAME,))).verdict is Verdict.NOT_APPLICABLE


def test_when_everything_expired_there_is_nothing_to_pass() -> None:
    """A PASS over no bytes would claim something nobody looked at."""
    finding = judge_integrity(view(expired=(SAME, SAME)))
    assert finding.verdict is Verdict.NOT_APPLICABLE
    assert "2 recorded ranges EXPIRED" in finding.summary


def test_late_and_grown_objects_pass_and_are_named() -> None:
    """They are lawful and become a revision, but a reader must see that the day is not what it was."""
    finding = judge_integrity(view(unchanged=(SAME,), late=(SAME,), grown=(SAME,), expired=(SAME,)))
    assert finding.verdict is Verdict.PASS
    assert "1 late and 1 grown" in finding.summary
    assert "1 of 2 recorded ranges read the same, 1 EXPIRED" in finding.summary


def test_facts_are_capped_and_the_rest_is_counted() -> None:
    """A wiped archive must not make a statement too large to sign."""
    gone = tuple(ObjectChange(f"{n}.gz", "", 0, 5, AA, None) for n in range(100))
    finding = judge_integrity(view(vanished=gone))
    assert len(finding.facts) == 23
    assert finding.facts[-1].value == "80"
