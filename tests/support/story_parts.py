"""Keys, archived objects and statements of the story in `ledger_story.py`."""

import dataclasses
import datetime as dt
import json
from collections.abc import Sequence
from typing import Final

from dayseal.attest.predicates import (
    ArchiveSection,
    Chain,
    ClusterDay,
    ClusterRef,
    EventsSection,
    FindingRow,
    LockSection,
    ManifestRef,
    Sha256,
    VerifierSection,
)
from dayseal.codec import format_day, format_time
from dayseal.digest.manifest import Manifest
from dayseal.digest.objects import ObjectDigest
from dayseal.digest.tally import Tally, merge_all
from dayseal.model import ClusterId, Scope
from dayseal.notes import TrustPolicy, Witness, cosigner_vkey, vkey_of_spki
from dayseal.testing.keys import Ed25519Signer, P256Signer

ORIGIN: Final = "ledger.example/story"
CLUSTER: Final = ClusterId("eks", "111122223333", "eu-central-1", "prod", "OIDC1")
OTHER: Final = ClusterId("gke", "project-1", "europe-west3", "shop", "9f")
ARCHIVE: Final = "file:logs"
FIRST: Final = dt.date(2026, 11, 20)
NOON: Final = dt.datetime(2026, 11, 24, 12, tzinfo=dt.UTC)
ROOT: Final = Ed25519Signer("root")
LOG: Final = Ed25519Signer("log")
ATTESTOR: Final = P256Signer("attestor")
RECORDER: Final = Ed25519Signer("recorder")
WITNESS: Final = Ed25519Signer("witness")
STRANGER: Final = Ed25519Signer("stranger")
ALL: Final = Scope(("*",), ("*",))
POLICY: Final = TrustPolicy(logs=(vkey_of_spki(ORIGIN, LOG.spki),), roots=(("root", ROOT.spki),))
WITNESSED: Final = dataclasses.replace(
    POLICY, witnesses=(Witness("w1", cosigner_vkey("witness.example/w1", WITNESS.public)),), quorum="w1"
)


def day(number: int) -> dt.date:
    """Give a day of the story: number 0 is the enrolment's."""
    return FIRST + dt.timedelta(days=number)


def records(number: int, count: int = 3) -> bytes:
    """Give a small archived object: `count` plain audit events of day `number`, one a line."""
    return b"".join(
        json.dumps(
            {
                "kind": "Event",
                "apiVersion": "audit.k8s.io/v1",
                "level": "Metadata",
                "auditID": f"{number}-{n}",
                "stage": "ResponseComplete",
                "requestURI": "/api/v1/pods",
                "verb": "list",
                "user": {"username": "u"},
                "stageTimestamp": f"{format_day(day(number))}T10:00:0{n}.000000Z",
            },
            separators=(",", ":"),
        ).encode()
        + b"\n"
        for n in range(count)
    )


def tally_of(before: Tally, digests: Sequence[ObjectDigest]) -> Tally:
    """Add up everything that was counted, whoever's records they are."""
    return merge_all((before, *(tally for digest in digests for _, tally in digest.tallies)))


def cluster_day(
    cluster: ClusterId,
    when: dt.date,
    revision: int,
    chain: Chain,
    manifest: Manifest,
    tally: Tally,
    named: tuple[str, str],
) -> ClusterDay:
    """State a day as the workflow would, with one finding; `named` are the digests of summary and facts."""
    summary, facts = named
    return ClusterDay(
        cluster=ClusterRef.of(cluster),
        day=format_day(when),
        revision=revision,
        status="SEALED" if tally.events else "NO_DATA",
        chain=chain,
        archive=ArchiveSection(
            uri=ARCHIVE,
            prefix="",
            splitter=tuple(sorted({d.splitter for d in manifest.descriptors})),
            cutoff=format_time(NOON),
            objects=len(manifest.descriptors),
            bytes=sum(d.end - d.start for d in manifest.descriptors),
            unattributed=0,
            unreadable=0,
            day_root=manifest.day_root().hex(),
            manifest=ManifestRef(uri=f"manifests/{manifest.sha256}.jsonl", sha256=manifest.sha256),
            events_tree_version=1,
        ),
        events=EventsSection(
            count=tally.events, first=None, last=None, per_hour=(0,) * 24, gaps=(), gaps_left_off=0,
            levels={}, truncated=tally.truncated, unparsable=tally.unparsable,
        ),
        event_days=(),
        lock=LockSection(mode="none", retain_until_min=None, objects_below_term=0),
        findings=(
            FindingRow(check="arrival", verdict="PASS" if tally.events else "FAIL", summary="as counted", fact_ids=()),
        ),
        facts=Sha256(sha256=facts),
        summary=Sha256(sha256=summary),
        verifier=VerifierSection(
            name="dayseal", version="0", checks_version="1", settings_digest="", thresholds={},
            code_digest_claimed="", identity="story",
        ),
        details=Sha256(sha256="00" * 32),
        checked_at=format_time(NOON),
    )  # fmt: skip
