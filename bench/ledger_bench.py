"""How long it takes to open a ledger: every entry is read, proved and judged again, whoever opens it.

    python bench/ledger_bench.py [--clusters N] [--days N]

Prints seconds and memory for each 10,000 entries; docs/guides/aws.md says what follows for a function.
"""

import argparse
import os
import resource
import time

from dayseal.ledger.readahead import ReadAhead
from dayseal.ledger.reader import LedgerReader
from dayseal.merkle import RootBuilder, build_bundles, build_tiles, leaf_hash
from dayseal.model import ClusterId, TreeHead
from dayseal.ports import ObjectStore
from dayseal.testing.memory import MemoryStore
from support.ledger_story import Story
from support.story_parts import POLICY

_ENTRIES = 10_000


class CountingStore(MemoryStore):
    """Counts what is read, and lets each read wait as a network does."""

    reads = 0
    wait_s = 0.0

    def get(self, key: str, *, max_bytes: int | None = None) -> bytes:
        """Give an object."""
        self.reads += 1
        time.sleep(self.wait_s)
        return super().get(key, max_bytes=max_bytes)


class LongStory(Story):
    """A story whose head is kept while it grows."""

    def __init__(self) -> None:
        self._tree = RootBuilder()
        super().__init__()

    def append(self, envelope: bytes) -> int:
        """Append, and keep the head."""
        self._tree.append(leaf_hash(envelope))
        return super().append(envelope)

    def head(self, size: int | None = None) -> TreeHead:
        """Give the kept head."""
        return super().head(size) if size is not None else TreeHead(self._tree.size, self._tree.root())

    def store(self) -> CountingStore:
        """Give the log as a recorder leaves it."""
        made = CountingStore()
        files = build_tiles(lambda _: b"", 0, [leaf_hash(data) for data in self.envelopes])
        files |= build_bundles(lambda _: b"", 0, self.envelopes)
        for key, data in (*files.items(), ("checkpoint", self.checkpoint())):
            made.create(key, data)
        return made


def main() -> None:
    """Write a ledger into memory, then open it in this process."""
    parser = argparse.ArgumentParser(description="opening a ledger")
    parser.add_argument("--clusters", type=int, default=40)
    parser.add_argument("--days", type=int, default=50)
    parser.add_argument("--wait-ms", type=float, default=40.0, help="what a request waits for in a bucket's stead")
    asked = parser.parse_args()
    story, clusters = LongStory(), [_cluster(number) for number in range(asked.clusters)]
    for cluster in clusters:
        story.enrol(cluster=cluster)
    for day in range(asked.days):
        for cluster in clusters:
            story.revisions.clear()  # each cluster's day is its first statement
            story.seal(day, cluster=cluster)
        story.roll_call(day)
    store, size = story.store(), len(story.envelopes)
    print(f"{size} entries of {asked.clusters} clusters opened; load {os.getloadavg()[0]:.1f}; for each {_ENTRIES:,}:")
    share = _ENTRIES / size
    print(f"{sum(map(len, story.envelopes)) * share / 1e6:.0f} MB")
    _open("read at once", store, store, share)
    store.wait_s = asked.wait_ms / 1000
    _open(f"each request {asked.wait_ms:.0f} ms", store, store, share)
    _open(f"each request {asked.wait_ms:.0f} ms, read ahead", ReadAhead(store), store, share)


def _open(what: str, store: ObjectStore, counting: CountingStore, share: float) -> None:
    counting.reads = 0
    memory, processor, clock = _memory(), time.process_time(), time.perf_counter()
    LedgerReader(store, POLICY).state()
    processor, clock = time.process_time() - processor, time.perf_counter() - clock
    print(
        f"{what}: {processor * share:.1f} s of the processor, {clock * share:.1f} s on the clock, "
        f"{counting.reads * share:.0f} objects read, {(_memory() - memory) * share:.0f} MiB more at most"
    )


def _cluster(number: int) -> ClusterId:
    return ClusterId("eks", "111122223333", "eu-central-1", f"cluster-{number}", f"uid-{number}")


def _memory() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
