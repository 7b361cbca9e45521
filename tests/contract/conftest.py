"""The clouds that the contract suites run on: emulators, started once and only when a test needs them."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.azure_tls import make_tls
from support.azurite import serving_azurite
from support.stores import Clouds


@pytest.fixture(scope="session")
def clouds(repository: Path) -> Iterator[Clouds]:
    """Give places in the clouds; everything that was started ends with the tests."""
    with contextlib.ExitStack() as until:
        yield Clouds(repository, until)


@pytest.fixture(scope="module")
def azurite(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Run Azurite as Azure is: over TLS, with Entra's tokens; gives its address."""
    tls = make_tls(tmp_path_factory.mktemp("tls"))
    with serving_azurite(repository, tls) as port, pytest.MonkeyPatch.context() as patch:
        patch.setenv("REQUESTS_CA_BUNDLE", str(tls.authority))
        yield f"https://127.0.0.1:{port}"
