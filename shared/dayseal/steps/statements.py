"""Step 7, first half: a cluster's day as a statement, from what the steps before found."""

import dataclasses
import datetime as dt
from collections.abc import Sequence
from typing import Final, Literal

from msgspec import UNSET, UnsetType

from dayseal import __version__
from dayseal.attest.predicates import (
    ArchiveSection,
    Chain,
    ClassCoverage,
    ClusterDay,
    ClusterRef,
    EventDay,
    EventsSection,
    FindingRow,
    Gap,
    LockSection,
    ManifestRef,
    PolicySection,
    Sha256,
    SignsSection,
    VerifierSection,
)
from dayseal.attest.statement import Statement
from dayseal.checks.catalogue import CHECKS_VERSION
from dayseal.checks.exceptions import MarkedFinding
from dayseal.checks.policy_drift import compared_with
from dayseal.checks.silence import hourly_events
from dayseal.codec import format_day, format_time
from dayseal.digest.manifest import Manifest
from dayseal.digest.tally import Tally
from dayseal.model import ArchiveObject, ClusterId

EVENTS_TREE_VERSION: Final = 1
MAX_GAPS: Final = 50
MAX_DRIFT: Final = 30
MAX_FACT_IDS: Final = 20
MAX_SUMMARY_CHARS: Final = 500


@dataclasses.dataclass(frozen=True, slots=True)
class DayContent:
    """Everything one cluster-day statement says, before it is written down.

    `tally` is None when the cluster has no record in the batch. The digests name content-addressed objects.
    """

    cluster: ClusterId
    day: dt.date
    revision: int
    chain: Chain
    archive_uri: str
    cutoff: dt.datetime
    manifest: Manifest
    unattributed: int
    unreadable: int
    tally: Tally | None
    gaps: tuple[Gap, ...]
    event_days: tuple[EventDay, ...]
    objects: tuple[ArchiveObject, ...]
    term_end: dt.datetime
    findings: tuple[MarkedFinding, ...]
    facts_sha256: str
    summary_sha256: str
    details_sha256: str
    verifier: VerifierSection
    at: dt.datetime

    @property
    def status(self) -> Literal["SEALED", "NO_DATA", "UNREADABLE"]:
        """SEALED, NO_DATA or UNREADABLE."""
        if self.unreadable:
            return "UNREADABLE"
        return "SEALED" if self.tally is not None and self.tally.events else "NO_DATA"


def cluster_day_statement(content: DayContent) -> Statement:
    """Write the statement: its subject is the manifest.

    Raises:
        FormatError: a part has no canonical form.
    """
    manifest = content.manifest
    uri = f"manifests/{manifest.sha256}.jsonl"
    predicate = ClusterDay(
        cluster=ClusterRef.of(content.cluster),
        day=format_day(content.day),
        revision=content.revision,
        status=content.status,
        chain=content.chain,
        archive=ArchiveSection(
            uri=content.archive_uri,
            prefix="",
            splitter=tuple(sorted({d.splitter for d in manifest.descriptors})),
            cutoff=format_time(content.cutoff),
            objects=len(manifest.descriptors),
            bytes=sum(d.end - d.start for d in manifest.descriptors),
            unattributed=content.unattributed,
            unreadable=content.unreadable,
            day_root=manifest.day_root().hex(),
            manifest=ManifestRef(uri=uri, sha256=manifest.sha256),
            events_tree_version=EVENTS_TREE_VERSION,
        ),
        events=_events(content),
        event_days=content.event_days,
        lock=_lock(content),
        findings=tuple(_row(marked) for marked in content.findings),
        facts=Sha256(sha256=content.facts_sha256),
        summary=Sha256(sha256=content.summary_sha256),
        verifier=content.verifier,
        details=Sha256(sha256=content.details_sha256),
        checked_at=format_time(content.at),
        policy=_policy(content.tally),
        credentials=_credentials(content.tally),
        signs=_signs(content.tally),
    )
    return Statement(uri, manifest.sha256, predicate)


def verifier_section(
    *, settings_digest: str, thresholds: dict[str, int], code_digest: str, identity: str
) -> VerifierSection:
    """Describe this program as it claims to be; only `identity` is backed by a signature."""
    return VerifierSection(
        name="dayseal",
        version=__version__,
        checks_version=CHECKS_VERSION,
        settings_digest=settings_digest,
        thresholds=thresholds,
        code_digest_claimed=code_digest,
        identity=identity,
    )


def format_event_time(time_us: int) -> str:
    """Write microseconds since the epoch as `2026-11-22T06:00:00.000001Z`."""
    seconds, micros = divmod(time_us, 1_000_000)
    moment = dt.datetime.fromtimestamp(seconds, dt.UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{micros:06d}Z"


def _events(content: DayContent) -> EventsSection:
    tally = content.tally
    shown, left_off = content.gaps[:MAX_GAPS], max(0, len(content.gaps) - MAX_GAPS)
    if tally is None:
        return EventsSection(
            count=0, first=None, last=None, per_hour=(0,) * 24, gaps=shown, gaps_left_off=left_off,
            levels={}, truncated=0, unparsable=0,
        )  # fmt: skip
    return EventsSection(
        count=tally.events,
        first=None if tally.first_us is None else format_event_time(tally.first_us),
        last=None if tally.last_us is None else format_event_time(tally.last_us),
        per_hour=hourly_events(tally, content.day),
        gaps=shown,
        gaps_left_off=left_off,
        levels=dict(tally.levels.kept),
        truncated=tally.truncated,
        unparsable=tally.unparsable,
    )


def _policy(tally: Tally | None) -> PolicySection | UnsetType:
    compared = None if tally is None else compared_with(tally)
    if compared is None:
        return UNSET
    drift = [one.text for one in compared.drifts if one.confirmed]
    return PolicySection(
        profile=compared.profile,
        version=compared.version,
        drift=tuple(drift[:MAX_DRIFT]),
        drift_left_off=max(0, len(drift) - MAX_DRIFT),
    )


def _credentials(tally: Tally | None) -> dict[str, ClassCoverage] | UnsetType:
    if tally is None or not tally.classes:
        return UNSET
    classes = sorted(tally.classes.items())
    return {name: ClassCoverage(events=one.events, identified=one.identified) for name, one in classes}


def _signs(tally: Tally | None) -> SignsSection | UnsetType:
    if tally is None or not tally.events:
        return UNSET
    return SignsSection(
        seen={f"{sign.detection}/{sign.severity}": number for sign, number in sorted(tally.signs.kept.items())},
        secrets=dict(sorted(tally.secrets.kept.items())),
    )


def _lock(content: DayContent) -> LockSection:
    modes = sorted({o.lock_mode for o in content.objects if o.lock_mode})
    ends: Sequence[dt.datetime] = [o.retain_until for o in content.objects if o.retain_until is not None]
    return LockSection(
        mode=",".join(modes) or "none",
        retain_until_min=format_time(min(ends)) if ends else None,
        objects_below_term=sum(o.retain_until is None or o.retain_until < content.term_end for o in content.objects),
    )


def _row(marked: MarkedFinding) -> FindingRow:
    finding = marked.finding
    summary = "; ".join((finding.summary, *marked.notes))
    if len(summary) > MAX_SUMMARY_CHARS:
        summary = summary[: MAX_SUMMARY_CHARS - 1] + "…"
    return FindingRow(
        check=finding.check,
        verdict=finding.verdict.text,
        summary=summary,
        fact_ids=tuple(fact.id for fact in finding.facts[:MAX_FACT_IDS]),
        exception=UNSET if marked.exception is None else marked.exception,
    )
