import dataclasses
import functools
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dayseal.audit.detections import BurstItem, Mint, Secret
from dayseal.audit.event_times import EventClock
from dayseal.codec import canonical_json
from dayseal.digest import bounded, tables
from dayseal.digest.bounded import Bounded, MinuteCell, bound_counts, merge_counts
from dayseal.digest.counter import Batch, TallyCounter
from dayseal.digest.rows import Identity
from dayseal.digest.settling import settle
from dayseal.digest.tally import EMPTY_TALLY, Sign, SplitPart, Tally, encode_tally, merge, open_tally
from dayseal.digest.trace import Trace
from dayseal.digest.traces import NO_TRACES
from dayseal.errors import FormatError

Event = tuple[Identity, bytes, bool, int | None]

IDENTITIES = st.builds(
    Identity,
    level=st.sampled_from(["", "Metadata", "Request"]),
    stage=st.sampled_from(["ResponseComplete", "Panic"]),
    verb=st.sampled_from(["get", "update"]),
    username=st.sampled_from(["", "system:node:a", "me@example.com", "x" * 400]),
    credential=st.sampled_from(["", "JTI=1", "JTI=2", "X509SHA256=aa", "ASIAEXAMPLE"]),
    group=st.sampled_from(["", "apps"]),
    resource=st.sampled_from(["pods", "leases", ""]),
    subresource=st.sampled_from(["", "status"]),
    path=st.just("/healthz"),
    lease=st.sampled_from(["", "node", "other"]),
    lease_id=st.sampled_from(["", "0f6e", " kube-node-lease/a"]),
    comparison=st.sampled_from(["", "MATCH", "LOWER"]),
    expected=st.just("Request"),
    source=st.sampled_from(["", "10.0.0.1", "10.1.0.1", "::1"]),
    agent=st.sampled_from(["", "kubelet/v1.34.1 (linux/amd64)", "curl"]),
    powerful=st.booleans(),
)
TIMES = st.builds("2026-11-22T{:02}:{:02}:30.{:06}Z".format, st.integers(0, 2), st.integers(0, 9), st.integers(0, 99))
EVENTS = st.tuples(
    IDENTITIES,
    (TIMES | st.sampled_from(["", "noon", "2026-11-22T05:00:00Z"])).map(str.encode),
    st.booleans(),
    st.none() | st.integers(1_795_300_000_000_000, 1_795_400_000_000_000) | st.sampled_from([0, 2**52]),
)
EVENT_LISTS = st.lists(EVENTS, max_size=12)


def _tally(events: list[Event], stream: str = "s") -> Tally:
    counter = TallyCounter(EventClock())
    counter.unparsable = len(events) % 3
    if events:
        identities, times, renews, ingested = (list(column) for column in zip(*events, strict=True))
        counter.add(Batch(identities, times, renews, stream, ingested))
        counter.drift.add(identities, times)
        counter.splits.add_all([SplitPart("e", 3, len(times) % 3)])
        counter.copies.add([bytes([len(times)]) * 32])
        for n, (_, time, _, _) in enumerate(events):
            counter.traces.add(_trace(n, time.decode()))
    return counter.freeze()


def _trace(n: int, time: str) -> Trace:
    signs = (Sign("pod-shell", "medium"),) if n % 2 else ()
    items = (BurstItem("failed-logins", "me@example.com", str(n)),)
    mint = Mint(f"JTI={n}", "system:serviceaccount:a:b", "me@example.com") if n % 3 else None
    return Trace(time, f"me@example.com {n}", signs, items, mint, (Secret.TOKEN,) if n % 5 == 0 else ())


@given(EVENT_LISTS, EVENT_LISTS, EVENT_LISTS)
def test_merging_is_associative_and_commutative(a: list[Event], b: list[Event], c: list[Event]) -> None:
    """Workers finish in any order, and shards of shards are merged."""
    x, y, z = _tally(a), _tally(b), _tally(c, "other")
    assert merge(x, y) == merge(y, x)
    assert merge(merge(x, y), z) == merge(x, merge(y, z))
    assert merge(x, EMPTY_TALLY) == x


@given(st.lists(EVENTS, min_size=1, max_size=12), st.data())
def test_batches_make_no_difference(events: list[Event], data: st.DataObject) -> None:
    """Where gzip members or reads end is chance; a tally must not show it."""
    cut = data.draw(st.integers(1, len(events)))
    whole, counter = TallyCounter(EventClock()), TallyCounter(EventClock())
    for target, parts in ((whole, [events]), (counter, [events[:cut], events[cut:]])):
        for part in filter(None, parts):
            identities, times, renews, ingested = (list(column) for column in zip(*part, strict=True))
            target.add(Batch(identities, times, renews, "s", ingested))
    assert whole.freeze() == counter.freeze()


@given(st.lists(st.lists(st.tuples(st.integers(0, 40), st.integers(1, 3)), max_size=20), min_size=1, max_size=5))
def test_a_bounded_table_is_the_same_however_it_was_filled(parts: list[list[tuple[int, int]]]) -> None:
    """A key that one worker dropped must not be among the kept ones of another."""
    bound = 5
    whole = bound_counts([pair for part in parts for pair in part], bound=bound)
    merged = functools.reduce(merge_counts, (bound_counts(part, bound=bound) for part in parts))
    assert merged == whole
    assert sum(whole.kept.values()) + whole.rest == sum(events for part in parts for _, events in part)
    table: tables.Counts[int] = tables.Counts(1)
    for key, events in (pair for part in parts for pair in part):
        table.add(key, events)
    assert table.freeze() == bound_counts([pair for part in parts for pair in part], bound=1)


def test_minutes_beyond_the_bound_are_summed() -> None:
    """Event times are the client's word: an object may name a million different minutes."""
    table: tables.Cells[int] = tables.Cells(3)
    for minute in range(100):
        table.add({minute: MinuteCell(2, minute, minute + 1)})
    frozen = table.freeze()
    assert (len(frozen.kept), frozen.rest) == (3, 2 * 97)
    assert set(frozen.kept) == set(sorted(range(100), key=bounded.key_hash)[:3])


def test_a_long_text_is_counted_under_its_hash() -> None:
    """A megabyte of user name must not travel in a tally."""
    identity = Identity("l", "s", "v" * 1000, "u" * 1000, "", "", "pods", "", "", "")
    tally = _tally([(identity, b"", False, None)])
    assert all(len(part) < 100 for key in tally.keys.kept for part in key)
    assert all(user.startswith("sha256:") for user in tally.users.kept)


@given(EVENT_LISTS)
def test_a_tally_survives_the_wire_without_users(events: list[Event]) -> None:
    """The summary document is what others read years later; names of people are not in it."""
    tally = _tally(events)
    data = encode_tally(tally)
    assert open_tally(data) == dataclasses.replace(tally, users=EMPTY_TALLY.users, traces=NO_TRACES)
    assert b"me@example.com" not in data


@pytest.mark.parametrize(
    ("old", "new"),
    [(b'"undated":0', b'"undated": 0'), (b'"levels":[]', b'"levels":[["a",1],["a",1]]'), (b'"keys":0,', b"")],
)
def test_a_tally_has_one_spelling(old: bytes, new: bytes) -> None:
    """It is named by its hash, so two spellings would be two tallies."""
    with pytest.raises(FormatError):
        open_tally(encode_tally(EMPTY_TALLY).replace(old, new))


def test_bounds_belong_to_the_value() -> None:
    """A table that was filled under one bound is not merged under another."""
    assert merge_counts(Bounded(1, {"a": 1}), Bounded(1, {"b": 1})).bound == 1


@given(EVENT_LISTS)
def test_settling_twice_adds_nothing(events: list[Event]) -> None:
    """A run that is repeated must not count a burst once more."""
    settled = settle(_tally(events))
    assert settle(settled) == settled


def test_a_summary_of_the_version_before_still_opens() -> None:
    """Ledgers keep them for years; the tables that it did not have are empty."""
    document = json.loads(encode_tally(_tally([])))
    new = ("signs", "secrets", "versions", "tokensUsed", "tokensMinted", "specialUsed", "forOthers")
    old = {name: value for name, value in document.items() if name not in new}
    old["rest"] = {name: count for name, count in document["rest"].items() if name not in new}
    old["format"] = "dayseal-tally/2"
    data = canonical_json(old)
    assert open_tally(data) == _tally([])
    assert json.loads(encode_tally(open_tally(data)))["format"] == "dayseal-tally/3"
    with pytest.raises(FormatError):
        open_tally(data.replace(b'"levels":[]', b'"levels":[["a",1],["a",1]]'))
