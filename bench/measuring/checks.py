"""`dayseal check` on a cloud of our own, measured as a whole process: what the benches of all clouds share.

A bench `bench/<cloud>_bench.py` starts its cloud with `serving`, writes a workspace's settings, and gives `measured`
the environment in which a check finds that cloud.
"""

import collections
import contextlib
import dataclasses
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parents[2]

_MB: Final = 1_000_000
_PATIENCE_S: Final = 60
_PEAK_UNIT: Final = 1 if sys.platform == "darwin" else 1024  # bytes in one of getrusage's


@dataclasses.dataclass(frozen=True, slots=True)
class Bar:
    """What was promised of a size: seconds, and megabytes at the most; None: nothing was."""

    seconds: float | None = None
    megabytes: float | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class Measured:
    """One check: seconds from start to exit, of which processor time; peak bytes; calls; verdicts; silent scopes."""

    whole_s: float
    own_s: float
    peak_bytes: int
    calls: dict[str, int]
    verdicts: dict[str, int]
    clusters: int
    silent: int


@dataclasses.dataclass(frozen=True, slots=True)
class Runs:
    """Checks of one kind, ordered by time, and the load of the machine before the first."""

    ordered: tuple[Measured, ...]
    load: float

    @property
    def median(self) -> Measured:
        """The one in the middle."""
        return self.ordered[len(self.ordered) // 2]


@contextlib.contextmanager
def serving(script: str, *arguments: object) -> Iterator[dict[str, Any]]:
    """Run a script (from the repository's root) that serves a cloud until the block ends.

    It says on its first line, in JSON, where it can be asked, and serves until its standard input ends.
    """
    command = [sys.executable, str(ROOT / script), *map(str, arguments)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        if server.stdin is None or server.stdout is None:
            sys.exit(f"{script}: no pipe")
        try:
            place = server.stdout.readline()
            if not place:
                sys.exit(f"{script}: did not start")
            yield json.loads(place)
        finally:
            server.stdin.close()  # it ends by itself then
            try:
                server.wait(_PATIENCE_S)
            except subprocess.TimeoutExpired:
                server.kill()


def measured(environment: Mapping[str, str], folder: str, *words: str) -> Measured:
    """Check once with a workspace's settings, in a new process that knows of the cloud by `environment` alone."""
    known = {"PATH": os.defpath, "PYTHONPATH": str(ROOT / "shared"), **environment}
    command = [sys.executable, "-m", "dayseal", "check", "--config", folder, "--format", "json", *words]
    began = time.perf_counter()
    with subprocess.Popen(command, env=known, stdout=subprocess.PIPE) as checking:
        if checking.stdout is None:
            sys.exit("check: no pipe")
        report = json.loads(checking.stdout.read())
        _, status, used = os.wait4(checking.pid, 0)
        checking.returncode = os.waitstatus_to_exitcode(status)
    return Measured(
        whole_s=time.perf_counter() - began,
        own_s=used.ru_utime + used.ru_stime,
        peak_bytes=used.ru_maxrss * _PEAK_UNIT,
        calls=report["calls"],
        verdicts=collections.Counter(f["verdict"] for c in report["clusters"] for f in c["findings"]),
        clusters=len(report["clusters"]),
        silent=len(report["silentScopes"]),
    )


def repeated(times: int, check: Callable[[], Measured]) -> Runs:
    """Check `times` times after one that does not count: the cloud loads what it needs with the first request."""
    check()
    load = os.getloadavg()[0]
    return Runs(tuple(sorted((check() for _ in range(times)), key=lambda one: one.whole_s)), load)


def show(what: str, runs: Runs, bar: Bar) -> None:
    """Print the median run beside its bars, what it found, and its calls."""
    run, ordered = runs.median, runs.ordered
    total = sum(run.calls.values())
    print(
        f"check {what:30} {run.whole_s:6.2f} s{_bar(bar.seconds, 's')}"
        f"   peak {run.peak_bytes / _MB:.0f} MB{_bar(bar.megabytes, 'MB')}"
    )
    print(
        f"  {len(ordered)} runs of {ordered[0].whole_s:.2f} to {ordered[-1].whole_s:.2f} s; {run.own_s:.2f} s processor"
        f" time of the check's own; load of the machine before {runs.load:.1f}"
    )
    verdicts = ", ".join(f"{number} {name}" for name, number in sorted(run.verdicts.items()))
    print(f"  {run.clusters} clusters, {run.silent} scopes silent; verdicts {verdicts}")
    listed: Sequence[tuple[str, int]] = sorted(run.calls.items(), key=lambda one: (-one[1], one[0]))
    rows = (f"\n    {name:58}{number:6}{number / run.clusters:8.2f} a cluster" for name, number in listed)
    print(f"  {total} API calls, {total / run.clusters:.2f} a cluster:{''.join(rows)}", flush=True)


def _bar(promised: float | None, unit: str) -> str:
    return "" if promised is None else f" (bar {promised:g} {unit})"
