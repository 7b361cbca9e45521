"""A ledger with three sealed days of cluster `blue`, and the look-up API that serves it."""

import contextlib
import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from support.azure_lookup_api import AzureApi, serving_azure_lookup
from support.gcp_lookup_api import GcpApi, serving_gcp_lookup
from support.lookup_api import Api, serving_lookup_api
from support.plain_logs import DAY, write_day
from support.sealing import World

DAYS: Final = tuple(DAY + dt.timedelta(days=n) for n in range(3))
_SILENCE: Final = range(600, 720)


def seal_three_days(folder: Path, silent: int = 1) -> World:
    """Seal three days, number `silent` with two hours without records. Keys and times are always the same."""
    world = World(folder)
    for number, day in enumerate(DAYS):
        write_day(world.logs, day, skip_minutes=_SILENCE if number == silent else range(0))
        world.seal(day)
    return world


@contextlib.contextmanager
def serving(world: World) -> Iterator[Api]:
    """Serve a world's ledger; bundles with events read its archive."""
    workspace = world.home / "w"
    settings = (workspace / "dayseal.toml").read_text().replace("../logs", str(world.logs))
    with serving_lookup_api(workspace / "ledger", workspace / "trust.policy", settings) as api:
        yield api


@contextlib.contextmanager
def serving_on_gcp(world: World, folder: Path) -> Iterator[GcpApi]:
    """Serve the same from the functions of Google Cloud."""
    workspace = world.home / "w"
    settings = (workspace / "dayseal.toml").read_text().replace("../logs", str(world.logs))
    with serving_gcp_lookup(folder, workspace / "ledger", workspace / "trust.policy", settings) as api:
        yield api


@contextlib.contextmanager
def serving_on_azure(world: World, folder: Path) -> Iterator[AzureApi]:
    """Serve the same from the functions of Azure."""
    workspace = world.home / "w"
    settings = (workspace / "dayseal.toml").read_text().replace("../logs", str(world.logs))
    with serving_azure_lookup(folder, workspace / "ledger", workspace / "trust.policy", settings) as api:
        yield api


def calm(api: Api) -> Api:
    """Give the API, honest again and with nothing left over from another test."""
    api.calm()
    return api
