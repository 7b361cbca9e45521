"""Time, memory and API calls of asking Google Cloud about many GKE clusters, against our own Google Cloud.

    python bench/gcp_bench.py [--clusters N] [--projects N] [--times N]

Each run is a whole process, from the start of the interpreter to its exit: discovery of the organisation, then every
cluster's route with its changes. The median run is printed, and how busy the machine was: the server takes as much
processor time as what asks it. Needs the requirements for development.
"""

import argparse
import contextlib
import dataclasses
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

ROOT = Path(__file__).resolve().parents[1]

_SERVER: Final = ROOT / "bench/gcp/served_estate.py"
_ASK: Final = ROOT / "bench/gcp/ask.py"
_SIZE: Final = (100, 20)  # clusters and projects the bars are for
_BARS: Final = (6.0, 150.0)  # seconds, megabytes
_MB: Final = 1_000_000
_PATIENCE_S: Final = 60
_PEAK_UNIT: Final = 1 if sys.platform == "darwin" else 1024  # bytes in one of getrusage's


@dataclasses.dataclass(frozen=True, slots=True)
class Measured:
    """One run: seconds from start to exit, of which processor time; peak bytes; what it came back with."""

    whole_s: float
    own_s: float
    peak_bytes: int
    told: dict[str, Any]


def main() -> None:
    """Measure, each run in a process of its own."""
    parser = argparse.ArgumentParser(description="time, memory and API calls of asking Google Cloud")
    parser.add_argument("--clusters", type=int, default=_SIZE[0])
    parser.add_argument("--projects", type=int, default=_SIZE[1])
    parser.add_argument("--times", type=int, default=5, help="how many runs")
    asked = parser.parse_args()
    with serving(asked.clusters, asked.projects) as place:
        measure(place)  # the server loads what it needs with the first request
        busy = os.getloadavg()[0]
        runs = sorted((measure(place) for _ in range(asked.times)), key=lambda one: one.whole_s)
    show((asked.clusters, asked.projects), runs, busy)


@contextlib.contextmanager
def serving(clusters: int, projects: int) -> Iterator[dict[str, str]]:
    """Serve a Google Cloud with so many clusters until the block ends; gives where it is."""
    command = [sys.executable, str(_SERVER), str(clusters), str(projects)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        if server.stdin is None or server.stdout is None:
            sys.exit("asking Google Cloud: no pipe to the server")
        try:
            place = server.stdout.readline()
            if not place:
                sys.exit("asking Google Cloud: the server did not start")
            yield json.loads(place)
        finally:
            server.stdin.close()  # it ends by itself then
            try:
                server.wait(_PATIENCE_S)
            except subprocess.TimeoutExpired:
                server.kill()


def measure(place: dict[str, str]) -> Measured:
    """Ask once, in a new process."""
    environment = {"PATH": os.defpath, "PYTHONPATH": str(ROOT / "shared")}
    command = [sys.executable, str(_ASK), place["address"], place["entries"]]
    began = time.perf_counter()
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE) as asking:
        if asking.stdout is None:
            sys.exit("asking Google Cloud: no pipe")
        told = json.loads(asking.stdout.read())
        _, status, used = os.wait4(asking.pid, 0)
        asking.returncode = os.waitstatus_to_exitcode(status)
    return Measured(
        whole_s=time.perf_counter() - began,
        own_s=used.ru_utime + used.ru_stime,
        peak_bytes=used.ru_maxrss * _PEAK_UNIT,
        told=told,
    )


def show(size: tuple[int, int], runs: Sequence[Measured], busy: float) -> None:
    """Print the median run beside its bars, then its calls; `runs` are ordered by time."""
    run = runs[len(runs) // 2]
    seconds, megabytes = (f" (bar {bar:g} {unit})" for bar, unit in zip(_BARS, ("s", "MB"), strict=True))
    if size != _SIZE:
        seconds = megabytes = ""
    calls: dict[str, int] = run.told["calls"]
    print(
        f"ask {size[0]} clusters in {size[1]} projects   {run.whole_s:.2f} s{seconds}"
        f"   peak {run.peak_bytes / _MB:.0f} MB{megabytes}"
    )
    print(
        f"  {len(runs)} runs of {runs[0].whole_s:.2f} to {runs[-1].whole_s:.2f} s; {run.own_s:.2f} s processor time"
        f" of its own; load of the machine before {busy:.1f}"
    )
    told = run.told
    print(f"  {told['clusters']} clusters, {told['whole']} with trail and sink errors, {told['silent']} scopes silent")
    print(f"  {sum(calls.values())} API calls:")
    for name, number in sorted(calls.items(), key=lambda one: (-one[1], one[0])):
        print(f"    {name:58}{number:6}")


if __name__ == "__main__":
    main()
