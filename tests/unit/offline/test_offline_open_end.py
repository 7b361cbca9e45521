"""V7, the end of the log: what lies behind the newest roll-call that is shown cannot be excluded, and is said."""

import dataclasses

from dayseal.attest.dsse import parse_envelope
from dayseal.evidence import EvidenceBundle
from dayseal.model import Verdict
from support.bundle_checks import check, without
from support.ledger_story import Story, told_story
from support.story_parts import day, records


def behind(where: str, left: str) -> str:
    """Give the words for it."""
    return f"that no revision of these days was recorded after roll-call {where}: {left}"


def open_end(bundle: EvidenceBundle | Story) -> list[str]:
    """Give what V7 says of revisions that nobody can exclude."""
    step = check(bundle).verification.steps[6]
    assert step.verdict is Verdict.PASS
    return [text for text in step.not_shown if text.startswith("that no revision of these days")]


def test_an_end_of_the_log_that_is_not_shown_is_said_to_be_open() -> None:
    """A roll-call counts what came before it; behind it, only what is shown is known."""
    assert open_end(told_story()) == []
    story = told_story()
    story.seal(3, [("d", records(3))])
    assert open_end(story) == []  # the one entry behind the newest roll-call is shown
    assert open_end(without(story.bundle(), 11)) == [
        behind("2 of 2026-11-22 (entry 10)", "1 of the 1 entries behind it are not shown")
    ]


def test_a_bundle_that_hides_a_later_revision_cannot_hide_that_it_ends_early() -> None:
    """Narrowed to its first day, with every entry left out behind that day's roll-call: day 0 was revised since."""
    bundle = without(told_story().bundle(0, 0), *range(6, 11))
    named = [entry.envelope for entry in bundle.entries]
    kept = tuple(b for b in bundle.blobs if b.folder == "objects" or any(_names(data, b.sha256) for data in named))
    checked = check(dataclasses.replace(bundle, blobs=kept))
    assert [(row.day, row.revision) for row in checked.days] == [(day(0), 0)]
    assert open_end(dataclasses.replace(bundle, blobs=kept)) == [
        behind("0 of 2026-11-20 (entry 5)", "5 of the 5 entries behind it are not shown")
    ]


def _names(envelope: bytes, sha256: str) -> bool:
    return sha256.encode() in parse_envelope(envelope, subject="entry").payload
