"""Digests one file in a process of its own, and tells what came out and how much memory it took at most."""

import dataclasses
import json
import resource
import subprocess
import sys
from pathlib import Path
from typing import Final

from dayseal.digest.objects import digest_object
from dayseal.digest.records import read_records

_ROOT: Final = Path(__file__).resolve().parents[2]
_LIMIT_S: Final = 900  # far more than any of them takes; a reader that hangs must end


@dataclasses.dataclass(frozen=True, slots=True)
class Measured:
    """What digesting (or reading the records of) one file gave; `peak_mib` is the whole process."""

    events: int
    unparsable: int
    anomalies: list[str]
    sha256: str
    splitter: str
    peak_mib: int


def measure(path: Path, what: str = "digest") -> Measured:
    """Digest a file, or read its records one by one, in a new process.

    Raises:
        CalledProcessError: it died, or an exception got out.
        TimeoutExpired: it did not end.
    """
    found = subprocess.run(
        [sys.executable, __file__, what, str(path)],
        env={"PYTHONPATH": str(_ROOT / "shared")},
        stdout=subprocess.PIPE,
        check=True,
        timeout=_LIMIT_S,
    )
    return Measured(**json.loads(found.stdout))


def _peak_mib() -> int:
    status = Path("/proc/self/status")
    if status.exists():  # ru_maxrss starts with what the parent had when it forked
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) // 1024
    unit = 1024 * 1024 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // unit


def _digest(path: Path) -> Measured:
    with path.open("rb") as source:
        found = digest_object(source, key="key", version="")
    return Measured(
        events=found.descriptor.events,
        unparsable=sum(tally.unparsable for _, tally in found.tallies),
        anomalies=[anomaly.kind.value for anomaly in found.anomalies],
        sha256=found.descriptor.sha256,
        splitter=found.descriptor.splitter,
        peak_mib=_peak_mib(),
    )


def _records(path: Path) -> Measured:
    events = 0
    with path.open("rb") as source:
        for _ in read_records(source):
            events += 1
    return Measured(events, 0, [], "", "", _peak_mib())


if __name__ == "__main__":
    result = {"digest": _digest, "records": _records}[sys.argv[1]](Path(sys.argv[2]))
    print(json.dumps(dataclasses.asdict(result)))  # noqa: T201 - what the parent reads
