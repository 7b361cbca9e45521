"""V7: the inventories that the newest roll-call names are shown, and say whether the cluster was still found."""

from dayseal.attest.keys import keyid_of
from dayseal.attest.predicates import Inventory, LatestInventory
from dayseal.attest.statement import Statement
from dayseal.codec import format_time
from dayseal.model import ClusterId, Verdict
from support.bundle_checks import check, problem, without
from support.ledger_story import Story, replaced, told_story
from support.story_parts import ATTESTOR, CLUSTER, NOON, OTHER


def inventoried(*clusters: ClusterId, left_off: int = 0) -> tuple[Story, int]:
    """Tell the story on: an inventory that found these clusters, and a roll-call that names it."""
    story = told_story()
    said = Inventory(
        calls=("list",), silent_scopes=(), clusters=tuple(c.text for c in clusters), clusters_left_off=left_off,
        chain=story.place("~inventory"), at=format_time(NOON),
    )  # fmt: skip
    index = story.state(Statement("inventory", "00" * 32, said), ATTESTOR, "~inventory", 0)
    named = LatestInventory(attestor=keyid_of(ATTESTOR.spki), envelope_sha256=story.chains["~inventory"][1], at=said.at)
    story.roll_call(3, lambda call: replaced(call, inventories=(named,)))
    return story, index


def test_it_is_said_whether_the_newest_inventory_found_the_cluster() -> None:
    """A cluster that nobody finds any more may be gone, or hidden."""
    words = {
        "still found the cluster": inventoried(CLUSTER, OTHER)[0],
        "did not find the cluster": inventoried(OTHER)[0],
    }
    for said, story in words.items():
        step = check(story).verification.steps[6]
        assert step.verdict is Verdict.PASS
        assert any(said in text for text in step.proved), said


def test_an_inventory_that_was_cut_short_says_nothing() -> None:
    """The cluster may be among those left off."""
    proved = check(inventoried(OTHER, left_off=3)[0]).verification.steps[6].proved
    assert not any("find the cluster" in text for text in proved)


def test_an_inventory_that_is_left_out_is_refused() -> None:
    """The newest roll-call names it."""
    story, index = inventoried(CLUSTER)
    assert problem(without(story.bundle(), index)).endswith("named by the newest roll-call, left out here")
