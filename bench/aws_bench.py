"""Time, memory and API calls of `dayseal check` over many EKS clusters, against moto in a process of its own.

    python bench/aws_bench.py [--clusters N ...] [--times N]

The clusters are spread over two accounts of an organisation and two Regions. Each check is the whole verb, from the
start of the interpreter to its exit; the median run is printed, and how busy the machine was: moto takes as much
processor time as the check. Needs moto, which comes with the development requirements.
"""

import argparse
import collections
import contextlib
import dataclasses
import importlib.util
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]

_SERVER = ROOT / "bench/aws/served_estate.py"
_BARS = {12: (2.0, 120.0), 512: (8.0, None)}  # clusters: seconds, megabytes
_MB = 1_000_000
_PATIENCE_S = 60
_PEAK_UNIT = 1 if sys.platform == "darwin" else 1024  # bytes in one of getrusage's


@dataclasses.dataclass(frozen=True, slots=True)
class Measured:
    """One check: seconds from start to exit, of which processor time; peak bytes; calls; verdicts."""

    whole_s: float
    own_s: float
    peak_bytes: int
    calls: dict[str, int]
    verdicts: dict[str, int]


def main() -> None:
    """Measure each size, each check in a process of its own."""
    parser = argparse.ArgumentParser(description="time, memory and API calls of a check on AWS")
    parser.add_argument("--clusters", type=int, nargs="+", default=sorted(_BARS))
    parser.add_argument("--times", type=int, default=5, help="checks of each size")
    asked = parser.parse_args()
    if importlib.util.find_spec("moto") is None:
        print("check on AWS: not measured, moto is not installed (it comes with requirements/dev.txt)")
        return
    for clusters in asked.clusters:
        with serving(clusters) as place, tempfile.TemporaryDirectory() as folder:
            write_settings(Path(folder), place)
            measure(place, folder)  # moto loads each service when it is first asked for
            busy = os.getloadavg()[0]
            runs = sorted((measure(place, folder) for _ in range(asked.times)), key=lambda one: one.whole_s)
        show(clusters, runs, busy)


@contextlib.contextmanager
def serving(clusters: int) -> Iterator[dict[str, Any]]:
    """Serve an AWS with so many clusters until the block ends; gives where it is."""
    command = [sys.executable, str(_SERVER), str(clusters)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        if server.stdin is None or server.stdout is None:
            sys.exit("check on AWS: no pipe to moto")
        try:
            place = server.stdout.readline()
            if not place:
                sys.exit("check on AWS: moto did not start")
            yield json.loads(place)
        finally:
            server.stdin.close()  # it ends by itself then
            try:
                server.wait(_PATIENCE_S)
            except subprocess.TimeoutExpired:
                server.kill()


def write_settings(folder: Path, place: dict[str, Any]) -> None:
    """Write a workspace's settings for the AWS that is served."""
    aws = f'regions = {json.dumps(place["regions"])}\norganization = true\nrole = "{place["role"]}"'
    text = f'[ledger]\norigin = "example.com/bench"\n\n[aws]\n{aws}\nexternal_id = "outside"\n'
    (folder / "dayseal.toml").write_text(text, encoding="utf-8")


def measure(place: dict[str, Any], folder: str) -> Measured:
    """Check once, in a new process, which knows nothing of moto."""
    environment = {
        "PATH": os.defpath,
        "PYTHONPATH": str(ROOT / "shared"),
        "AWS_ACCESS_KEY_ID": place["key"],
        "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_ENDPOINT_URL": place["address"],
        "AWS_CONFIG_FILE": f"{folder}/none",
        "AWS_SHARED_CREDENTIALS_FILE": f"{folder}/none",
        "AWS_EC2_METADATA_DISABLED": "true",
    }
    command = [sys.executable, "-m", "dayseal", "check", "--config", folder, "--format", "json"]
    began = time.perf_counter()
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE) as checking:
        if checking.stdout is None:
            sys.exit("check on AWS: no pipe from the check")
        report = json.loads(checking.stdout.read())
        _, status, used = os.wait4(checking.pid, 0)
        checking.returncode = os.waitstatus_to_exitcode(status)
    return Measured(
        whole_s=time.perf_counter() - began,
        own_s=used.ru_utime + used.ru_stime,
        peak_bytes=used.ru_maxrss * _PEAK_UNIT,
        calls=report["calls"],
        verdicts=collections.Counter(f["verdict"] for c in report["clusters"] for f in c["findings"]),
    )


def show(clusters: int, runs: Sequence[Measured], busy: float) -> None:
    """Print the median run beside its bars, then its calls; `runs` are ordered by time."""
    seconds, megabytes = _BARS.get(clusters, (None, None))
    run = runs[len(runs) // 2]
    total = sum(run.calls.values())
    print(
        f"check {clusters:4} clusters       {run.whole_s:6.2f} s{_bar(seconds, 's')}"
        f"   peak {run.peak_bytes / _MB:.0f} MB{_bar(megabytes, 'MB')}"
    )
    print(
        f"  {len(runs)} runs of {runs[0].whole_s:.2f} to {runs[-1].whole_s:.2f} s; {run.own_s:.2f} s processor time"
        f" of the check's own; load of the machine before {busy:.1f}"
    )
    print(f"  verdicts {', '.join(f'{number} {name}' for name, number in sorted(run.verdicts.items()))}")
    print(f"  {total} API calls, {total / clusters:.2f} a cluster: {_own_and_shared(run.calls, clusters)}", flush=True)


def _bar(promised: float | None, unit: str) -> str:
    return "" if promised is None else f" (bar {promised:g} {unit})"


def _own_and_shared(calls: dict[str, int], clusters: int) -> str:
    listed: Sequence[tuple[str, int]] = sorted(calls.items(), key=lambda one: (-one[1], one[0]))
    return "".join(f"\n    {name:36}{number:6}{number / clusters:8.2f} a cluster" for name, number in listed)


if __name__ == "__main__":
    main()
