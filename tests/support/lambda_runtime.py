"""What Lambda runs, without Lambda: built artifacts under awslambdaric, behind the runtime interface emulator.

The emulator comes with aws-sam-cli (build/sam); build/lambda holds awslambdaric for the Python that functions have in
the cloud, or for this one where that is missing. Each function gets the environment that template.yaml gives it.
"""

import contextlib
import dataclasses
import functools
import json
import os
import platform
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import pytest
import urllib3

from support.stack_template import ROOT, RUNNING, Stack

_MACHINES: Final = {"x86_64": ("DaysealLayerX86", "x86_64"), "aarch64": ("DaysealLayerArm64", "arm64")}
_TICKS: Final = os.sysconf("SC_CLK_TCK")
_PATIENCE_S: Final = 300
_INVOKE: Final = "/2015-03-31/functions/function/invocations"


@dataclasses.dataclass(frozen=True, slots=True)
class Artifacts:
    """What was built: a folder for each function and one for the layer; `python` is what runs them, of `version`."""

    folder: Path
    python: Path
    version: str

    @property
    def runtime(self) -> Path:
        """Where awslambdaric lies, apart from what was built."""
        return self.python.parents[1] / "lib" / f"python{self.version}" / "site-packages"


@dataclasses.dataclass(frozen=True, slots=True)
class Answer:
    """What an invocation gave: a document, or an error's; and how long it took, seconds."""

    document: Any
    seconds: float

    @property
    def error(self) -> str:
        """The error, type and message, `""` for none."""
        if not isinstance(self.document, dict) or "errorMessage" not in self.document:
            return ""
        return f"{self.document.get('errorType', '')}: {self.document['errorMessage']}"


class Function:
    """A function under the emulator; its first invocation is a cold start."""

    def __init__(self, pid: int, address: str, log: Path) -> None:
        self._pid = pid
        self._address = address
        self._log = log

    def invoke(self, event: Mapping[str, Any]) -> Answer:
        """Invoke and wait."""
        begun = time.perf_counter()
        reply = urllib3.request("POST", self._address + _INVOKE, body=json.dumps(event), timeout=_PATIENCE_S)
        seconds = time.perf_counter() - begun
        try:
            return Answer(json.loads(reply.data), seconds)
        except ValueError:  # a time-out is told in plain words
            return Answer({"errorType": "Emulator", "errorMessage": reply.data.decode()}, seconds)

    def log(self) -> str:
        """Give what emulator and function printed."""
        return self._log.read_text(errors="replace")

    def age(self) -> tuple[float, float]:
        """Give how long the runtime's process has been alive, and how much processor time it took; seconds."""
        children = Path(f"/proc/{self._pid}/task").glob("*/children")
        (pid,) = [int(word) for path in children for word in path.read_text().split()]
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        used, started = int(fields[11]) + int(fields[12]), int(fields[19])
        return time.clock_gettime(time.CLOCK_BOOTTIME) - started / _TICKS, used / _TICKS


def build_artifacts(folder: Path) -> Artifacts:
    """Build every function and the layer by the targets that `sam build` calls, for the Python of build/lambda.

    Skips the test where the emulator cannot run; fails where a tool was not set up.
    """
    python, layer = ROOT / "build" / "lambda" / "bin" / "python", _MACHINES.get(platform.machine())
    if layer is None or sys.platform != "linux":
        pytest.skip(f"there is no emulator for {sys.platform} on {platform.machine()}")
    if not python.exists() or not _emulator().exists():
        pytest.fail("build/lambda, build/sam: not set up, make build/lambda/tool.stamp build/sam/tool.stamp does")
    said = "import sys; print('{}.{}'.format(*sys.version_info))"
    version = subprocess.run([python, "-c", said], check=True, capture_output=True, text=True).stdout.strip()
    _make("shared", f"build-{layer[0]}", folder / "layer", version)
    for name in sorted(path.stem for path in (ROOT / "functions" / "aws").glob("*.py") if "_" not in path.stem):
        _make("functions/aws", f"build-{name.title()}Function", folder / name, version)
    return Artifacts(folder, python, version)


@contextlib.contextmanager
def running(
    artifacts: Artifacts, name: str, log: Path, given: Mapping[str, str], *, timeout_s: int = 60, layer: bool = True
) -> Iterator[Function]:
    """Run a function until the block ends, with those of the given variables that it has in the template, and AWS's.

    `layer` False leaves the layer out.
    """
    ports = [_free_port() for _ in range(2)]
    api, door = (f"127.0.0.1:{port}" for port in ports)
    command = [str(_emulator()), "--runtime-api-address", api, "--runtime-interface-emulator-address", door]
    # -S: of what is installed here the function sees nothing but awslambdaric.
    command += [str(artifacts.python), "-S", "-m", "awslambdaric", f"{name}.handler"]
    surroundings = _environment(artifacts, name, given, timeout_s, layer=layer)
    with log.open("wb") as out:
        process = subprocess.Popen(
            command, cwd=artifacts.folder / name, env=surroundings, stdout=out, stderr=out, start_new_session=True
        )
        try:
            _wait_for(ports[1])
            yield Function(process.pid, f"http://{door}", log)
        finally:
            os.killpg(process.pid, signal.SIGKILL)  # its own session: emulator and runtime, and nobody else
            process.wait()


def _environment(
    artifacts: Artifacts, name: str, given: Mapping[str, str], timeout_s: int, *, layer: bool
) -> dict[str, str]:
    function = _stack().properties(f"{name.title()}Function")
    task = str(artifacts.folder / name)
    named = function["Environment"]["Variables"]
    places = [task, *([str(artifacts.folder / "layer" / "python")] if layer else []), str(artifacts.runtime)]
    return {
        **{key: given.get(key, value) for key, value in named.items()},
        **{key: value for key, value in given.items() if key.startswith("AWS_")},
        "AWS_LAMBDA_FUNCTION_NAME": f"{name.title()}Function",
        "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(function["MemorySize"]),
        "AWS_LAMBDA_FUNCTION_TIMEOUT": str(timeout_s),
        "LAMBDA_TASK_ROOT": task,
        "LAMBDA_RUNTIME_DIR": str(artifacts.runtime),
        "PATH": "/usr/bin:/bin",
        "PYTHONDONTWRITEBYTECODE": "1",  # Lambda cannot write there either
        "PYTHONPATH": os.pathsep.join(places),
        "TZ": ":UTC",
    }


@functools.cache
def _stack() -> Stack:
    return Stack(**RUNNING)


def _make(folder: str, target: str, into: Path, version: str) -> None:
    into.mkdir(parents=True)
    words = [f"ARTIFACTS_DIR={into}", f"RUNTIME={version}", f"PYTHON={sys.executable}"]
    command = ["make", "-s", "-f", str(ROOT / folder / "Makefile"), target, *words]
    done = subprocess.run(command, cwd=ROOT / folder, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def _emulator() -> Path:
    _, machine = _MACHINES[platform.machine()]
    found = sorted(
        (ROOT / "build" / "sam").glob(f"lib/python*/site-packages/samcli/local/rapid/aws-lambda-rie-{machine}")
    )
    return found[0] if found else ROOT / "build" / "sam" / "aws-lambda-rie"


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


def _wait_for(port: int) -> None:
    for _ in range(200):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.05)
    pytest.fail("the emulator did not start within ten seconds")
