"""Time, memory and API calls of a check of many EKS clusters, against moto in a process of its own.

    python bench/aws_bench.py [--clusters N ...] [--times N]

The clusters are spread over two accounts of an organisation and two Regions. Each check runs in a process of
its own, from start to exit; the median run is printed. Needs moto, which comes with the development requirements.
"""

import argparse
import collections
import contextlib
import dataclasses
import importlib.util
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "shared"))

_SERVER = ROOT / "bench/aws/served_estate.py"
_BARS = {12: (2.0, 120.0), 512: (8.0, None)}  # clusters: seconds, megabytes
_MB = 1_000_000
_PATIENCE_S = 60


@dataclasses.dataclass(frozen=True, slots=True)
class Measured:
    """One check: seconds from start to exit, of which asking, its own processor time; peak bytes; calls; verdicts."""

    whole_s: float
    asking_s: float
    own_s: float
    peak_bytes: int
    calls: dict[str, int]
    verdicts: dict[str, int]


def main() -> None:
    """Run one check in this process, or measure each size in processes of its own."""
    parser = argparse.ArgumentParser(description="time, memory and API calls of a check on AWS")
    parser.add_argument("--clusters", type=int, nargs="+", default=sorted(_BARS))
    parser.add_argument("--times", type=int, default=3, help="checks of each size")
    parser.add_argument("--check", help="the AWS to ask, as JSON: one check, in this process")
    asked = parser.parse_args()
    if asked.check:
        print(json.dumps(check(json.loads(asked.check))))
        return
    if importlib.util.find_spec("moto") is None:
        print("check on AWS: not measured, moto is not installed (it comes with requirements/dev.txt)")
        return
    for clusters in asked.clusters:
        with serving(clusters) as place:
            measure(place)  # moto loads each service when it is first asked for
            runs = sorted((measure(place) for _ in range(asked.times)), key=lambda one: one.whole_s)
        show(clusters, runs[len(runs) // 2])


@contextlib.contextmanager
def serving(clusters: int) -> Iterator[str]:
    """Serve an AWS with so many clusters until the block ends; gives where it is, as JSON."""
    command = [sys.executable, str(_SERVER), str(clusters)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        if server.stdin is None or server.stdout is None:
            sys.exit("check on AWS: no pipe to moto")
        try:
            place = server.stdout.readline()
            if not place:
                sys.exit("check on AWS: moto did not start")
            yield place
        finally:
            server.stdin.close()  # it ends by itself then
            try:
                server.wait(_PATIENCE_S)
            except subprocess.TimeoutExpired:
                server.kill()


def measure(place: str) -> Measured:
    """Check in a new process, which knows nothing of moto."""
    where = json.loads(place)
    with tempfile.TemporaryDirectory() as empty:
        environment = {
            "PATH": os.defpath,
            "AWS_ACCESS_KEY_ID": where["key"],
            "AWS_SECRET_ACCESS_KEY": "secret",
            "AWS_ENDPOINT_URL": where["address"],
            "AWS_CONFIG_FILE": f"{empty}/none",
            "AWS_SHARED_CREDENTIALS_FILE": f"{empty}/none",
            "AWS_EC2_METADATA_DISABLED": "true",
        }
        began = time.perf_counter()
        command = [sys.executable, __file__, "--check", place]
        done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, check=True, text=True)
        whole = time.perf_counter() - began
    return Measured(whole_s=whole, **json.loads(done.stdout))


def check(where: dict[str, Any]) -> dict[str, Any]:
    """Check all clusters of an AWS, without changes, and say what that took."""
    # Only here: the process that measures others needs none of it.
    from dayseal.checking import check_clusters  # noqa: PLC0415 - as above
    from dayseal.clouds.local.clock import SystemClock  # noqa: PLC0415 - as above
    from dayseal.settings.tables import AwsSettings, LedgerSettings, Settings  # noqa: PLC0415 - as above
    from dayseal.wiring.aws import AskedAws  # noqa: PLC0415 - as above

    aws = AwsSettings(regions=tuple(where["regions"]), organization=True, role=where["role"], external_id="outside")
    settings, clock = Settings(ledger=LedgerSettings(origin="example.com/bench"), aws=aws), SystemClock()
    heard: list[str] = []
    began = time.perf_counter()
    asked = AskedAws(settings, clock, changes=False, checking=True, heard=lambda call: heard.append(call.text))
    report = check_clusters(asked, asked, settings, clock, changes=False)
    return {
        "asking_s": time.perf_counter() - began,
        "own_s": time.process_time(),
        "peak_bytes": peak_bytes(),
        "calls": collections.Counter(heard),
        "verdicts": collections.Counter(verdict.value for verdict in report.verdicts),
    }


def peak_bytes() -> int:
    """Give this program's peak; on Linux, getrusage would count what it was before it became this program."""
    status = Path("/proc/self/status")
    if status.exists():
        return next(int(line.split()[1]) * 1024 for line in status.read_text().splitlines() if line[:6] == "VmHWM:")
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def show(clusters: int, run: Measured) -> None:
    """Print one size's figures beside its bars, then its calls."""
    seconds, megabytes = _BARS.get(clusters, (None, None))
    total = sum(run.calls.values())
    print(
        f"check {clusters:4} clusters       {run.whole_s:6.2f} s{_bar(seconds, 's')}"
        f"   of it {run.asking_s:.2f} s asking, {run.own_s:.2f} s our processor time"
        f"   peak {run.peak_bytes / _MB:.0f} MB{_bar(megabytes, 'MB')}"
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
