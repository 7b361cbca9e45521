"""V8 and V9: manifests, day roots, totals, revisions, pages, and the archived objects themselves."""

import dataclasses

import pytest

from dayseal.codec import sha256_hex
from dayseal.evidence import Blob
from dayseal.model import Verdict
from support.bundle_checks import check, name_in, problem, sound_bundle, with_blob
from support.ledger_story import Change, Story, replaced, told_story
from support.story_parts import records


@pytest.mark.parametrize("folder", ["manifests", "summaries", "facts"])
def test_an_object_that_a_statement_names_must_be_there_and_be_the_one(folder: str) -> None:
    """A statement is only as good as what it names."""
    name = name_in(sound_bundle(), folder)
    assert problem(with_blob(sound_bundle(), name, b"{}")).startswith(f"V8: {folder}/")
    assert problem(with_blob(sound_bundle(), name, None)).endswith("is left out, every object it names promised")


def test_a_swapped_manifest_is_refused() -> None:
    """Another day's manifest under this day's name has another digest."""
    bundle = sound_bundle()
    first, second = name_in(bundle, "manifests", 1), name_in(bundle, "manifests", 2)
    other = next(blob.data for blob in bundle.blobs if blob.name == second)
    found = problem(with_blob(bundle, first, other))
    assert "digest is" in found
    assert found.startswith("V8: manifests/")


def test_an_object_that_nothing_names_is_refused() -> None:
    """Whatever is in the bundle must be there for a reason."""
    blob = Blob("facts", sha256_hex(b"x"), b"x")
    bundle = dataclasses.replace(sound_bundle(), blobs=tuple(sorted((*sound_bundle().blobs, blob))))
    assert problem(bundle) == f"V8: {blob.name}: no statement names it, only named objects promised"


_WRONG: list[tuple[Change, str]] = [
    (lambda said: replaced(said, archive=replaced(said.archive, day_root="ab" * 32)), "states day root abab"),
    (lambda said: replaced(said, archive=replaced(said.archive, objects=2)), "states objects 2, 1 is what it names"),
    (lambda said: replaced(said, archive=replaced(said.archive, bytes=7)), "states bytes 7, "),
    (lambda said: replaced(said, archive=replaced(said.archive, unattributed=4)), "4 unattributed records"),
    (lambda said: replaced(said, events=replaced(said.events, count=4)), "counts 4 events"),
    (lambda said: replaced(said, events=replaced(said.events, count=2)), "states events in the summary 2, 3 is"),
    (lambda said: replaced(said, events=replaced(said.events, unparsable=1)), "states unparsable records in"),
    (lambda said: replaced(said, events=replaced(said.events, truncated=1)), "states truncated records in"),
    (lambda said: replaced(said, events=replaced(said.events, count=0)), "is SEALED without events, NO_DATA"),
]


@pytest.mark.parametrize(("change", "message"), _WRONG, ids=[message[:40] for _, message in _WRONG])
def test_totals_that_the_manifest_does_not_bear_out_are_refused(change: Change, message: str) -> None:
    """The attestor signed it, but it is not so."""
    story = Story()
    story.enrol()
    story.seal(0, [("a", records(0))], change=change)
    story.roll_call(0)
    found = check(story.bundle(0, 0)).verification.problems[0]
    assert found.startswith("V8: entry 4: 2026-11-20 ")
    assert message in found


def test_a_revision_that_does_not_only_append_is_refused() -> None:
    """A changed object is never a revision."""
    story = told_story()
    del story.manifests["2026-11-21"], story.tallies["2026-11-21"]
    story.seal(1, [("2026-11-21/other.log", records(1))])
    assert problem(story) == "V8: entry 11: revision 1 of 2026-11-21 changes its manifest, only appending promised"


@pytest.mark.parametrize("page", ["readme", "report"])
def test_a_changed_page_is_refused(page: str) -> None:
    """Pages are no evidence, but a reader who verified the bundle will read them."""
    bundle = sound_bundle()
    spoiled = dataclasses.replace(bundle, **{page: getattr(bundle, page).replace(b"deviates", b"met expectation")})
    assert spoiled != bundle
    assert problem(spoiled).endswith("is not what the statements give")


def test_events_are_digested_again() -> None:
    """With events, every record of every object leads to the signed day roots."""
    step = check(sound_bundle()).verification.steps[8]
    assert (step.verdict, step.proved) == (
        Verdict.PASS,
        ("3 archived objects with 7 records are byte for byte what was signed",),
    )


def test_without_events_the_last_step_does_not_apply() -> None:
    """It is said, not passed."""
    checked = check(sound_bundle(with_events=False)).verification
    assert (checked.verdict, checked.steps[8].verdict) == (Verdict.PASS, Verdict.NOT_APPLICABLE)


def test_an_altered_object_is_refused() -> None:
    """One record of the archive was changed."""
    name = name_in(sound_bundle(), "objects")
    data = next(blob.data for blob in sound_bundle().blobs if blob.name == name)
    found = problem(with_blob(sound_bundle(), name, data.replace(b'"list"', b'"exec"', 1)))
    assert found.startswith("V9: 2026-11-2")
    assert "digest is" in found


def test_an_object_that_is_left_out_is_refused() -> None:
    """A bundle that claims events holds them all."""
    name = name_in(sound_bundle(), "objects")
    assert problem(with_blob(sound_bundle(), name, None)).endswith("a bundle with events promises them all")


def test_a_descriptor_that_its_object_does_not_bear_out_is_refused() -> None:
    """The digest is right, but the object does not hold the records under the root that the manifest names."""
    story = Story()
    story.enrol()
    story.spoil = lambda found: replaced(found, events_root="ab" * 32)
    story.seal(0, [("a", records(0))])
    story.roll_call(0)
    found = check(story.bundle(0, 0)).verification.problems[0]
    assert found.startswith("V9: a: reads as 3 records by ")
