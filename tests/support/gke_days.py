"""A day of GKE logs in the archive of the tests' Google Cloud."""

import datetime as dt
from typing import Final

from dayseal.clouds.local.clock import SystemClock
from dayseal.model import ClusterId
from support.gcp_estate import BUCKET
from support.gcp_world import World
from support.gke_sink_objects import SinkObject, sink_objects

DAY: Final = SystemClock().now().date() - dt.timedelta(days=2)
PROD: Final = ClusterId("gke", "shop", "europe-west1", "prod", "id-prod-europe-west1")


def day_objects() -> list[SinkObject]:
    """Give the day's objects of cluster `prod`."""
    return list(sink_objects(PROD, DAY))


def put_day(world: World) -> None:
    """Let the archive hold that day, and nothing else."""
    world.storage.objects[BUCKET].clear()
    for one in day_objects():
        world.storage.put(BUCKET, one.key, one.data, at=dt.datetime.combine(DAY, dt.time(23), tzinfo=dt.UTC))
