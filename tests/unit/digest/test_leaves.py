import struct

import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from dayseal.audit.formats.envelopes import Envelope, LogEvent
from dayseal.digest.leaves import leaf_data, piece_leaves
from dayseal.merkle.tree import leaf_hash

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
PLAIN = st.sampled_from(["/aws/eks/prod/cluster", "kube-apiserver-audit-1", "111122223333"])
IDS = st.sampled_from(["3800", "3801", 'a"b', "380"]) | TEXT
EVENTS = st.lists(
    st.builds(LogEvent, IDS, st.integers(1_000, 9_999) | st.integers(-(2**53) + 1, 2**53 - 1), TEXT), max_size=5
)


@given(TEXT | PLAIN, TEXT | PLAIN, TEXT | PLAIN, EVENTS)
def test_contexts_are_canonical_json(owner: str, group: str, stream: str, events: list[LogEvent]) -> None:
    """They are put together by hand, ten times as fast as by the library; the bytes must be the library's."""
    records = [event.message.encode() for event in events]
    envelope = Envelope(False, owner, group, stream, events, records)  # noqa: FBT003 - no control message
    expected = []
    for event, record in zip(events, records, strict=True):
        fields = {"id": event.id, "logGroup": group, "logStream": stream, "owner": owner, "timestamp": event.timestamp}
        expected.append(leaf_hash(leaf_data(rfc8785.dumps(fields), record)))  # type: ignore[arg-type]  # a dict of texts and a number
    assert piece_leaves(envelope) == expected


def test_a_leaf_says_where_its_context_ends() -> None:
    """Else a byte could move from the context into the record unseen."""
    assert leaf_data(b"ab", b"c") == struct.pack(">I", 2) + b"abc"
    assert leaf_data(b"a", b"bc") != leaf_data(b"ab", b"c")
