"""Start-up, verification and ledger bars, each beside a yardstick measured in the same run.

    python bench/verbs_bench.py [--entries N]

Prints medians; a bar is stated where one was promised.
"""

import argparse
import datetime as dt
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from dayseal.clouds.local.guard import FolderGuard
from dayseal.clouds.local.store import FolderStore
from dayseal.ledger.fsck import check_ledger
from dayseal.ledger.intake import Limits
from dayseal.model import ClusterId
from dayseal.notes import parse_policy
from dayseal.offline import verify_event_proof
from dayseal.testing.world import World

ROOT = Path(__file__).resolve().parents[1]

VECTORS = ROOT / "tests/vectors/evidence"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entries", type=int, default=10_000)
    entries = parser.parse_args().entries
    python = [sys.executable, "-c", "pass"]
    code = "import sys; sys.path.insert(0, 'shared'); sys.argv = ['dayseal', '--version']; "
    version = [sys.executable, "-c", code + "from dayseal.cli import main; main()"]
    bare, ours = median(lambda: run(python), 7), median(lambda: run(version), 7)
    print(f"dayseal --version          {ours:6.3f} s   bar 0.3 s   {ours / bare:.1f}x a bare python ({bare:.3f} s)")
    proof, policy = (VECTORS / "event.proof").read_bytes(), parse_policy((VECTORS / "trust.policy").read_text())
    moment = dt.datetime(2027, 1, 1, tzinfo=dt.UTC)
    verify = median(lambda: verify_event_proof(proof, policy, since=None, as_of=moment), 15)
    print(f"verify an event proof      {verify:6.3f} s   bar 0.2 s   {len(proof)} bytes")
    measure_ledger(entries)


def measure_ledger(entries: int) -> None:
    """Record cluster-days in commits of 30 on a folder ledger, then check all of it."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        for name in ("ledger", "guard", "inbox"):
            (home / name).mkdir()
        world = World(FolderStore(home / "ledger"), FolderGuard(home / "guard"), FolderStore(home / "inbox"))
        world.create()
        submit = timed(lambda: submit_days(world, entries))
        record = timed(lambda: world.recorder(Limits(quota=2 * entries)).run())
        fsck = timed(lambda: check_ledger(world.store, world.guard, world.policy))
        synced = timed(lambda: [(home / "x").write_bytes(b"x" * 4096) for _ in range(entries)])
    print(f"submit {entries} cluster-days  {submit:6.1f} s")
    print(f"record them, 30 a commit   {record:6.1f} s   bar 60 s    (as many small files unsynced: {synced:.1f} s)")
    print(f"fsck                       {fsck:6.1f} s   bar 5 s")


def submit_days(world: World, entries: int) -> None:
    """Submit `entries` statements: 30 clusters, enrolled, then day after day."""
    attestor = world.attestor()
    clusters = [ClusterId("eks", "111122223333", "eu-central-1", f"c{n}", f"u{n}") for n in range(30)]
    for cluster in clusters:
        attestor.enrol(cluster)
    for number in range(entries - len(clusters)):
        day = dt.date(2026, 11, 1) + dt.timedelta(days=number // len(clusters))
        attestor.seal(clusters[number % len(clusters)], str(day))


def run(command: list[str]) -> None:
    """Run a command to its end."""
    subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)


def timed(action: Callable[[], object]) -> float:
    """Give the seconds one call takes."""
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


def median(action: Callable[[], object], times: int) -> float:
    """Give the median seconds of several calls."""
    return statistics.median(timed(action) for _ in range(times))


if __name__ == "__main__":
    main()
