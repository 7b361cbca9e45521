"""What an auditor takes away: event proofs, evidence bundles and the pages in them."""

from dayseal.evidence.bundle import (
    BUNDLE_KIND,
    FOLDERS,
    Blob,
    BundleClaim,
    EvidenceBundle,
    Folder,
    encode_evidence,
    parse_evidence,
)
from dayseal.evidence.collect import FetchObject, collect_evidence
from dayseal.evidence.days import DayRow, DayStatus, Reread, day_rows, days_between, is_enrolled, signs_text
from dayseal.evidence.entries import LoggedEntry, OldHead, StatedEntry
from dayseal.evidence.event_proof import (
    EVENT_PROOF_KIND,
    DescriptorProof,
    EventProof,
    RecordProof,
    encode_event_proof,
    parse_event_proof,
)
from dayseal.evidence.prove import build_event_proof
from dayseal.evidence.report import ReportContent, render_readme, render_report

__all__ = [
    "BUNDLE_KIND",
    "EVENT_PROOF_KIND",
    "FOLDERS",
    "Blob",
    "BundleClaim",
    "DayRow",
    "DayStatus",
    "DescriptorProof",
    "EventProof",
    "EvidenceBundle",
    "FetchObject",
    "Folder",
    "LoggedEntry",
    "OldHead",
    "RecordProof",
    "ReportContent",
    "Reread",
    "StatedEntry",
    "build_event_proof",
    "collect_evidence",
    "day_rows",
    "days_between",
    "encode_event_proof",
    "encode_evidence",
    "is_enrolled",
    "parse_event_proof",
    "parse_evidence",
    "render_readme",
    "render_report",
    "signs_text",
]
