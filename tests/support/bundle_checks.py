"""Bundles of stories, and what verification says of them."""

import dataclasses
import datetime as dt
import functools

from dayseal.evidence import (
    Blob,
    EvidenceBundle,
    LoggedEntry,
    ReportContent,
    StatedEntry,
    encode_evidence,
    render_readme,
    render_report,
)
from dayseal.ledger.entry import parse_admitted
from dayseal.model import Verdict
from dayseal.notes import TrustPolicy, parse_checkpoint
from dayseal.offline import BundleVerification, verify_bundle
from support.ledger_story import Story, told_story
from support.story_parts import NOON, POLICY


@functools.cache
def sound_bundle(*, with_events: bool = True) -> EvidenceBundle:
    """Give the evidence of the story that `told_story` tells."""
    return told_story().bundle(with_events=with_events)


def check(
    bundle: EvidenceBundle | Story,
    policy: TrustPolicy = POLICY,
    *,
    since: bytes | None = None,
    as_of: dt.datetime = NOON,
) -> BundleVerification:
    """Verify a bundle, or the evidence of a story's first three days."""
    found = bundle.bundle() if isinstance(bundle, Story) else bundle
    return verify_bundle(encode_evidence(found), policy, since=since, as_of=as_of)


def problem(bundle: EvidenceBundle | Story) -> str:
    """Give the problem that verification finds; steps behind it must not have been reached."""
    steps = check(bundle).verification.steps
    found = next(step for step in steps if step.problems)
    assert found.verdict is Verdict.FAIL
    assert all(step.not_shown == (f"not reached: V{found.number} was refuted",) for step in steps[found.number :])
    return f"V{found.number}: {found.problems[0]}"


def without(bundle: EvidenceBundle, *indexes: int) -> EvidenceBundle:
    """Leave entries out, and write the pages anew as a forger would."""
    entries = tuple(entry for entry in bundle.entries if entry.index not in indexes)
    return with_pages(dataclasses.replace(bundle, entries=entries))


def with_blob(bundle: EvidenceBundle, name: str, data: bytes | None) -> EvidenceBundle:
    """Put other bytes under a member's name, or leave it out."""
    blobs = tuple(Blob(b.folder, b.sha256, data or b"") if b.name == name else b for b in bundle.blobs)
    kept = tuple(b for b in blobs if data is not None or b.name != name)
    assert kept != bundle.blobs
    return dataclasses.replace(bundle, blobs=kept)


def with_entry(bundle: EvidenceBundle, entry: LoggedEntry) -> EvidenceBundle:
    """Put another entry in, in the place of the one that has its index."""
    entries = (*(e for e in bundle.entries if e.index != entry.index), entry)
    return with_pages(dataclasses.replace(bundle, entries=tuple(sorted(entries, key=lambda e: e.index))))


def with_pages(bundle: EvidenceBundle) -> EvidenceBundle:
    """Write the pages for what the entries say."""
    stated = []
    for entry in bundle.entries:
        found = parse_admitted(entry.envelope, subject="entry")
        stated.append(StatedEntry(entry.index, found.envelope_sha256, found.statement))
    content = ReportContent(bundle.claim, parse_checkpoint(bundle.checkpoint), tuple(stated))
    return dataclasses.replace(bundle, readme=render_readme(content), report=render_report(content))


def name_in(bundle: EvidenceBundle, folder: str, number: int = 0) -> str:
    """Give the name of the member number `number` of a folder."""
    return [blob.name for blob in bundle.blobs if blob.folder == folder][number]
