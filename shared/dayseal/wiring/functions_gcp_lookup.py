"""The look-up function on Google Cloud: it asks nobody but the ledger's store, so it imports little."""

import dataclasses
import functools
from collections.abc import Callable, Mapping

from dayseal.errors import UsageError
from dayseal.lookup.answers import Answer
from dayseal.lookup.routes import answer_request
from dayseal.lookup.service import LookupService
from dayseal.ports import LinkMaker
from dayseal.wiring.functions import Station
from dayseal.wiring.functions_source import open_station
from dayseal.wiring.places import S3_SCHEME, open_store


def open_answers() -> Callable[[str, str, Mapping[str, str]], Answer]:
    """Open the ledger; gives what answers a request's method, path and query. Raises as `open_station` does."""
    return functools.partial(answer_request, open_lookup())


def open_lookup() -> LookupService:
    """Open the ledger for look-ups; raises as `open_station` does."""
    station = open_station()
    path = station.settings.ledger.path
    return LookupService(open_store(station.settings, path, versioned=True), station.policy, _links(station, path))


@dataclasses.dataclass(frozen=True, slots=True)
class NoLinks:
    """Port `LinkMaker` where nobody may sign links: what is too large for an answer is in the ledger's bucket."""

    place: str

    def link(self, key: str, *, seconds: int) -> str:
        """Say where it lies; see the port.

        Raises:
            UsageError: always.
        """
        raise UsageError(f"{key}: too large for an answer, and no link for {seconds} s: read it from {self.place}")


def _links(station: Station, path: str) -> LinkMaker:
    if not path.startswith(S3_SCHEME):
        return NoLinks(path)
    from dayseal.wiring.aws import open_s3_links  # noqa: PLC0415 - only a ledger in AWS needs boto3

    return open_s3_links(station.settings, path)
