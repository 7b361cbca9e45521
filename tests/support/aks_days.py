"""Two days of AKS logs in a folder, as Azure Monitor lays them: the newest that can be frozen is one of them."""

import datetime as dt
from pathlib import Path
from typing import Final

from dayseal.clouds.local.clock import SystemClock
from dayseal.demo.generator.cast import cast_of
from dayseal.demo.generator.chance import Chance
from dayseal.demo.generator.layout_aks import RESOURCE_GROUP, AksArchive
from dayseal.demo.generator.repertoire import repertoire_of
from dayseal.demo.generator.schedule import DAY_US, Span, events_in
from dayseal.demo.generator.templates import start_of
from dayseal.model import ClusterId
from support.azure_estate import subscription_id

RESOURCE: Final = RESOURCE_GROUP
TODAY: Final = SystemClock().now().date()
DAYS: Final = (TODAY - dt.timedelta(days=2), TODAY - dt.timedelta(days=1))
PROD: Final = ClusterId("aks", subscription_id(1), "westeurope", "prod", "uid-prod")


def write_days(root: Path, *, events: int = 2_000) -> None:
    """Write cluster `prod`'s blobs of both days, each about `events` records."""
    chance = Chance(1, PROD.text)
    cast = cast_of(PROD, chance)
    repertoire = repertoire_of(cast, chance)
    archive = AksArchive(root, cast, repertoire.acts, chance)
    for day in DAYS:
        start_us = start_of(day)
        archive.write_day(day, list(events_in(Span(start_us, start_us + DAY_US), repertoire, events, chance)))
