"""A tally to the wire and back."""

import dataclasses
from typing import Any, Final

from dayseal.audit.detections import Sign
from dayseal.codec import encode_document, open_document
from dayseal.digest.bounded import Bounded, MinuteCell
from dayseal.digest.credential_tables import CredentialTables
from dayseal.digest.tally_document import (
    CREDENTIAL_TABLES,
    OLD_TABLES,
    TABLES,
    CountedDocument,
    OldTallyDocument,
    TallyDocument,
)
from dayseal.digest.tally_keys import (
    COPIES,
    CREDENTIALS,
    DRIFT,
    KEYS,
    LABELS,
    LEASES,
    MINUTES,
    SIGNS,
    SPLITS,
    STREAMS,
    USERS,
    VERSIONS,
    DriftKey,
    EventKey,
    LeaseHour,
    PolicyClass,
    SplitPart,
    StreamHour,
)
from dayseal.digest.tally_value import EMPTY_TALLY, ClassCount, Skew, Tally, merge, merge_all
from dayseal.errors import FormatError

# Everything about tallies is asked for here.
__all__ = [
    "COPIES",
    "DRIFT",
    "EMPTY_TALLY",
    "KEYS",
    "LABELS",
    "LEASES",
    "MINUTES",
    "SPLITS",
    "STREAMS",
    "USERS",
    "ClassCount",
    "CredentialTables",
    "DriftKey",
    "EventKey",
    "LeaseHour",
    "PolicyClass",
    "Sign",
    "Skew",
    "SplitPart",
    "StreamHour",
    "Tally",
    "TallyDocument",
    "encode_tally",
    "merge",
    "merge_all",
    "of_document",
    "open_tally",
    "to_document",
]

_OLD: Final = b'"format":"dayseal-tally/2"'


def encode_tally(tally: Tally) -> bytes:
    """Encode a tally as canonical JSON, without `users` and `traces`: they are personal data.

    Format: docs/formats, tally document.
    """
    return encode_document(to_document(tally))


def open_tally(data: bytes) -> Tally:
    """Read what `encode_tally` writes, or wrote before; `users` and `traces` are empty.

    A tally of the version before knows no signs, secrets, versions and credentials: those tables are empty.

    Raises:
        FormatError: not canonical, rows out of order or twice, or other types.
    """
    if _OLD in data:
        tally = _of_counted(open_document(data, OldTallyDocument, subject="tally"), OLD_TABLES)
        again = encode_document(OldTallyDocument(format="dayseal-tally/2", **_counted(tally, OLD_TABLES)))
    else:
        tally = of_document(open_document(data, TallyDocument, subject="tally"))
        again = encode_tally(tally)
    if again != data:
        raise FormatError("tally: rows out of order or twice, sorted rows promised")
    return tally


def to_document(tally: Tally) -> TallyDocument:
    """Give a tally's wire form, without what is personal."""
    tables = tally.credentials
    return TallyDocument(
        format="dayseal-tally/3",
        **_counted(tally, TABLES),
        signs=tuple((*key, events) for key, events in sorted(tally.signs.kept.items())),
        secrets=tuple(sorted(tally.secrets.kept.items())),
        versions=tuple(sorted(tally.versions.kept.items())),
        tokens_used=tuple(sorted(tables.tokens_used.kept.items())),
        tokens_minted=tuple(sorted(tables.tokens_minted.kept.items())),
        special_used=tuple(sorted(tables.special_used.kept.items())),
        for_others=tuple(sorted(tables.for_others.kept.items())),
    )


def of_document(document: TallyDocument) -> Tally:
    """Give the tally of a wire form; what is personal is empty.

    Raises:
        FormatError: `rest` is of other tables.
    """
    rest = document.rest
    tally = _of_counted(document, TABLES)
    return dataclasses.replace(
        tally,
        signs=Bounded(SIGNS, {Sign(*row[:2]): row[2] for row in document.signs}, rest["signs"]),
        secrets=Bounded(SIGNS, dict(document.secrets), rest["secrets"]),
        versions=Bounded(VERSIONS, dict(document.versions), rest["versions"]),
        credentials=CredentialTables(
            tokens_used=Bounded(CREDENTIALS, dict(document.tokens_used), rest["tokensUsed"]),
            tokens_minted=Bounded(CREDENTIALS, dict(document.tokens_minted), rest["tokensMinted"]),
            special_used=Bounded(CREDENTIALS, dict(document.special_used), rest["specialUsed"]),
            for_others=Bounded(CREDENTIALS, dict(document.for_others), rest["forOthers"]),
        ),
    )


def _counted(tally: Tally, tables: tuple[str, ...]) -> dict[str, Any]:
    """Give the fields that all versions have."""
    return {
        "events": tally.events,
        "unparsable": tally.unparsable,
        "truncated": tally.truncated,
        "skipped_bodies": tally.skipped_bodies,
        "undated": tally.undated,
        "first_us": tally.first_us,
        "last_us": tally.last_us,
        "minutes": tuple((minute, *cell) for minute, cell in sorted(tally.minutes.kept.items())),
        "heartbeats": tuple(sorted(tally.heartbeats.kept.items())),
        "levels": tuple(sorted(tally.levels.kept.items())),
        "stages": tuple(sorted(tally.stages.kept.items())),
        "keys": tuple((*key, events) for key, events in sorted(tally.keys.kept.items())),
        "classes": tuple((name, c.events, c.identified) for name, c in sorted(tally.classes.items())),
        "leases": tuple((*key, events) for key, events in sorted(tally.leases.kept.items())),
        "streams": tuple((*key, events) for key, events in sorted(tally.streams.kept.items())),
        "policy": tuple((*key, events) for key, events in sorted(tally.policy.kept.items())),
        "drift": tuple((*key, *cell) for key, cell in sorted(tally.drift.kept.items())),
        "copies": tuple(sorted(tally.copies.kept.items())),
        "splits": tuple((*key, records) for key, records in sorted(tally.splits.kept.items())),
        "rest": {name: _table(tally, name).rest for name in tables},
        "skew": None if tally.skew is None else dataclasses.astuple(tally.skew),
    }


def _table(tally: Tally, name: str) -> Bounded[Any, Any]:
    of = tally.credentials if name in CREDENTIAL_TABLES else tally
    table: Bounded[Any, Any] = getattr(of, CREDENTIAL_TABLES.get(name, name))
    return table


def _of_counted(document: CountedDocument, tables: tuple[str, ...]) -> Tally:
    rest = document.rest
    if sorted(rest) != sorted(tables):
        raise FormatError(f"tally: rest of {sorted(rest)}, of {sorted(tables)} promised")
    return dataclasses.replace(
        EMPTY_TALLY,
        events=document.events,
        unparsable=document.unparsable,
        truncated=document.truncated,
        skipped_bodies=document.skipped_bodies,
        undated=document.undated,
        first_us=document.first_us,
        last_us=document.last_us,
        minutes=Bounded(MINUTES, {row[0]: MinuteCell(*row[1:]) for row in document.minutes}, rest["minutes"]),
        heartbeats=Bounded(MINUTES, dict(document.heartbeats), rest["heartbeats"]),
        levels=Bounded(LABELS, dict(document.levels), rest["levels"]),
        stages=Bounded(LABELS, dict(document.stages), rest["stages"]),
        keys=Bounded(KEYS, {EventKey(*row[:6]): row[6] for row in document.keys}, rest["keys"]),
        classes={name: ClassCount(events, identified) for name, events, identified in document.classes},
        leases=Bounded(LEASES, {LeaseHour(*row[:2]): row[2] for row in document.leases}, rest["leases"]),
        streams=Bounded(STREAMS, {StreamHour(*row[:2]): row[2] for row in document.streams}, rest["streams"]),
        policy=Bounded(LABELS, {PolicyClass(*row[:2]): row[2] for row in document.policy}, rest["policy"]),
        drift=Bounded(DRIFT, {DriftKey(*row[:9]): MinuteCell(*row[9:]) for row in document.drift}, rest["drift"]),
        copies=Bounded(COPIES, dict(document.copies)),
        splits=Bounded(SPLITS, {SplitPart(*row[:3]): row[3] for row in document.splits}, rest["splits"]),
        skew=None if document.skew is None else Skew(*document.skew),
    )
