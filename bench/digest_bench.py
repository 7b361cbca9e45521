"""Digest and tally against `gzip -dc | sha256sum` on the same bytes: ratios, measured side by side.

Usage: python bench/digest_bench.py [--mb N] [--repeats N] [--shape NAME] [--memory GB] [--into DIR]

Each repeat runs the contestants one after the other, so that a busy machine slows them alike; the
medians are compared. Promised: 0.8 times in one process, 1.5 times with two. Processor time (of all
processes, the best) tells more than ratios on a machine that others use too.
"""

import argparse
import datetime as dt
import gzip
import os
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from logs.corpus import Shaped, write_objects
from logs.folder import FolderReader
from logs.layouts import SHAPES

from dayseal.digest.objects import ObjectDigest
from dayseal.digest.parallel import digest_all
from dayseal.model import ArchiveObject

_MB = 1_000_000
_OBJECTS = 8
STORED_AT = dt.datetime(2026, 11, 22, tzinfo=dt.UTC)


def main() -> None:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(description="digest speed")
    parser.add_argument("--mb", type=int, default=128, help="text per shape, in MB")
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--shape", action="append", help="only this one")
    parser.add_argument("--into", type=Path, help="keep the corpus here and use it again")
    asked = parser.parse_args()
    shapes = [shape for shape in SHAPES if not asked.shape or shape.name in asked.shape]
    print(f"{os.cpu_count()} cores, {asked.mb} MB of text a shape in {_OBJECTS} objects, medians of {asked.repeats}")
    print("ratios: of the medians, then of the best (on a machine that others use too, the best lie less)")
    print(f"{'shape':24}{'MB':>6}{'gzip':>8}{'gzip|sha256sum':>17}{'one process':>31}{'two processes':>31}")
    with tempfile.TemporaryDirectory() as scratch:
        folder = asked.into or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        for shape in shapes:
            _run(shape, folder, asked.mb * _MB, asked.repeats)


def _run(shape: Shaped, folder: Path, text_bytes: int, repeats: int) -> None:
    paths = write_objects(folder, shape, objects=_OBJECTS, text_bytes=text_bytes // _OBJECTS)
    objects = [ArchiveObject(path.name, "", path.stat().st_size, STORED_AT) for path in paths]
    reader = FolderReader(folder)
    contestants: dict[str, Callable[[], object]] = {
        "base": lambda: unpack_and_hash(paths),
        "one": lambda: digest_all(reader, objects, workers=1),
        "two": lambda: digest_all(reader, objects, workers=2),
    }
    times: dict[str, list[float]] = {name: [] for name in contestants}
    busy: dict[str, list[float]] = {name: [] for name in contestants}
    for _ in range(repeats):
        for name, run in contestants.items():
            began, busy_before = time.perf_counter(), _processor_time()
            run()
            times[name].append(time.perf_counter() - began)
            busy[name].append(_processor_time() - busy_before)
    digests = digest_all(reader, objects, workers=1)
    if any(not isinstance(digest, ObjectDigest) or digest.anomalies for digest in digests):
        raise SystemExit(f"{shape.name}: the corpus does not digest cleanly")
    size = sum(len(gzip.decompress(path.read_bytes())) for path in paths)
    stored = sum(found.size for found in objects)
    row = f"{shape.name:24}{size / _MB:6.0f}{size / stored:7.1f}x"
    base = times.pop("base")
    row += f"{statistics.median(base):9.2f} s ±{_spread(base):4.0%}"
    for found in times.values():
        ratios = (statistics.median(base) / statistics.median(found), min(base) / min(found))
        row += f"{statistics.median(found):9.2f} s ±{_spread(found):4.0%} {ratios[0]:5.2f}x {ratios[1]:5.2f}x"
    print(row, flush=True)
    print(
        f"{'  processor time':24}{_busy(busy['base']):>34}{_busy(busy['one']):>11}{_busy(busy['two']):>31}", flush=True
    )


def _processor_time() -> float:
    spent = os.times()
    return spent.user + spent.system + spent.children_user + spent.children_system


def _busy(times: list[float]) -> str:
    return f"{min(times):.2f} s"


def unpack_and_hash(paths: list[Path]) -> None:
    """Do what everything is measured against: `gzip -dc | sha256sum`."""
    unpack = subprocess.Popen(["gzip", "-dc", *paths], stdout=subprocess.PIPE)  # noqa: S607 - what people have
    subprocess.run(["sha256sum"], stdin=unpack.stdout, stdout=subprocess.DEVNULL, check=True)  # noqa: S607 - as above
    unpack.communicate()


def _spread(times: list[float]) -> float:
    return (max(times) - min(times)) / 2 / statistics.median(times)


if __name__ == "__main__":
    main()
