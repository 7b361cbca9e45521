"""Offline verification of event proofs and evidence bundles. Start reading at `verify.py`."""

from dayseal.offline.delegated import place_in_evidence
from dayseal.offline.result import (
    BundleVerification,
    EventVerification,
    Freshness,
    FreshnessState,
    Verification,
    VerifiedEvent,
    VerifiedStep,
)
from dayseal.offline.today import LedgerToday, compare_with_today
from dayseal.offline.verify import verify_bundle, verify_event_proof

__all__ = [
    "BundleVerification",
    "EventVerification",
    "Freshness",
    "FreshnessState",
    "LedgerToday",
    "Verification",
    "VerifiedEvent",
    "VerifiedStep",
    "compare_with_today",
    "place_in_evidence",
    "verify_bundle",
    "verify_event_proof",
]
