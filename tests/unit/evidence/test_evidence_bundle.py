"""What a bundle holds, and that its bytes follow from it."""

import dataclasses
import datetime as dt

import pytest

from dayseal.errors import DigestError, FormatError, UsageError
from dayseal.evidence import BundleClaim, collect_evidence, encode_evidence, parse_evidence
from dayseal.evidence.stored_zip import Member, encode_zip, parse_zip
from dayseal.model import ObjectDescriptor
from dayseal.notes import open_proof
from support.bundle_checks import sound_bundle
from support.ledger_story import told_story
from support.story_parts import CLUSTER, OTHER, POLICY, day, records


def members() -> dict[str, bytes]:
    """Give the members of the sound bundle by name."""
    return {member.name: member.data for member in parse_zip(encode_evidence(sound_bundle()))}


def rebuilt(**changes: bytes | None) -> bytes:
    """Write the sound bundle's zip with other members; None leaves one out."""
    changed = {**members(), **changes}
    return encode_zip([Member(name, data) for name, data in changed.items() if data is not None])


def test_equal_evidence_gives_equal_bytes() -> None:
    """Two people who collect the same evidence hold the same file."""
    assert told_story().bundle_file() == told_story().bundle_file()


def test_a_bundle_reads_back_as_it_was_collected() -> None:
    """The file carries all of it."""
    assert parse_evidence(encode_evidence(sound_bundle())) == sound_bundle()


def test_a_bundle_holds_what_the_format_lists() -> None:
    """Docs: evidence-bundle.md, members; every entry of the story is about the cluster or about trust."""
    counts: dict[str, int] = {}
    for name in members():
        folder = name.rpartition("/")[0] or name
        counts[folder] = counts.get(folder, 0) + 1
    assert counts.pop("consistency") == 5  # what five of its statements saw; roll-calls saw nothing
    assert counts == {
        "README.txt": 1, "bundle.json": 1, "checkpoint": 1, "report.html": 1, "entries": 11, "proofs": 11,
        "facts": 1, "manifests": 4, "objects": 3, "rollcalls": 3, "summaries": 4,
    }  # fmt: skip


def test_each_proof_is_a_tlog_proof_that_others_can_verify() -> None:
    """Any C2SP tool proves an entry with two members and the policy."""
    held = members()
    for entry in sound_bundle().entries:
        opened = open_proof(held[f"proofs/{entry.index}.tlog-proof"], held[f"entries/{entry.index}.json"], POLICY)
        assert opened.index == entry.index


def test_without_events_no_archived_byte_is_in() -> None:
    """Events only when asked for: they may hold secrets."""
    data = told_story().bundle_file(with_events=False)
    assert b"objects/" not in data
    assert records(0).splitlines()[0] not in data


def test_other_clusters_statements_stay_out() -> None:
    """A bundle is about one cluster; of others it shows what they share: roll-call rows, manifests, objects."""
    story = told_story()
    story.enrol(0, cluster=OTHER)
    index = story.roll_call(3)
    bundle = story.bundle()
    assert index - 1 not in [entry.index for entry in bundle.entries]


def test_a_cluster_the_ledger_does_not_know_is_misuse() -> None:
    """An empty bundle would look like evidence of nothing to see."""
    with pytest.raises(UsageError, match="never enrolled"):
        collect_evidence(told_story().reader(), OTHER, day(0), day(1))


def test_days_in_the_wrong_order_are_misuse() -> None:
    """Probably the two dates were swapped."""
    with pytest.raises(UsageError, match="first day before the last"):
        collect_evidence(told_story().reader(), CLUSTER, day(1), day(0))


def test_growth_from_a_checkpoint_newer_than_the_ledger_is_misuse() -> None:
    """The ledger shown is an old copy, and that must be said."""
    with pytest.raises(UsageError, match="the ledger has 11") as caught:
        collect_evidence(told_story().reader(), CLUSTER, day(0), day(1), old_sizes=(12,))
    assert "old copy" in caught.value.hint


def test_an_archived_object_that_changed_is_not_collected() -> None:
    """A bundle that its own verifier refuses is no use; the change itself is `reverify`'s finding."""

    def fetch(uri: str, descriptor: ObjectDescriptor) -> bytes:
        return f"{uri}{descriptor.key}".encode()

    with pytest.raises(DigestError):
        collect_evidence(told_story().reader(), CLUSTER, day(0), day(1), fetch_object=fetch)


@pytest.mark.parametrize(
    "changes",
    [
        {"checkpoint": None},
        {"README.txt": None},
        {"notes.txt": b"trust me"},
        {"entries/x.json": b"{}"},
        {"entries/00.json": b"{}"},
        {"entries/99.json": b"{}"},
        {"proofs/99.tlog-proof": b""},
        {"proofs/0.tlog-proof": None},
        {"objects/abc": b""},
        {"manifests/" + "ab" * 32 + ".json": b""},
        {"consistency/07.json": b"{}"},
        {"other/" + "ab" * 32: b""},
    ],
    ids=lambda changes: next(iter(changes))[:24],
)
def test_members_that_the_format_does_not_name_are_refused(changes: dict[str, bytes | None]) -> None:
    """Nothing travels in a bundle that no step looks at."""
    with pytest.raises(FormatError):
        parse_evidence(rebuilt(**changes))


def test_a_proof_with_another_checkpoint_or_index_is_refused() -> None:
    """One bundle, one checkpoint."""
    held = members()
    other = held["proofs/1.tlog-proof"]
    with pytest.raises(FormatError, match="another index or checkpoint"):
        parse_evidence(rebuilt(**{"proofs/0.tlog-proof": other}))


def test_an_opaque_line_in_a_proof_is_refused() -> None:
    """Nothing authenticates it."""
    spoiled = members()["proofs/0.tlog-proof"].replace(b"index 0", b"extra AAAA\nindex 0")
    with pytest.raises(FormatError, match="index line"):
        parse_evidence(rebuilt(**{"proofs/0.tlog-proof": spoiled}))


@pytest.mark.parametrize(
    ("first", "last", "size"),
    [("2026-11-22", "2026-11-20", 11), ("2026-11-20", "2126-11-20", 11), ("2026-02-30", "2026-11-20", 11)],
)
def test_a_claim_without_days_is_refused(first: str, last: str, size: int) -> None:
    """The days are counted before anything is made from them."""
    claim = BundleClaim(
        checkpoint_size=size, cluster=CLUSTER.text, first=first, kind=sound_bundle().claim.kind, last=last,
        with_events=False,
    )  # fmt: skip
    with pytest.raises(FormatError):
        _ = claim.days


def test_a_claim_about_another_checkpoint_is_refused() -> None:
    """Index and contents must be one bundle."""
    data = members()["bundle.json"].replace(b'"checkpointSize":11', b'"checkpointSize":12')
    with pytest.raises(FormatError, match="claims 12 entries, its checkpoint says 11"):
        parse_evidence(rebuilt(**{"bundle.json": data}))


def test_blobs_out_of_order_cannot_be_a_bundle() -> None:
    """Finding one relies on the order."""
    with pytest.raises(FormatError, match="out of order"):
        dataclasses.replace(sound_bundle(), blobs=sound_bundle().blobs[::-1])


def test_days_are_batch_days() -> None:
    """Both ends are included."""
    assert sound_bundle().claim.days == (dt.date(2026, 11, 20), dt.date(2026, 11, 22))
