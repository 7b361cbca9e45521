"""One AWS for all tests of this folder: furnishing it takes seconds, and dayseal only reads."""

from collections.abc import Iterator

import pytest

from dayseal.model.route import RouteFacts
from support.moto_world import World, aws_world
from support.moto_world_estate import furnish
from support.moto_world_routes import Estate


@pytest.fixture(scope="session")
def furnished() -> Iterator[Estate]:
    """Furnish the AWS once."""
    with aws_world() as world:
        yield Estate(world, furnish(world))


@pytest.fixture
def estate(furnished: Estate) -> Iterator[Estate]:
    """Give the AWS with nothing refused and nothing counted yet."""
    furnished.world.gate.heal()
    yield furnished
    furnished.world.gate.heal()


@pytest.fixture(scope="session")
def routes(furnished: Estate) -> dict[str, RouteFacts]:
    """Give every cluster's facts, asked while all was well."""
    furnished.world.gate.heal()
    return furnished.routes()


@pytest.fixture
def world() -> Iterator[World]:
    """Give an empty AWS of the test's own."""
    with aws_world() as made:
        yield made
