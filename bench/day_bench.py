"""One cluster's day: what digest, tally, policy and detections cost together and one by one, and what memory they take.

    python bench/day_bench.py [--events N] [--repeats N] [--into DIR]

A medium day has 2,500,000 events in 3 GB of text (--events 2500000); the default is a tenth of it. Promised of all
together: 0.4 times `gzip -dc | sha256sum` in one process, 0.8 times with two, under 300 MB; of a policy: 200,000
distinct requests a second. What a part costs is the processor time saved when it is left out.
"""

import argparse
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from digest_bench import STORED_AT, unpack_and_hash
from logs.corpus import write_objects
from logs.folder import FolderReader
from logs.layouts import SHAPES

from dayseal.audit.formats.anomalies import AnomalyLog
from dayseal.audit.formats.split import split
from dayseal.audit.policy import PROFILES, Evaluator, profile_policy
from dayseal.digest import sightings
from dayseal.digest.book import PatternShelf
from dayseal.digest.leaves import piece_leaves
from dayseal.digest.objects import ObjectDigest, StoredBytes, digest_object
from dayseal.digest.parallel import digest_all
from dayseal.merkle import RootBuilder
from dayseal.model import ArchiveObject

_SHAPE: Final = "eks-firehose"
_OBJECTS: Final = 24
_EVENT_BYTES: Final = 1_200
_REQUESTS: Final = 100_000
_KINDS: Final = ("pods", "secrets", "events")
_VERBS: Final = ("get", "list", "create", "patch")
_MB: Final = 1_000_000


class Unjudged(PatternShelf):
    """Patterns without any policy."""

    def judge(self, shape: object) -> None:
        """Judge nothing."""


def main() -> None:
    """Measure one day."""
    parser = argparse.ArgumentParser(description="one cluster's day")
    parser.add_argument("--events", type=int, default=250_000)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--into", type=Path, help="keep the corpus here and use it again")
    asked = parser.parse_args()
    for profile in PROFILES:
        print(f"policy {profile}: {_decided_a_second(profile):,.0f} distinct requests a second")
    with tempfile.TemporaryDirectory() as scratch:
        folder = asked.into or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        shape = next(shape for shape in SHAPES if shape.name == _SHAPE)
        text = asked.events * _EVENT_BYTES // _OBJECTS
        _measure(write_objects(folder, shape, objects=_OBJECTS, text_bytes=text), folder, asked.repeats)


def _measure(paths: list[Path], folder: Path, repeats: int) -> None:
    objects = [ArchiveObject(path.name, "", path.stat().st_size, STORED_AT) for path in paths]
    reader = FolderReader(folder)
    peak = _peak(folder, [path.name for path in paths])
    digests = digest_all(reader, objects, workers=1)
    events = sum(found.descriptor.events for found in digests if isinstance(found, ObjectDigest))
    print(
        f"{events:,} events, {sum(found.size for found in objects) / _MB:.0f} MB stored; load {os.getloadavg()[0]:.1f}"
    )
    times = _timed(
        {
            "base": lambda: unpack_and_hash(paths),
            "one": lambda: digest_all(reader, objects, workers=1),
            "two": lambda: digest_all(reader, objects, workers=2),
            "unjudged": lambda: _digest(paths, Unjudged()),
            "untraced": lambda: _without_detections(paths),
            "hashed": lambda: _hash(paths),
        },
        repeats,
    )
    base, one = times["base"][0], times["one"][1]
    print(f"gzip -dc | sha256sum: {base:.2f} s on the clock")
    for what, found in (("one process", times["one"][0]), ("two processes", times["two"][0])):
        print(f"{what}: {found:.2f} s on the clock, {base / found:.2f} times that")
    print(f"memory of the one process: {peak / _MB:.0f} MB at the most")
    hashing, policy, detections = times["hashed"][1], one - times["unjudged"][1], one - times["untraced"][1]
    print(f"of {one:.2f} s of a processor: {hashing:.2f} s unpack, split and hash each event;")
    print(f"{policy:.2f} s policy; {detections:.2f} s detections and credentials;", end=" ")
    print(f"{one - hashing - policy - detections:.2f} s all other counting")


def _timed(runs: dict[str, Callable[[], object]], repeats: int) -> dict[str, tuple[float, float]]:
    """Take turns, so that a busy machine slows all alike; give medians on the clock, and the least processor times."""
    clock: dict[str, list[float]] = {name: [] for name in runs}
    busy: dict[str, list[float]] = {name: [] for name in runs}
    for _ in range(repeats):
        for name, run in runs.items():
            began, before = time.perf_counter(), time.process_time()
            run()
            clock[name].append(time.perf_counter() - began)
            busy[name].append(time.process_time() - before)
    return {name: (statistics.median(clock[name]), min(busy[name])) for name in runs}


def _digest(paths: list[Path], shelf: PatternShelf) -> None:
    for path in paths:
        with path.open("rb") as source:
            digest_object(source, key=path.name, version="", shelf=shelf)


def _without_detections(paths: list[Path]) -> None:
    kept = sightings.trace_of_event
    sightings.trace_of_event = lambda _: None
    try:
        _digest(paths, PatternShelf())
    finally:
        sightings.trace_of_event = kept


def _hash(paths: list[Path]) -> None:
    for path in paths:
        with path.open("rb") as source:
            stored, log, root = StoredBytes(source), AnomalyLog(), RootBuilder()
            for piece in split(stored.pieces(), stored.meter, log)[1]:
                root.extend(piece_leaves(piece))


def _peak(folder: Path, names: list[str]) -> int:
    """Give the peak memory of a process that digests these files and nothing else, in bytes."""
    own = [sys.executable, __file__, "--peak-of", str(folder), *names]
    return int(subprocess.run(own, check=True, capture_output=True, text=True).stdout)


def _print_peak(folder: Path, names: list[str]) -> None:
    _digest([folder / name for name in names], PatternShelf())
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024))


def _decided_a_second(profile: str) -> float:
    """Give how many requests, no two alike, are read from an event's parts and decided in a second of a processor."""
    uris = [f"/api/v1/namespaces/team-{n % 997}/{_KINDS[n % 3]}/n-{n}" for n in range(_REQUESTS)]
    users = [f"system:serviceaccount:team-{n % 997}:robot-{n % 89}" for n in range(_REQUESTS)]
    evaluator, groups = Evaluator(profile_policy(profile)), ("system:serviceaccounts", "system:authenticated")
    began = time.process_time()
    for number, (uri, user) in enumerate(zip(uris, users, strict=True)):
        evaluator.decide_event(verb=_VERBS[number % 4], request_uri=uri, user=user, groups=groups)
    return _REQUESTS / (time.process_time() - began)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--peak-of"]:
        _print_peak(Path(sys.argv[2]), sys.argv[3:])
    else:
        main()
