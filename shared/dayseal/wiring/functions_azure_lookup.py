"""The look-up function in Azure: it asks the ledger's store and little else, so it imports little.

App Service lets in whom the app's sign-in names, to every path; who may have evidence with events is an app role.
"""

import dataclasses
import functools
from collections.abc import Mapping
from urllib.parse import unquote, urlsplit

from dayseal.clouds.azure.links import BlobLinks
from dayseal.clouds.azure.principal import roles_of
from dayseal.clouds.azure.session import Sessions
from dayseal.clouds.azure.starter import QueueStarter
from dayseal.ledger.reader import LedgerReader
from dayseal.lookup.answers import Answer, problem
from dayseal.lookup.attested import AttestedDays
from dayseal.lookup.evidence_api import EvidenceApi, EvidenceWork
from dayseal.lookup.jobs import EvidenceJobs, Kind
from dayseal.lookup.routes import Asked, Evidence, answer_request
from dayseal.lookup.service import LookupService
from dayseal.ports import LinkMaker, ObjectStore
from dayseal.settings import environment, optional_environment
from dayseal.wiring.azure_access import AZ_SCHEME, azure_access, split_az
from dayseal.wiring.functions import Station
from dayseal.wiring.functions_bundle import BundleMaker
from dayseal.wiring.functions_source import open_station
from dayseal.wiring.no_links import NoLinks
from dayseal.wiring.places import S3_SCHEME, open_store


@dataclasses.dataclass(frozen=True, slots=True)
class LookupDoor:
    """An opened look-up: answers requests about one ledger and, with `evidence`, starts evidence of it.

    Evidence with events is for who has the app role `events_role`; `""`: for nobody.
    """

    service: LookupService
    evidence: EvidenceApi | None
    events_role: str = ""

    def answer(
        self, method: str, url: str, query: Mapping[str, str], body: bytes, media_type: str, principal: str
    ) -> Answer:
        """Answer one request as the host hands it over; of `url` only the path counts, `principal` says who asks."""
        asked = Asked(method, unquote(urlsplit(url).path), query, body, media_type)
        if self.evidence is None:
            return answer_request(self.service, asked)
        if not self.events_role or asked.path.split("/")[1:3] != ["evidence", "events"]:
            return answer_request(self.service, asked, Evidence(self.evidence, Kind.PLAIN))
        if self.events_role not in roles_of(principal):
            return problem(403, "role", "Evidence with events is for others", f"the app role {self.events_role}")
        return answer_request(self.service, asked, Evidence(self.evidence, Kind.EVENTS))


def open_lookup() -> LookupDoor:
    """Open the ledger for look-ups, and evidence where the environment says where it is made.

    Raises:
        UsageError: the environment lacks something, or as `open_station`.
        AccessError: as `open_station`.
    """
    station = open_station()
    store = _ledger(station)
    service = LookupService(store, station.policy, _links(station, station.settings.ledger.path))
    if not optional_environment("DAYSEAL_EVIDENCE"):
        return LookupDoor(service, None)
    queue = environment("DAYSEAL_EVIDENCE_QUEUE")
    starter = QueueStarter(_sessions(station), station.surroundings.clock, queue)
    api = EvidenceApi(service.open_reader, AttestedDays(store), _jobs(station), starter)
    return LookupDoor(service, api, optional_environment("DAYSEAL_EVENTS_ROLE"))


def open_evidence_work() -> EvidenceWork:
    """Open the working end of evidence jobs; raises as `open_lookup` does."""
    station = open_station()
    store = _ledger(station)
    reader = functools.partial(LedgerReader, store, station.policy)
    return EvidenceWork(store, reader, _jobs(station), BundleMaker(lambda: station.settings))


def _ledger(station: Station) -> ObjectStore:
    return open_store(station.settings, station.settings.ledger.path, versioned=True)


def _jobs(station: Station) -> EvidenceJobs:
    place, clock = environment("DAYSEAL_EVIDENCE"), station.surroundings.clock
    return EvidenceJobs(open_store(station.settings, place), _links(station, place), clock)


def _links(station: Station, place: str) -> LinkMaker:
    if place.startswith(AZ_SCHEME):
        return BlobLinks(_sessions(station), station.surroundings.clock, *split_az(place))
    if not place.startswith(S3_SCHEME):
        return NoLinks(place)
    from dayseal.wiring.aws import open_s3_links  # noqa: PLC0415 - only a ledger in AWS needs boto3

    return open_s3_links(station.settings, place)


def _sessions(station: Station) -> Sessions:
    return Sessions(azure_access(station.settings))
