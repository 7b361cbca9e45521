"""A function of Google Cloud as Google runs it: the functions framework, a process of its own, over HTTP."""

import contextlib
import dataclasses
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import requests

ROOT: Final = Path(__file__).resolve().parents[2]
_STARTS_WITHIN_S: Final = 60.0


@dataclasses.dataclass(frozen=True, slots=True)
class Served:
    """A running function; `log` gets what it says."""

    port: int
    log: Path

    def post(self, body: dict[str, Any]) -> tuple[int, Any]:
        """Call it as Cloud Scheduler does."""
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "Google-Cloud-Scheduler",
            "X-CloudScheduler": "true",
            "X-CloudScheduler-JobName": "dayseal-attest",
            "X-CloudScheduler-ScheduleTime": "2026-11-23T06:30:00Z",
            "Authorization": "Bearer nobody-looks-at-it-behind-cloud-run",
        }
        status, _, data = self.request("POST", "/", json.dumps(body).encode(), headers)
        return status, json.loads(data)

    def get(self, path: str) -> tuple[int, dict[str, str], bytes]:
        """Ask it; gives status, headers and body."""
        return self.request("GET", path, None, {})

    def request(
        self, method: str, path: str, body: bytes | None, headers: dict[str, str]
    ) -> tuple[int, dict[str, str], bytes]:
        """Send one request."""
        address = f"http://127.0.0.1:{self.port}{path}"
        with requests.request(
            method, address, data=body, headers=headers, timeout=120, allow_redirects=False
        ) as answer:
            return answer.status_code, {name.lower(): value for name, value in answer.headers.items()}, answer.content

    def lines(self) -> list[dict[str, Any]]:
        """Give what it wrote for Cloud Logging."""
        return [json.loads(line) for line in self.log.read_text().splitlines() if line.startswith("{")]


@contextlib.contextmanager
def serving_function(target: str, folder: Path, environment: dict[str, str], port: int) -> Iterator[Served]:
    """Run a function in a folder that holds its settings, as its source folder does."""
    command = [sys.executable, "-m", "functions_framework", "--target", target, "--port", str(port)]
    command += ["--host", "127.0.0.1", "--source", str(ROOT / "functions/gcp/main.py")]
    full = {"PATH": os.defpath, "HOME": str(folder), "PYTHONPATH": str(ROOT / "shared")} | environment
    log = folder / f"{target}.log"
    with (
        log.open("wb") as out,
        subprocess.Popen(command, cwd=folder, env=full, stdout=out, stderr=subprocess.STDOUT) as process,
    ):
        try:
            served = Served(port, log)
            _await(served, process)
            yield served
        finally:
            process.terminate()
            process.wait(20)


def _await(served: Served, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + _STARTS_WITHIN_S
    while time.monotonic() < end and process.poll() is None:
        with contextlib.suppress(requests.ConnectionError):
            served.request("HEAD", "/robots.txt", None, {})
            return
        time.sleep(0.1)
    raise AssertionError(f"the function does not answer: {served.log.read_text()}")
