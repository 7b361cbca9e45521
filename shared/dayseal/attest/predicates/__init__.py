"""The predicates of every ledger entry, as typed documents.

Each class is one predicate type; `KINDS` maps the type URI to it. All are strict: unknown fields,
other spellings and wrong types are refused. Times are `2026-11-22T06:00:00Z`, days `2026-11-22`,
digests lower-case hex SHA-256. No document here carries personal data.

Format: docs/formats/predicates.md (generated from these classes).
"""

from typing import Final

from dayseal.attest.predicates.cluster_day import (
    AcceptedException,
    ArchiveSection,
    ClassCoverage,
    ClusterDay,
    EventDay,
    EventsSection,
    FindingRow,
    Gap,
    LockSection,
    ManifestRef,
    PolicySection,
    SignsSection,
    VerifierSection,
)
from dayseal.attest.predicates.membership import Enrolment, Inventory
from dayseal.attest.predicates.reverification import ChangedObject, Reverification, ReverifiedDay
from dayseal.attest.predicates.roll_call import LatestInventory, RollCall, RollCallRow
from dayseal.attest.predicates.shared import Chain, ClusterRef, SeenHead, Sha256
from dayseal.attest.predicates.trust import ChainReset, Delegation, Genesis, KeyScope, RootKey
from dayseal.codec import Wire

BASE: Final = "https://dayseal.dev/"
KINDS: Final[dict[str, type[Wire]]] = {
    BASE + "genesis/v1": Genesis,
    BASE + "delegation/v1": Delegation,
    BASE + "inventory/v1": Inventory,
    BASE + "enrolment/v1": Enrolment,
    BASE + "cluster-day/v1": ClusterDay,
    BASE + "roll-call/v1": RollCall,
    BASE + "reverification/v1": Reverification,
    BASE + "chain-reset/v1": ChainReset,
}
TYPE_OF: Final[dict[type[Wire], str]] = {kind: uri for uri, kind in KINDS.items()}

__all__ = [
    "BASE",
    "KINDS",
    "TYPE_OF",
    "AcceptedException",
    "ArchiveSection",
    "Chain",
    "ChainReset",
    "ChangedObject",
    "ClassCoverage",
    "ClusterDay",
    "ClusterRef",
    "Delegation",
    "Enrolment",
    "EventDay",
    "EventsSection",
    "FindingRow",
    "Gap",
    "Genesis",
    "Inventory",
    "KeyScope",
    "LatestInventory",
    "LockSection",
    "ManifestRef",
    "PolicySection",
    "Reverification",
    "ReverifiedDay",
    "RollCall",
    "RollCallRow",
    "RootKey",
    "SeenHead",
    "Sha256",
    "SignsSection",
    "VerifierSection",
]
