"""What one record says, as far as it is counted: each shape's way of reading one."""

from collections.abc import Callable, Hashable
from typing import Final, NamedTuple

import msgspec

from dayseal.audit.formats.lines import MAX_RECORD_BYTES
from dayseal.audit.wire import AKS_EVENTS, DIAGNOSTICS, ENTRIES, EVENTS, AksEventWire, EventWire
from dayseal.digest.rows import Identity, entry_identity, event_identity, is_renewal, is_renewing_entry

_CUT_MARK: Final = b"[Truncated...]"  # how CloudWatch ends a message it cut
_SKIPPED: Final = "skipped-too-big-size-object"
_AKS_AUDIT: Final = frozenset({"kube-audit", "kube-audit-admin"})
_GKE_AUDIT: Final = "cloudaudit.googleapis.com"
_GKE_RESOURCE: Final = "k8s_cluster"


class Meaning(NamedTuple):
    """What records that repeat have in common.

    `source` tells clusters (and streams) of one object apart, `renews` says that the event renews a
    lease, `marked` that kube-apiserver truncated it, `skipped` that AKS left out a body.
    """

    source: Hashable
    identity: Identity
    renews: bool
    marked: bool = False
    skipped: bool = False


class Sighting(NamedTuple):
    """A record that was parsed: what it means, its event time and time of ingestion as text."""

    meaning: Meaning
    time: str
    ingested: str = ""


class Unread(NamedTuple):
    """A record that is no event of an audit log: of another log, cut off by the provider, or unparsable."""

    source: Hashable = None
    foreign: bool = False
    cut: bool = False


_UNPARSABLE: Final = Unread()
_CUT: Final = Unread(cut=True)
_FOREIGN: Final = Unread(foreign=True)


def sight_event(record: bytes) -> Sighting | Unread:
    """Read an audit event on its own: kube-apiserver lines and EKS messages."""
    event = EVENTS.read(record) if len(record) <= MAX_RECORD_BYTES else None
    if event is None:
        return _CUT if record.endswith(_CUT_MARK) else _UNPARSABLE
    return Sighting(_event_meaning(None, event), event.time)


def sight_entry(record: bytes) -> Sighting | Unread:
    """Read a Cloud Logging entry; its source is the labels of its resource."""
    entry = ENTRIES.read(record)
    if entry is None:
        return _UNPARSABLE
    if entry.resource.type != _GKE_RESOURCE or _GKE_AUDIT not in entry.log_name:
        return _FOREIGN
    meaning = Meaning(entry.resource.labels, entry_identity(entry), is_renewing_entry(entry))
    return Sighting(meaning, entry.timestamp, entry.receive_timestamp)


def sight_diagnostic(record: bytes) -> Sighting | Unread:
    """Read an Azure diagnostic record; its source is its resource id and pod."""
    outer = DIAGNOSTICS.read(record)
    if outer is None:
        return _UNPARSABLE
    if outer.category not in _AKS_AUDIT:
        return _FOREIGN
    source, log = (outer.resource_id, outer.properties.pod), outer.properties.log
    event = AKS_EVENTS.read(log) if isinstance(log, str) else log
    if event is None:  # AKS cuts the text at 16 KiB
        return Unread(source, cut=isinstance(log, str) and log.startswith("{"))
    return Sighting(_event_meaning(source, event, skipped=_has_skipped_body(event)), event.time)


def sight_nothing(record: bytes) -> Sighting | Unread:
    """Read a record of no known shape."""
    del record
    return _UNPARSABLE


def reread(sight: Callable[[bytes], Sighting | Unread], record: bytes) -> tuple[bytes, bytes] | None:
    """Give the event time and time of ingestion that `sight` reads in a record, as text."""
    sighting = sight(record)
    if isinstance(sighting, Unread):
        return None
    return sighting.time.encode("utf-8"), sighting.ingested.encode("utf-8")


def _event_meaning(source: Hashable, event: EventWire, *, skipped: bool = False) -> Meaning:
    return Meaning(source, event_identity(event), is_renewal(event), bool(event.annotations.truncated), skipped)


def _has_skipped_body(event: AksEventWire) -> bool:
    bodies = (bytes(event.request_object), bytes(event.response_object))
    return any(body.startswith(b'"') and msgspec.json.decode(body) == _SKIPPED for body in bodies)
