"""The clouds that the contract suites run on: emulators, started once and only when a test needs them."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.stores import Clouds


@pytest.fixture(scope="session")
def clouds(repository: Path) -> Iterator[Clouds]:
    """Give places in the clouds; everything that was started ends with the tests."""
    with contextlib.ExitStack() as until:
        yield Clouds(repository, until)
