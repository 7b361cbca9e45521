"""The explorer is only worth its minutes if it finds what is wrong: committers broken in one way each, and others."""

import pytest

from dayseal.ledger.commit import Committer
from dayseal.testing.memory import MemoryGuard, MemoryStore
from support import broken_committers as broken
from support.asking_ports import Answer, Scratch
from support.explorer import Bounds
from support.exploring import explore
from support.program_memory import Forgetful
from support.recorder_history import one_enrolment
from support.waiting_programs import Graph, Run

QUIET, UNANSWERED, GUARD = Bounds(), Bounds(1), Bounds(0, 1, frozenset({"guard"}))


@pytest.mark.parametrize(
    ("committer", "bounds", "found"),
    [
        (broken.WithoutComparing, QUIET, "a commit onto another head"),
        (broken.BelievesTheStore, QUIET, "a commit onto another head"),
        (broken.SignsFirst, QUIET, "signed what the guard never held"),
        (broken.PublishesFirst, QUIET, "no reader can read it: tile/"),
        (broken.NeverRepairs, QUIET, "left to repair"),
        (broken.CriesWolf, QUIET, "false alarm: .* beyond the head guard"),
        (broken.BelievesSilence, UNANSWERED, "signed what the guard never held"),
        (broken.RestoresTheGuard, GUARD, "the guard was moved to a commit of another log"),
    ],
)
def test_a_broken_committer_is_found(committer: type[Committer], bounds: Bounds, found: str) -> None:
    """Two such recorders, that want the next place in the log for different entries."""
    with pytest.raises(AssertionError, match=found) as caught:
        explore(one_enrolment, lambda history: [history.recorder(30, committer), history.roll_call(committer)], bounds)
    (way,) = caught.value.__notes__
    assert way.startswith("start\nprogram ")


def test_appending_what_another_one_appended_is_found() -> None:
    """Two that want to append the same entry, and do not look whether the log has grown since they read it."""
    with pytest.raises(AssertionError, match="an entry was admitted twice"):
        explore(one_enrolment, lambda history: [history.recorder(30, broken.ForgetsOthers)] * 2, QUIET)


class _Diary(Forgetful):
    """Remembers something where nobody looks."""

    def __init__(self) -> None:
        self.seen: set[bytes] = set()


def test_a_program_that_remembers_more_than_can_be_seen_is_noticed() -> None:
    """States are taken for equal when programs remember the same; that must not be a matter of belief."""

    def program(run: Run) -> bool:
        diary = _Diary()
        diary.seen.add(run.store.get("a"))
        list(run.store.keys(""))
        return b"other" in diary.seen

    alone = Scratch(MemoryStore(), MemoryGuard(), MemoryStore())
    alone.store.create("a", b"one")
    graph = Graph(program, [], alone)
    with pytest.raises(AssertionError, match="more is remembered than was seen"):
        graph.step(graph.root, Answer(b"other"), alone)
