"""The look-up and evidence functions on Google Cloud: they ask the ledger's store and little else, and import little.

IAM grants a function, not a path: look-ups with plain evidence are one function, evidence with events another.
"""

import dataclasses
import functools

from dayseal.clouds.gcp.calls import Calls
from dayseal.clouds.gcp.links import GcsLinks
from dayseal.clouds.gcp.session import Sessions
from dayseal.clouds.gcp.starter import TasksStarter
from dayseal.ledger.reader import LedgerReader
from dayseal.lookup.answers import Answer
from dayseal.lookup.attested import AttestedDays
from dayseal.lookup.evidence_api import EvidenceApi, EvidenceWork
from dayseal.lookup.jobs import EvidenceJobs, Kind
from dayseal.lookup.routes import Asked, Evidence, answer_request
from dayseal.lookup.service import LookupService
from dayseal.ports import LinkMaker, ObjectStore
from dayseal.settings import environment, optional_environment
from dayseal.wiring.functions import Station
from dayseal.wiring.functions_bundle import BundleMaker
from dayseal.wiring.functions_source import open_station
from dayseal.wiring.gcp_access import gcp_access
from dayseal.wiring.gcs import GCS_SCHEME, split_gcs
from dayseal.wiring.no_links import NoLinks
from dayseal.wiring.places import S3_SCHEME, open_store


@dataclasses.dataclass(frozen=True, slots=True)
class LookupDoor:
    """An opened look-up: answers requests about one ledger, and about evidence of at most one kind."""

    service: LookupService
    evidence: Evidence | None

    def answer(self, asked: Asked) -> Answer:
        """Answer one request."""
        return answer_request(self.service, asked, self.evidence)


def open_lookup(kind: str) -> LookupDoor:
    """Open the ledger for look-ups, and evidence of a kind where the environment says where it is made.

    Raises:
        UsageError: the environment lacks something, or as `open_station`.
        AccessError: as `open_station`, or there are no credentials.
    """
    station = open_station()
    store = _ledger(station)
    service = LookupService(store, station.policy, _links(station, station.settings.ledger.path))
    if not optional_environment("DAYSEAL_EVIDENCE"):
        return LookupDoor(service, None)
    starter = TasksStarter(
        _calls(station),
        environment("DAYSEAL_EVIDENCE_QUEUE"),
        environment("DAYSEAL_EVIDENCE_URL"),
        environment("DAYSEAL_EVIDENCE_CALLER"),
    )
    api = EvidenceApi(service.open_reader, AttestedDays(store), _jobs(station), starter)
    return LookupDoor(service, Evidence(api, Kind(kind)))


def open_evidence_work() -> EvidenceWork:
    """Open the working end of evidence jobs; raises as `open_lookup` does."""
    station = open_station()
    store = _ledger(station)
    reader = functools.partial(LedgerReader, store, station.policy)
    return EvidenceWork(store, reader, _jobs(station), BundleMaker(lambda: station.settings))


def _ledger(station: Station) -> ObjectStore:
    return open_store(station.settings, station.settings.ledger.path, versioned=True)


def _jobs(station: Station) -> EvidenceJobs:
    place = environment("DAYSEAL_EVIDENCE")
    return EvidenceJobs(open_store(station.settings, place), _links(station, place), station.surroundings.clock)


def _links(station: Station, place: str) -> LinkMaker:
    account = optional_environment("DAYSEAL_LINK_ACCOUNT")
    if place.startswith(GCS_SCHEME) and account:
        return GcsLinks(_calls(station), account, *split_gcs(place))
    if not place.startswith(S3_SCHEME):
        return NoLinks(place)
    from dayseal.wiring.aws import open_s3_links  # noqa: PLC0415 - only a ledger in AWS needs boto3

    return open_s3_links(station.settings, place)


def _calls(station: Station) -> Calls:
    return Calls(Sessions(gcp_access(station.settings)))
