from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dayseal.clouds.azure import blob_stream
from dayseal.clouds.azure.blob_stream import BlobStream, Block
from dayseal.errors import AccessError

STATES = st.lists(
    st.tuples(st.integers(0, 12), st.sampled_from(["grow", "rewrite"]), st.binary(min_size=1, max_size=9))
)


class Blob:
    """A blob that becomes another right before some of its reads."""

    def __init__(self, data: bytes, acts: dict[int, tuple[str, bytes]]) -> None:
        self.states = [data]
        self._acts = acts
        self._reads = 0

    def fetch(self, start: int, stop: int, etag: str) -> Block | None:
        """Answer as Blob storage does."""
        act = self._acts.get(self._reads)
        self._reads += 1
        if act is not None:
            kind, data = act
            self.states.append(self.states[-1] + data if kind == "grow" else data * 9)
        now = str(len(self.states))
        return None if etag not in {"", now} else Block(self.states[-1][start:stop], now)


@pytest.fixture(autouse=True, scope="module")
def small_blocks() -> Iterator[None]:
    """Read in blocks of 7 bytes."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(blob_stream, "_BLOCK_BYTES", 7)
        yield


@given(st.binary(min_size=40, max_size=60), STATES, st.integers(0, 20), st.integers(21, 40))
def test_what_is_read_is_of_one_state_whatever_happens(
    data: bytes, acts: list[tuple[int, str, bytes]], start: int, stop: int
) -> None:
    """The digest of a mixture would stand for bytes that were never stored together."""
    blob = Blob(data, {at: (kind, more) for at, kind, more in acts})
    try:
        stream = BlobStream(blob.fetch, "blob", start=start, stop=stop)
        found = b"".join(iter(lambda: stream.read(5), b""))
    except AccessError:
        assert len(blob.states) > 1
        return
    assert found in {state[start:stop] for state in blob.states}


@given(st.binary(min_size=40, max_size=60), st.sets(st.integers(0, 12), max_size=3))
def test_up_to_three_times_it_may_grow(data: bytes, moments: set[int]) -> None:
    """The last hour of a day may still be written to."""
    blob = Blob(data, dict.fromkeys(moments, ("grow", b"more")))
    stream = BlobStream(blob.fetch, "blob", start=3, stop=39)
    assert b"".join(iter(lambda: stream.read(5), b"")) == data[3:39]
