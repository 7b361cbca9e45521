"""The coverage-guided fuzzer, a bounded time on each group of parsers."""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

from fuzz.parsers import GROUPS

_ROOT = Path(__file__).resolve().parents[2]
_SECONDS = 25


@pytest.mark.slow
@pytest.mark.parametrize("group", GROUPS)
def test_nothing_but_our_own_errors_gets_out_of_a_parser(group: str, tmp_path: Path) -> None:
    """A crash is written down with the parser's name: add it to `regressions/` with the fix."""
    if importlib.util.find_spec("atheris") is None:
        pytest.skip("atheris has no wheel for this Python and platform")
    found = subprocess.run(
        [sys.executable, Path(__file__).with_name("fuzzer.py"), group, str(_SECONDS), tmp_path],
        env={"PYTHONPATH": f"{_ROOT / 'shared'}{os.pathsep}{_ROOT / 'tests'}"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
        timeout=_SECONDS + 300,
    )
    crashes = {path.name: path.read_bytes()[:2_000] for path in (tmp_path / "crashes").iterdir()}
    assert crashes == {}, found.stdout.decode(errors="replace")[-4_000:]
    assert found.returncode == 0, found.stdout.decode(errors="replace")[-4_000:]
    assert b"stat::number_of_executed_units" in found.stdout
