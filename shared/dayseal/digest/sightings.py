"""What one record says, as far as it is counted: each shape's way of reading one."""

from collections.abc import Callable, Hashable
from typing import Final, NamedTuple

import msgspec

from dayseal.audit.formats.lines import MAX_RECORD_BYTES
from dayseal.audit.wire import DIAGNOSTICS, ENTRIES, EVENTS, EntryWire, EventWire, whole_number
from dayseal.codec import sha256_hex
from dayseal.digest.policies import NOT_COMPARED, PolicyJudge
from dayseal.digest.rows import Identity, entry_identity, entry_target, event_identity
from dayseal.digest.tally_keys import SplitPart
from dayseal.digest.trace import Trace, trace_of_entry, trace_of_event

_CUT_MARK: Final = b"[Truncated...]"  # how CloudWatch ends a message it cut
_SKIPPED: Final = "skipped-too-big-size-object"
_AKS_AUDIT: Final = frozenset({"kube-audit", "kube-audit-admin"})
_GKE_AUDIT: Final = "cloudaudit.googleapis.com"
_GKE_RESOURCE: Final = "k8s_cluster"
_AGREES: Final = frozenset({"", "MATCH"})
_SPLIT_DIGITS: Final = 16
_QUOTE: Final = ord('"')


class Sighting(NamedTuple):
    """A record that was parsed, as far as it is counted.

    `source` tells clusters (and streams) of one object apart, `renews` says that the event renews a
    lease. `time` and `ingested` are the event time and the time of ingestion as text. `odd` says that one of
    the others is set: `marked`: kube-apiserver truncated it; `skipped`: AKS left out a body; `drifts`: it is not as
    its provider's policy says; `split`: it is a part of a larger entry; `trace`: it shows more than its counts.
    """

    source: Hashable
    identity: Identity
    time: str
    ingested: str
    renews: bool
    odd: bool
    marked: bool
    skipped: bool
    drifts: bool
    split: SplitPart | None = None
    trace: Trace | None = None

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


def sight_event(record: bytes, judge: PolicyJudge | None) -> Sighting | Unread:
    """Read an audit event on its own: kube-apiserver lines and EKS messages."""
    event = EVENTS.read(record) if len(record) <= MAX_RECORD_BYTES else None
    if event is None:
        return _CUT if record.endswith(_CUT_MARK) else _UNPARSABLE
    return _sighting(None, event, judge)


def sight_entry(record: bytes, judge: PolicyJudge | None) -> Sighting | Unread:
    """Read a Cloud Logging entry; its source is the labels of its resource."""
    entry = ENTRIES.read(record)
    if entry is None:
        return _UNPARSABLE
    if entry.resource.type != _GKE_RESOURCE or _GKE_AUDIT not in entry.log_name:
        return _FOREIGN
    split, target = _split_part(entry), entry_target(entry)
    judgement = NOT_COMPARED if judge is None else judge.judge_entry(entry.proto_payload, target, cut=split is not None)
    identity = entry_identity(entry, target, judgement)
    drifts = judgement.comparison not in _AGREES
    trace = trace_of_entry(entry, target)
    return Sighting(
        source=entry.resource.labels,
        identity=identity,
        time=entry.timestamp,
        ingested=entry.receive_timestamp,
        renews=identity.lease != "",
        odd=drifts or split is not None or trace is not None,
        marked=False,
        skipped=False,
        drifts=drifts,
        split=split,
        trace=trace,
    )


def sight_diagnostic(record: bytes, judge: PolicyJudge | None) -> Sighting | Unread:
    """Read an Azure diagnostic record; its source is its resource id and pod."""
    outer = DIAGNOSTICS.read(record)
    if outer is None:
        return _UNPARSABLE
    if outer.category not in _AKS_AUDIT:
        return _FOREIGN
    source, log = (outer.resource_id, outer.properties.pod), outer.properties.log
    event = EVENTS.read(log) if isinstance(log, str) else log
    if event is None:  # AKS cuts the text at 16 KiB
        return Unread(source, cut=isinstance(log, str) and log.startswith("{"))
    return _sighting(source, event, judge, skipped=_has_skipped_body(event))


def sight_nothing(record: bytes, judge: PolicyJudge | None) -> Sighting | Unread:
    """Read a record of no known shape."""
    del record, judge
    return _UNPARSABLE


def reread(
    sight: Callable[[bytes, PolicyJudge | None], Sighting | Unread], record: bytes
) -> tuple[bytes, bytes] | None:
    """Give the event time and time of ingestion that `sight` reads in a record, as text."""
    sighting = sight(record, None)
    return None if isinstance(sighting, Unread) else sighting.times


def _sighting(source: Hashable, event: EventWire, judge: PolicyJudge | None, *, skipped: bool = False) -> Sighting:
    marked = event.annotations.truncated != ""
    judgement = NOT_COMPARED if judge is None else judge.judge_event(event, cut=marked or skipped)
    identity, drifts = event_identity(event, judgement), judgement.comparison not in _AGREES
    trace = trace_of_event(event)
    odd = marked or skipped or drifts or trace is not None
    parts = (source, identity, event.time, "", identity.lease != "", odd, marked, skipped, drifts, None, trace)
    return tuple.__new__(Sighting, parts)  # what the constructor does, without its detour through Python


def _has_skipped_body(event: EventWire) -> bool:
    return _is_skipped(event.request_object) or _is_skipped(event.response_object)


def _is_skipped(body: msgspec.Raw) -> bool:
    return memoryview(body)[0] == _QUOTE and msgspec.json.decode(body) == _SKIPPED


def _split_part(entry: EntryWire) -> SplitPart | None:
    split = entry.split
    total, index = whole_number(split.total_splits), whole_number(split.index) or 0
    if not split.uid or total is None or index >= total:
        return None
    return SplitPart(sha256_hex(split.uid.encode("utf-8"))[:_SPLIT_DIGITS], total, index)
