"""Every kind of route, written down by the task that asked and read by the task that seals."""

from dayseal.clouds.aws.discover import AwsDiscovered
from dayseal.codec import encode_value, open_value
from dayseal.model.route import RouteFacts
from support.moto_world_routes import Estate


def test_facts_of_every_kind_of_route_survive_the_way(estate: Estate) -> None:
    """Known answers, missing ones, enums, moments, lists: the judge must see what the prober saw."""
    routes = tuple(estate.routes().values())
    assert len(routes) > 15
    assert open_value(encode_value(routes), tuple[RouteFacts, ...], subject="routes") == routes


def test_what_discovery_described_survives_the_way(estate: Estate) -> None:
    """Else every check task would describe its clusters again."""
    found = estate.discover()
    assert found.described
    assert open_value(encode_value(found), AwsDiscovered, subject="notes") == found
