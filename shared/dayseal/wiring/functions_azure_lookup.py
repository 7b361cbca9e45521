"""The look-up function in Azure: it asks nobody but the ledger's store, so it imports little."""

import dataclasses
from collections.abc import Mapping
from urllib.parse import unquote, urlsplit

from dayseal.lookup.answers import Answer
from dayseal.lookup.routes import Asked, answer_request
from dayseal.lookup.service import LookupService
from dayseal.ports import LinkMaker
from dayseal.wiring.functions import Station
from dayseal.wiring.functions_source import open_station
from dayseal.wiring.no_links import NoLinks
from dayseal.wiring.places import S3_SCHEME, open_store


@dataclasses.dataclass(frozen=True, slots=True)
class LookupDoor:
    """An opened look-up: answers requests about one ledger; evidence is not made here."""

    service: LookupService

    def answer(self, method: str, url: str, query: Mapping[str, str], body: bytes, media_type: str) -> Answer:
        """Answer one request as the host hands it over; of `url` only the path counts."""
        return answer_request(self.service, Asked(method, unquote(urlsplit(url).path), query, body, media_type))


def open_lookup() -> LookupDoor:
    """Open the ledger for look-ups; raises as `open_station` does."""
    station = open_station()
    path = station.settings.ledger.path
    store = open_store(station.settings, path, versioned=True)
    return LookupDoor(LookupService(store, station.policy, _links(station, path)))


def _links(station: Station, path: str) -> LinkMaker:
    if not path.startswith(S3_SCHEME):
        return NoLinks(path)
    from dayseal.wiring.aws import open_s3_links  # noqa: PLC0415 - only a ledger in AWS needs boto3

    return open_s3_links(station.settings, path)
