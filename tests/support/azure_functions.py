"""Azure's functions as their source is deployed: unzipped, in a process of their own, under a Python of choice."""

import contextlib
import dataclasses
import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import azure_source
from architecture.sources import ROOT

WORKER: Final = ROOT / "build/azure-worker/bin/python"
_DRIVER: Final = ROOT / "tests/support/azure_worker.py"


@dataclasses.dataclass(frozen=True, slots=True)
class Host:
    """A host that has indexed the functions; `library`: Microsoft's worker library did."""

    process: "subprocess.Popen[str]"
    log: Path
    library: bool
    functions: Mapping[str, list[dict[str, Any]]]

    def fire(self, name: str) -> str:
        """Run a function as its timer does; gives what went wrong."""
        return str(self._send({"do": "fire", "name": name}))

    def give(self, name: str, message: str) -> str:
        """Run a function as its queue does; gives what went wrong."""
        return str(self._send({"do": "give", "name": name, "message": message}))

    def ask(self, method: str, path: str, query: Mapping[str, str] | None = None, body: str = "") -> dict[str, Any]:
        """Send a request to the look-up; gives `status`, `headers` (names in lower case) and `body`."""
        url = f"https://dayexample-lookup.azurewebsites.net{path}"
        found = self._send({"do": "ask", "method": method, "url": url, "query": dict(query or {}), "body": body})
        assert isinstance(found, dict)
        return found

    def lines(self) -> list[dict[str, Any]]:
        """Give what the functions wrote, each with its `level`."""
        split = (line.partition(" ") for line in self.log.read_text().splitlines())
        return [{"level": level, **json.loads(rest)} for level, _, rest in split]

    def _send(self, request: dict[str, Any]) -> Any:  # noqa: ANN401 - what was asked for
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(request) + "\n")
        self.process.stdin.flush()
        return _heard(self.process)


def unpack_source(workspace: Path, folder: Path) -> Path:
    """Build the source of a workspace and unzip it, as it lies where it runs."""
    assert azure_source.main([str(workspace), str(folder / "source.zip")]) == 0
    with zipfile.ZipFile(folder / "source.zip") as archive:
        archive.extractall(folder / "source")
    return folder / "source"


def python_of_azure() -> Path | None:
    """Give the Python that has Microsoft's worker library, where it is one of 3.13; None where it was not built."""
    return WORKER if WORKER.is_file() else None


@contextlib.contextmanager
def hosting(source: Path, environment: Mapping[str, str], folder: Path, python: Path | None = None) -> Iterator[Host]:
    """Run the functions under `python`, without it under this one; what they say goes into `folder`."""
    log = folder / "lines.log"
    full = {"PATH": os.defpath, "HOME": str(folder), "PYTHONDONTWRITEBYTECODE": "1", **environment}
    command = [str(python or sys.executable), str(_DRIVER), str(log)]
    with (
        (folder / "host.log").open("w") as said,
        subprocess.Popen(
            command, cwd=source, env=full, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=said
        ) as process,
    ):
        told = _heard(process, folder / "host.log")
        functions = {name: [json.loads(one) for one in found] for name, found in told["functions"].items()}
        yield Host(process, log, told["library"], functions)
        assert process.stdin is not None
        process.stdin.close()
        assert process.wait(30) == 0


def _heard(process: "subprocess.Popen[str]", said: Path | None = None) -> Any:  # noqa: ANN401 - any document
    assert process.stdout is not None
    line = process.stdout.readline()
    assert line, said.read_text() if said is not None else "the host ended"
    return json.loads(line)
