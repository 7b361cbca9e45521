"""The demo, run as `make demo` runs it: as a process of its own, with worker processes."""

import os
import subprocess
import sys
from pathlib import Path

SHARED = Path(__file__).resolve().parents[2] / "shared"


def test_the_demo_ends_well_and_leaves_what_it_promises(tmp_path: Path) -> None:
    """It checks its own story as it goes: nothing it shows is staged."""
    done = subprocess.run(
        [sys.executable, "-m", "dayseal", "demo", "--into", "d", "--days", "4", "--events", "3000"],
        cwd=tmp_path,
        env={"PATH": os.defpath, "PYTHONPATH": str(SHARED)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    for name in ("ledger/checkpoint", "trust.policy", "archive/eks", "evidence.zip", "event.proof"):
        assert (tmp_path / "d" / name).exists()
    for word in ("OUTAGE", "EMPTY", "CHANGED", "GONE", "revision 1"):
        assert word in done.stdout


def test_the_same_seed_gives_the_same_story_and_records(tmp_path: Path) -> None:
    """The front page is pasted from it."""
    texts = []
    for name in ("a", "b"):
        done = subprocess.run(
            [sys.executable, "-m", "dayseal", "demo", "--into", "d", "--days", "4", "--events", "2000", "--seed", "7"],
            cwd=_folder(tmp_path / name),
            env={"PATH": os.defpath, "PYTHONPATH": str(SHARED)},
            capture_output=True,
            check=True,
        )
        texts.append((done.stdout, (tmp_path / name / "d/ledger/checkpoint").read_bytes()))
    assert texts[0] == texts[1]


def _folder(path: Path) -> Path:
    path.mkdir()
    return path
