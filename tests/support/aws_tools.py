"""The tools that check and build the AWS application, each in its own environment under build/ (`make slow`)."""

import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).resolve().parents[2]
_QUIET: Final = {
    "AWS_ACCESS_KEY_ID": "none",
    "AWS_DEFAULT_REGION": "eu-central-1",
    "AWS_SECRET_ACCESS_KEY": "none",
    "BC_API_KEY": "",
    "LOG_LEVEL": "ERROR",
    "SAM_CLI_TELEMETRY": "0",
}


def run_tool(
    tool: str, command: str, *arguments: str, folder: Path = ROOT, more: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a command of build/<tool>; without that environment the test fails and says how to make it."""
    program = ROOT / "build" / tool / "bin" / command
    if not program.exists():
        pytest.fail(f"build/{tool}: not set up, make build/{tool}/tool.stamp does")
    set_to = [f"{name}={value}" for name, value in {**_QUIET, **(more or {})}.items()]
    return subprocess.run(
        ["/usr/bin/env", *set_to, program, *arguments], cwd=folder, check=False, capture_output=True, text=True
    )
