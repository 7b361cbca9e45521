import gzip
import hashlib
import io
import itertools
import json
from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from dayseal.audit.event import parse_event
from dayseal.audit.formats.shapes import Shape, after_export_time
from dayseal.digest.objects import ObjectDigest, digest_object
from dayseal.digest.records import read_records
from dayseal.digest.tally import merge_all
from dayseal.merkle.tree import root_of
from unit.digest.naive_keys import naive_key, naive_lease
from unit.digest.naive_records import compressed, naive_leaf_hashes
from unit.digest.object_strategies import EVENT_TEXTS, RECORDS, broken

LINES = st.lists(RECORDS, max_size=8).map(b"\n".join)
KUBE = LINES.map(lambda lines: b'{"kind":"Event"}\n' + lines)
EXPORT = st.lists(RECORDS | RECORDS.map(lambda r: b"2026-11-22T10:00:00.123Z " + r), max_size=8).map(
    lambda records: b"\n".join([b"2026-11-22T10:00:00.000Z {}", *records])
)


def _log_event(message: str, event_id: str, timestamp: object) -> dict[str, object]:
    return {"id": event_id, "timestamp": timestamp, "message": message}


MESSAGES = EVENT_TEXTS.map(bytes.decode) | st.text(max_size=10) | st.just("{\ud800")
LOG_EVENTS = st.builds(
    _log_event,
    MESSAGES,
    st.sampled_from(["3800", '\u00e9"\\', "\x01"]),
    st.sampled_from([0, -5, 1_763_805_600_000, 2**53 - 1, 2**53, 1.0, "1", True]) | st.integers(0, 2**41),
)
ENVELOPES = st.fixed_dictionaries(
    {
        "messageType": st.sampled_from(["DATA_MESSAGE", "DATA_MESSAGE", "CONTROL_MESSAGE", "OTHER"]),
        "owner": st.just("111122223333"),
        "logGroup": st.sampled_from(["/aws/eks/prod/cluster", "/mine", "gr\u00fcn"]),
        "logStream": st.sampled_from(["kube-apiserver-audit-1", "authenticator-1", ""]),
        "subscriptionFilters": st.just(["archive"]),
        "logEvents": st.lists(LOG_EVENTS, max_size=4),
    },
    optional={"policyLevel": st.just("ACCOUNT_LEVEL_POLICY"), "more": st.just({"owner": {"a": [1]}})},
).map(lambda value: json.dumps(value, separators=(",", ":")).encode())
FIREHOSE = st.lists(
    ENVELOPES | broken(ENVELOPES) | st.sampled_from([b"\n", b" x\ny ", b'{"owner":', b"\r"]), max_size=6
).map(lambda parts: b'{"messageType":"CONTROL_MESSAGE"}' + b"".join(parts))
TEXTS = st.one_of(KUBE, EXPORT, FIREHOSE, LINES)
SIZES = st.lists(st.integers(0, 2_000), max_size=4)


def _digest(stored: bytes) -> ObjectDigest:
    return digest_object(io.BytesIO(stored), key="k", version="", end=len(stored))


def _uid(record: bytes, digest: ObjectDigest) -> str:
    text = record.decode()
    event = json.loads(text[text.index(" ") :] if digest.descriptor.splitter.startswith(Shape.EXPORT.value) else text)
    uid = event["objectRef"].get("uid")
    return uid if isinstance(uid, str) else ""


def _check(stored: bytes) -> ObjectDigest:
    digest = _digest(stored)
    shape = Shape(digest.descriptor.splitter.removesuffix("/1"))
    hashes = naive_leaf_hashes(stored, shape)
    assert [record.leaf for record in read_records(io.BytesIO(stored))] == hashes
    assert (digest.descriptor.events, digest.descriptor.events_root) == (len(hashes), root_of(hashes).hex())
    assert digest.descriptor.sha256 == hashlib.sha256(stored).hexdigest()
    assert sum(tally.events for _, tally in digest.tallies) + digest.foreign == len(hashes)
    return digest


@given(TEXTS)
def test_a_plain_object_reads_as_the_rules_say(text: bytes) -> None:
    """A second implementation of the splitter rules must find the same leaves in whatever an archive holds."""
    _check(text)


@given(TEXTS, SIZES)
def test_gzip_members_make_no_difference(text: bytes, sizes: list[int]) -> None:
    """Where a writer starts a new gzip member says nothing about records: not even inside an envelope."""
    packed = _check(compressed(text, sizes))
    plain = _check(text)
    assert packed.descriptor.events_root == plain.descriptor.events_root
    assert packed.tallies == plain.tallies


@given(TEXTS, st.integers(0, 400), st.integers(0, 7), st.booleans())
def test_a_damaged_gzip_gives_what_its_symbols_say(text: bytes, at: int, bit: int, cut: bool) -> None:  # noqa: FBT001 - drawn
    """Two decoders must agree on what a damaged object holds, else another machine's re-reading refutes the first."""
    stored = bytearray(compressed(text, [50]))
    at = 2 + at % (len(stored) - 2)
    if cut:
        del stored[at:]
    else:
        stored[at] ^= 1 << bit
    _check(bytes(stored))


@given(KUBE | EXPORT)
def test_the_fast_tally_counts_as_the_clear_path_does(text: bytes) -> None:
    """The fast path decodes few fields in C; the clear path reads every record in Python: same counts."""
    digest = _check(text)
    tally = merge_all(tally for _, tally in digest.tallies)
    records = list(read_records(io.BytesIO(text)))
    parsed = [(record, event) for record in records if (event := parse_event(record))]
    unread = [r.data for r in records if not parse_event(r) and (r.shape is Shape.KUBE or after_export_time(r.data))]
    cut = sum(data.endswith(b"[Truncated...]") for data in unread)
    assert tally.unparsable == len(records) - len(parsed) - cut
    keys = Counter(naive_key(event) for _, event in parsed)
    assert dict(tally.keys.kept) == keys
    times = sorted(e.time_us for _, e in parsed if e.time_us is not None)
    assert tally.undated == len(parsed) - len(times)
    assert (tally.first_us, tally.last_us) == ((times[0], times[-1]) if times else (None, None))
    cells = {minute: list(of) for minute, of in itertools.groupby(times, lambda us: us // 60_000_000)}
    assert {m: tuple(c) for m, c in tally.minutes.kept.items()} == {m: (len(t), t[0], t[-1]) for m, t in cells.items()}
    leases = Counter(
        (naive_lease(e.target.namespace, _uid(record.data, digest)), e.time_us // 3_600_000_000)
        for record, e in parsed
        if e.target.resource == "leases" and e.target.verb in ("update", "patch") and e.time_us is not None
    )
    assert {tuple(key): n for key, n in tally.leases.kept.items()} == leases
    assert sum(tally.heartbeats.kept.values()) == sum(leases.values())


@given(FIREHOSE)
def test_double_gzip_reads_as_its_inside(text: bytes) -> None:
    """Firehose compresses what CloudWatch compressed already when told to."""
    inner = compressed(text, [30])
    assert _check(gzip.compress(inner, mtime=0)).descriptor.events_root == _check(inner).descriptor.events_root
