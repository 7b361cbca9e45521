"""Azurite, the Azure Storage emulator, as a child process that keeps everything in memory.

With TLS it lets bearer tokens in, as Entra gives them: it looks at audience, issuer and times, not at signatures.
`make test` installs it from `tests/azurite/package-lock.json` into `build/azurite` where there is npm.
"""

import contextlib
import re
import shutil
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from azure.core.credentials import AzureNamedKeyCredential

from support.azure_tls import Tls

ACCOUNT: Final = "devstoreaccount1"
# The emulator's fixed key, the same in every Azurite and in its documentation.
_KEY: Final = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="
CREDENTIAL: Final = AzureNamedKeyCredential(ACCOUNT, _KEY)

_MAIN: Final = "build/azurite/node_modules/azurite/dist/src/blob/main.js"
_LISTENS: Final = re.compile(r"successfully listens on https?://127\.0\.0\.1:([0-9]+)")


@contextlib.contextmanager
def serving_azurite(repository: Path, tls: Tls | None = None) -> Iterator[int]:
    """Start Azurite on a free port of this machine and give the port; skips where it cannot run."""
    node, main = shutil.which("node"), repository / _MAIN
    if node is None:
        pytest.skip("no Node here: Azure's half of the object store tests needs it for Azurite")
    if not main.is_file():
        pytest.skip("Azurite is not installed: `make test` does it where there is npm")
    before = (repository / "tests" / "azurite" / name for name in ("tied.js", "newer_links.js"))
    required = [word for path in before for word in ("--require", str(path))]
    command = [node, *required, str(main), "--blobHost", "127.0.0.1", "--blobPort", "0"]
    command += ["--inMemoryPersistence", "--disableTelemetry", "--skipApiVersionCheck"]
    if tls is not None:
        command += ["--oauth", "basic", "--cert", str(tls.certificate), "--key", str(tls.key)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            port = _port(process)
            # It reports every request; a full pipe would stop it.
            reader = threading.Thread(target=_drain, args=(process,), daemon=True)
            reader.start()
            yield port
            process.terminate()
            reader.join(timeout=20)
        finally:
            process.kill()


def _port(process: subprocess.Popen[str]) -> int:
    assert process.stdout is not None
    for line in process.stdout:
        if found := _LISTENS.search(line):
            return int(found[1])
    raise RuntimeError("Azurite ended before it listened")


def _drain(process: subprocess.Popen[str]) -> None:
    assert process.stdout is not None
    for _ in process.stdout:
        pass
