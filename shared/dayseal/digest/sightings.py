"""What one record says, as far as it is counted: each shape's way of reading one."""

from collections.abc import Callable, Hashable
from typing import Final, NamedTuple

import msgspec

from dayseal.audit.formats.lines import MAX_RECORD_BYTES
from dayseal.audit.wire import AKS_EVENTS, DIAGNOSTICS, ENTRIES, EVENTS, AksEventWire, EventWire
from dayseal.digest.rows import Identity, entry_identity, event_identity

_CUT_MARK: Final = b"[Truncated...]"  # how CloudWatch ends a message it cut
_SKIPPED: Final = "skipped-too-big-size-object"
_AKS_AUDIT: Final = frozenset({"kube-audit", "kube-audit-admin"})
_GKE_AUDIT: Final = "cloudaudit.googleapis.com"
_GKE_RESOURCE: Final = "k8s_cluster"


class Sighting(NamedTuple):
    """A record that was parsed, as far as it is counted.

    `source` tells clusters (and streams) of one object apart, `renews` says that the event renews a
    lease, `marked` that kube-apiserver truncated it, `skipped` that AKS left out a body. `time` and
    `ingested` are the event time and the time of ingestion as text.
    """

    source: Hashable
    identity: Identity
    time: str
    ingested: str
    renews: bool
    marked: bool
    skipped: bool

    @property
    def times(self) -> tuple[bytes, bytes]:
        """The event time and the time of ingestion, as bytes."""
        return self.time.encode("utf-8"), self.ingested.encode("utf-8")


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
    return _sighting(None, event)


def sight_entry(record: bytes) -> Sighting | Unread:
    """Read a Cloud Logging entry; its source is the labels of its resource."""
    entry = ENTRIES.read(record)
    if entry is None:
        return _UNPARSABLE
    if entry.resource.type != _GKE_RESOURCE or _GKE_AUDIT not in entry.log_name:
        return _FOREIGN
    labels, identity = entry.resource.labels, entry_identity(entry)
    return Sighting(
        labels, identity, entry.timestamp, entry.receive_timestamp, identity.lease != "", marked=False, skipped=False
    )


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
    return _sighting(source, event, skipped=_has_skipped_body(event))


def sight_nothing(record: bytes) -> Sighting | Unread:
    """Read a record of no known shape."""
    del record
    return _UNPARSABLE


def reread(sight: Callable[[bytes], Sighting | Unread], record: bytes) -> tuple[bytes, bytes] | None:
    """Give the event time and time of ingestion that `sight` reads in a record, as text."""
    sighting = sight(record)
    return None if isinstance(sighting, Unread) else sighting.times


def _sighting(source: Hashable, event: EventWire, *, skipped: bool = False) -> Sighting:
    identity, marked = event_identity(event), event.annotations.truncated != ""
    # What the constructor does, without its detour through Python.
    return tuple.__new__(Sighting, (source, identity, event.time, "", identity.lease != "", marked, skipped))


def _has_skipped_body(event: AksEventWire) -> bool:
    bodies = (bytes(event.request_object), bytes(event.response_object))
    return any(body.startswith(b'"') and msgspec.json.decode(body) == _SKIPPED for body in bodies)
