"""Offline verification of event proofs and evidence bundles. Start reading at `verify.py`."""

from dayseal.offline.result import (
    BundleVerification,
    EventVerification,
    Freshness,
    FreshnessState,
    Verification,
    VerifiedEvent,
    VerifiedStep,
)
from dayseal.offline.verify import verify_bundle, verify_event_proof

__all__ = [
    "BundleVerification",
    "EventVerification",
    "Freshness",
    "FreshnessState",
    "Verification",
    "VerifiedEvent",
    "VerifiedStep",
    "verify_bundle",
    "verify_event_proof",
]
