from collections.abc import Iterator

import pytest

from support.gcp_server import google_world
from support.gcp_world import World


@pytest.fixture
def google() -> Iterator[World]:
    """Give an empty Google Cloud."""
    with google_world() as world:
        yield world
