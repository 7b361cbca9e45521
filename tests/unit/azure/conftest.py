from collections.abc import Iterator

import pytest

from support.azure_server import azure_world
from support.azure_world import World


@pytest.fixture
def azure(monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """Give an empty Azure that this process trusts, on a machine of its own."""
    with azure_world() as world:
        for name, value in world.environment().items():
            monkeypatch.setenv(name, value)
        yield world
