"""A ledger's container is reached by the machine's identity; without one, or without a right, nothing looks empty."""

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from azure.storage.blob import ContainerClient

from dayseal.errors import AccessError, ExistsError
from dayseal.ledger.probe import probe_guard, probe_store
from dayseal.model import GuardState, TreeHead
from dayseal.settings import AzureSettings, LedgerSettings, Settings
from dayseal.wiring.places import open_guard, open_store, open_versions
from support.azure_server import azure_world
from support.azure_world import World
from support.azurite import ACCOUNT, serving_azurite


@pytest.fixture(scope="module")
def azure(repository: Path) -> Iterator[tuple[World, Settings]]:
    """Run Azurite beside our Entra, with a container for the ledger and one for its guard."""
    with azure_world() as world, pytest.MonkeyPatch.context() as patch:
        assert world.tls is not None
        for name, value in world.environment().items():
            patch.setenv(name, value)
        patch.setenv("SSL_CERT_FILE", str(world.tls.authority))  # whom obstore trusts
        with serving_azurite(repository, world.tls) as port:
            address = f"https://127.0.0.1:{port}"
            for name in ("ledger", "guard"):
                ContainerClient(f"{address}/{ACCOUNT}", name, credential=world.credentials()).create_container()
            places = LedgerSettings(
                origin="example.com/log", path=f"az://{ACCOUNT}/ledger/l/", guard=f"az://{ACCOUNT}/guard/"
            )
            yield world, Settings(ledger=places, azure=AzureSettings(blob_endpoint=f"{address}/{{account}}"))


def test_a_container_passes_the_probe_before_anything_is_written(azure: tuple[World, Settings]) -> None:
    """Create-if-absent must be refused the second time, and a stale swap must fail."""
    world, settings = azure
    store = open_store(settings, settings.ledger.path, versioned=True)
    store.create("tile/0/000", b"first")
    with pytest.raises(ExistsError, match="409 BlobAlreadyExists"):
        store.create("tile/0/000", b"second")
    assert store.get("tile/0/000") == b"first"
    probe_store(store)
    guard = open_guard(settings, settings.ledger.guard)
    assert guard.read() is None
    guard.create(GuardState(0, TreeHead(3, b"\0" * 32), "commits/00000000-3-0000000000000000"))
    probe_guard(guard)
    versions = open_versions(settings, settings.ledger.path)
    assert versions is not None
    assert [(v.key, v.latest) for v in versions.versions("tile/")] == [("tile/0/000", True)]
    assert world.entra.asked.keys() == {"https://storage.azure.com"}


def test_a_machine_without_identity_is_no_empty_ledger(azure: tuple[World, Settings]) -> None:
    """Neither reading nor writing may pass for an absence."""
    world, settings = azure
    world.entra.identity = False
    try:
        store = open_store(settings, settings.ledger.path, versioned=True)
        with pytest.raises(AccessError):
            store.get("checkpoint")
        with pytest.raises(AccessError):
            list(store.keys(""))
        with pytest.raises(AccessError):
            store.create("tile/0/001", b"x")
        with pytest.raises(AccessError):
            open_guard(settings, settings.ledger.guard).read()
        assert logging.getLogger("azure.identity").hasHandlers()  # else twenty lines on stderr come before our one
    finally:
        world.entra.identity = True


def test_a_container_that_is_not_there_is_no_empty_ledger(azure: tuple[World, Settings]) -> None:
    """Who deletes the container must not get a ledger that starts anew."""
    _, settings = azure
    gone = open_store(settings, f"az://{ACCOUNT}/gone/")
    with pytest.raises(AccessError, match="ContainerNotFound"):
        gone.get("checkpoint")
    with pytest.raises(AccessError):
        list(gone.keys(""))
    with pytest.raises(AccessError, match="ContainerNotFound"):
        open_guard(settings, f"az://{ACCOUNT}/gone/").read()
