import io
import json

from hypothesis import given
from hypothesis import strategies as st

from dayseal.audit.formats.lines import Lines
from dayseal.audit.formats.shapes import Shape
from dayseal.digest.book import PatternShelf, TallyBook
from dayseal.digest.counting import count
from dayseal.digest.leaves import piece_leaves
from dayseal.digest.objects import digest_object
from dayseal.digest.tally import Tally

PLACES = ["2026-11-22T06:00:00.000000Z", "2026-11-22T06:01:02.000003Z", "2026-11-22T06:61:00.000000Z", "x" * 27]
QUOTES = ['","stageTimestamp":"2026-11-', "\\", "\\u0041" + "x" * 21, 'x"x', "\n", "\u00e9", "\x01"]


def _renewal(audit_id: str, time: str, received: str, more: str = "", node: str = "a") -> bytes:
    text = (
        '{"kind":"Event","level":"Metadata","auditID":"AUDIT","stage":"ResponseComplete",'
        f'"requestURI":"/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/{node}","verb":"update",'
        f'"user":{{"username":"system:node:{node}"}},'
        f'"objectRef":{{"resource":"leases","namespace":"kube-node-lease","name":"{node}","resourceVersion":"77"}},'
        f'"requestReceivedTimestamp":"RECEIVED","stageTimestamp":"TIME"{more}}}'
    )
    return text.replace("AUDIT", audit_id).replace("RECEIVED", received).replace("TIME", time).encode()


TEXTS = st.sampled_from(PLACES + QUOTES)
MORE = st.sampled_from(
    [
        "",
        ',"stageTimestamp":"2026-11-22T06:00:09.000000Z"',
        ',"stageTimestamp":""',
        ',"verb":"get"',
        ',"x":{"time":"y"}',
    ]
)
RENEWALS = st.builds(_renewal, TEXTS, TEXTS, TEXTS, MORE, st.sampled_from(["a", "b"]))


def _tally(records: list[bytes], shelf: PatternShelf) -> Tally:
    stored = b"\n".join(records)
    ((_, tally),) = digest_object(io.BytesIO(stored), key="k", version="", shelf=shelf).tallies
    return tally


@given(st.lists(RENEWALS | st.sampled_from([_renewal("1", PLACES[0], PLACES[1])]), min_size=1, max_size=12))
def test_what_was_learned_changes_no_tally(records: list[bytes]) -> None:
    """A pattern skips parsing, so a record made to look like one must not be counted as what it is not."""
    warm = PatternShelf()
    _tally([_renewal("0", PLACES[0], PLACES[1], node=node) for node in "ab"], warm)
    alone = TallyBook(Shape.KUBE, PatternShelf())
    for record in records:  # each on its own, with nothing learned
        for line in filter(None, record.split(b"\n")):
            fresh = TallyBook(Shape.KUBE, PatternShelf())
            fresh._counters = alone._counters
            piece = Lines([line], plain=line.isascii())
            count(fresh, piece, piece_leaves(piece))
    assert _tally(records, warm) == alone.counter(None).freeze()


def test_repeating_records_are_not_parsed_again() -> None:
    """Nine in ten records of a cluster renew leases: that is what patterns are for."""
    shelf = PatternShelf()
    _tally([_renewal(f"{n:06}", PLACES[0], PLACES[1]) for n in range(100)], shelf)
    _tally([_renewal(f"{n:06}", PLACES[1], PLACES[0]) for n in range(100)], shelf)
    assert shelf.book(Shape.KUBE)._hits >= 100


def test_a_second_spelling_of_the_time_is_noticed() -> None:
    """JSON may name a member twice; the last one counts, and the pattern must know which that is."""
    late = "2026-11-22T07:00:00.000000Z"
    text = _renewal("1", PLACES[0], PLACES[1], f',"stageTime\\u0073tamp":"{late}"')
    assert json.loads(text)["stageTimestamp"] == late
    tally = _tally([text, text.replace(b':00:00.000000Z","st', b':00:01.000000Z","st')], PatternShelf())
    assert tally.first_us == tally.last_us == 1_795_330_800_000_000
