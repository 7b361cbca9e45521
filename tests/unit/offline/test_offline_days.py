"""V7: no hole, no branch, every due day accounted for, and roll-calls that agree."""

import datetime as dt

from dayseal.attest.predicates import ChainReset, ClusterDay, ClusterRef
from dayseal.attest.statement import Statement
from dayseal.codec import format_time
from dayseal.evidence import DayStatus
from dayseal.model import Verdict
from support.bundle_checks import check, name_in, problem, sound_bundle, with_blob, without
from support.ledger_story import Story, replaced, told_story
from support.story_parts import CLUSTER, NOON, ROOT, day, records

_SEALED = (4, 6, 7, 9)  # the story's cluster-days: day 0, day 1, day 0 again, day 2
_CALLS = (5, 8, 10)


def story_without_day_one() -> Story:
    """Tell a story in which nobody sealed day 1."""
    story = Story()
    story.enrol()
    story.seal(0, [("a", records(0))])
    story.seal(2, [("c", records(2))])
    story.roll_call(2)
    return story


def test_a_sound_bundle_gives_one_row_a_day() -> None:
    """The rows are what an auditor reads: newest revision, events, and what was found."""
    rows = check(sound_bundle()).days
    assert [(row.day, row.status, row.revision, row.events) for row in rows] == [
        (day(0), DayStatus.SEALED, 1, 4),
        (day(1), DayStatus.SEALED, 0, 3),
        (day(2), DayStatus.NO_DATA, 0, 0),
    ]
    assert [row.verdict for row in rows] == [Verdict.PASS, Verdict.PASS, Verdict.FAIL]
    assert check(sound_bundle()).days_verdict is Verdict.FAIL


def test_a_missing_day_is_named_and_fails() -> None:
    """Silence is a finding: every due day needs a statement, if only to say that there was no data."""
    checked = check(story_without_day_one())
    assert checked.missing_days == (day(1),)
    assert checked.verification.problems == (
        "V7: 2026-11-21: no statement, one for each day promised since the enrolment on 2026-11-20",
    )
    assert checked.verification.verdict is Verdict.FAIL
    assert checked.verification.steps[8].verdict is Verdict.PASS


def test_a_day_is_due_six_hours_after_it_ended() -> None:
    """Before its cutoff a day cannot have been sealed."""
    due = dt.datetime(2026, 11, 22, 6, tzinfo=dt.UTC)
    bundle = story_without_day_one().bundle(1, 1)
    assert check(bundle, as_of=due).verification.verdict is Verdict.FAIL
    early = check(bundle, as_of=due - dt.timedelta(seconds=1)).verification
    assert early.verdict is Verdict.PASS
    assert "2026-11-21: not due yet" in early.steps[6].not_shown


def test_days_before_the_enrolment_and_after_leaving_are_not_due() -> None:
    """A cluster is expected from the day it entered to the day before it left."""
    story = told_story()
    story.enrol(3, "leave")
    story.roll_call(3)
    checked = check(story.bundle(-1, 4))
    assert checked.verification.verdict is Verdict.PASS
    assert [row.status for row in checked.days if row.index is None] == [DayStatus.NOT_ENROLLED] * 3


def test_a_hole_in_the_chain_is_refused() -> None:
    """A statement in the middle was left out; the next one links over it."""
    found = problem(without(sound_bundle(), _SEALED[1]))
    assert found == "V7: chain of prod: number 3 at entry 7 follows number 1, number 2 promised: a hole"


def test_a_newest_statement_that_is_left_out_shows_in_the_roll_call() -> None:
    """The end of a chain has nothing behind it but the recorder's count."""
    found = problem(without(sound_bundle(), _SEALED[3]))
    assert found.startswith("V7: roll-call 2 of 2026-11-22: the newest statement of prod was number 4")


def test_leaving_every_statement_out_shows_in_the_roll_call() -> None:
    """An empty chain would otherwise look like a cluster that nobody sealed."""
    assert problem(without(sound_bundle(), *_SEALED)).startswith("V7: roll-call 0 of 2026-11-20: the newest statement")


def test_evidence_without_the_enrolment_is_refused() -> None:
    """Nobody could say which days were due."""
    found = problem(without(sound_bundle(), 3))
    assert found == "V7: chain of prod: the enrolment that starts it, number 0, is not here"


def test_a_branch_is_refused() -> None:
    """Two statements with one number: the attestor said two things."""
    story = told_story()
    story.chains[CLUSTER.text] = (3, story.chains[CLUSTER.text][1])
    story.seal(1)
    assert problem(story) == "V7: chain of prod: entry 11 is number 4, entry 9 is 4: it branches"


def test_a_wrong_link_is_refused() -> None:
    """The number is right, but it follows an envelope that is not there."""
    story = told_story()
    story.chains[CLUSTER.text] = (4, "ab" * 32)
    story.seal(1)
    assert problem(story).startswith("V7: chain of prod: number 5 follows envelope abababababababab, number 4 is")


def test_a_revision_that_is_skipped_is_refused() -> None:
    """A revision that nobody shows could say anything."""
    story = told_story()
    story.seal(1, change=lambda said: replaced(said, revision=2))
    assert problem(story) == "V7: 2026-11-21: entry 11 is revision 2, 1 promised"


def test_an_enrolment_that_is_left_out_after_leaving_is_refused() -> None:
    """Without it the days since would look as if nobody had expected them."""
    story = told_story()
    story.enrol(3, "leave")
    index = story.enrol(4)
    story.seal(5, [("f", records(5))])
    story.seal(6, [("g", records(6))])
    found = problem(without(story.bundle(6, 6), index))
    assert found == "V7: 2026-11-25: entry 13 states it, the cluster left on 2026-11-23: an entry is left out"


def test_a_chain_reset_by_root_keys_is_named() -> None:
    """A loss that cannot be repaired stays visible for ever."""
    story = told_story()
    said = ChainReset(cluster=ClusterRef.of(CLUSTER), seq=9, reason="inbox lost", at=format_time(NOON))
    story.state(Statement(CLUSTER.text, "00" * 32, said), ROOT, CLUSTER.text, 9)
    story.seal(3, [("d", records(3))])
    story.roll_call(3)
    checked = check(story.bundle(0, 3)).verification
    assert checked.verdict is Verdict.PASS
    assert "root keys restarted the chain at number 9: inbox lost" in checked.steps[6].not_shown


def test_an_attestor_that_saw_another_history_exposes_the_fork() -> None:
    """What attestors of several clouds wrote down must be one history."""
    story = told_story()
    story.seal(1, change=lambda said: _saw(said, 3, "cd" * 32))
    assert problem(story).startswith("V7: entry 11: its attestor saw root cdcdcdcdcdcdcdcd at 3 entries, this log has")


def test_an_attestor_cannot_have_seen_its_own_entry() -> None:
    """The log it saw is the one it was added to."""
    story = told_story()
    story.seal(1, change=lambda said: _saw(said, 12, "cd" * 32))
    story.seal(1)
    assert problem(story) == "V7: entry 11: its attestor saw 12 entries, at most 11 promised"


def test_rows_that_are_not_the_ones_called_are_refused() -> None:
    """The rows are an object of their own, named by digest."""
    name = name_in(sound_bundle(), "rollcalls")
    assert problem(with_blob(sound_bundle(), name, b"")).startswith("V7: rows of roll-call ")
    assert problem(with_blob(sound_bundle(), name, None)).endswith(f"left out, {name} promised")


def test_a_roll_call_that_names_another_statement_is_refused() -> None:
    """Recorder and attestor disagree: one of them is not telling all."""
    story = told_story()
    story.rows[CLUSTER.text] = replaced(story.rows[CLUSTER.text], seq=7)
    story.roll_call(3)
    assert problem(story).startswith("V7: roll-call 3 of 2026-11-23: the newest statement of prod was number 7")


def test_a_roll_call_that_names_another_status_is_refused() -> None:
    """NO_DATA must not be called SEALED."""
    story = told_story()
    story.rows[CLUSTER.text] = replaced(story.rows[CLUSTER.text], status="SEALED")
    story.roll_call(3)
    assert problem(story).endswith("newest day 2026-11-22 SEALED, 2026-11-22 NO_DATA is shown: they disagree")


def test_a_cluster_that_was_not_called_is_refused() -> None:
    """Dropping a cluster from the roll-call would hide that it fell silent."""
    story = told_story()
    del story.rows[CLUSTER.text]
    story.roll_call(3)
    assert problem(story).endswith("did not call prod, which the statements show as enrolled")


def test_a_wrong_number_of_rows_is_refused() -> None:
    """The count is signed apart from the rows."""
    story = told_story()
    story.roll_call(3, lambda said: replaced(said, enrolled=2))
    assert problem(story) == "V7: rows of roll-call 3: 1 rows under another root, 2 rows promised"


def test_a_roll_call_that_is_left_out_of_the_range_is_refused() -> None:
    """Each would have shown what was newest that day."""
    found = problem(without(sound_bundle(), _CALLS[1]))
    assert found == "V7: roll-call 2: follows number 0, number 1 promised: a hole"


def test_two_roll_calls_with_one_number_are_refused() -> None:
    """The recorder counts once."""
    story = told_story()
    story.chains["roll-calls"] = (1, story.chains["roll-calls"][1])
    story.roll_call(3)
    assert problem(story) == "V7: roll-call 2 at entry 11: after number 2, it branches"


def test_without_any_roll_call_the_end_of_the_chain_stays_open() -> None:
    """Nothing shows that the newest statements were not left out."""
    story = Story()
    story.enrol()
    story.seal(0, [("a", records(0))])
    step = check(story.bundle(0, 0)).verification.steps[6]
    assert step.verdict is Verdict.UNKNOWN
    assert "that the newest statements were not left out: no roll-call is here" in step.not_shown


def test_a_bundle_from_the_middle_shows_the_link_before_and_all_that_followed() -> None:
    """Later revisions and the end of the chain must show, whatever range was asked for."""
    story = told_story()
    story.seal(3, [("d", records(3))])
    story.roll_call(3)
    checked = check(story.bundle(2, 2))
    assert checked.verification.verdict is Verdict.PASS
    assert [row.status for row in checked.days] == [DayStatus.NO_DATA]


def _saw(said: ClusterDay, size: int, root: str) -> ClusterDay:
    return replaced(said, chain=replaced(said.chain, seen_head=replaced(said.chain.seen_head, size=size, root=root)))
