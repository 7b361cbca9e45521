"""The look-up and evidence functions on AWS, assembled from their environment."""

import datetime as dt
import functools
from pathlib import Path
from typing import Final

from dayseal.bundling import bundle_days
from dayseal.clouds.aws.links import S3Links
from dayseal.clouds.aws.parameters import read_parameter
from dayseal.clouds.aws.session import Access
from dayseal.clouds.aws.starter import LambdaStarter
from dayseal.clouds.aws.stores import enter_bucket
from dayseal.clouds.local.clock import SystemClock
from dayseal.clouds.objects.dialect import S3
from dayseal.clouds.objects.store import BucketStore
from dayseal.codec import parse_day
from dayseal.errors import UsageError
from dayseal.ledger.reader import LedgerReader
from dayseal.lookup.attested import AttestedDays
from dayseal.lookup.evidence_api import EvidenceApi, EvidenceWork
from dayseal.lookup.jobs import EvidenceJobs, JobRequest, Kind
from dayseal.lookup.service import LookupService
from dayseal.model import ClusterId
from dayseal.notes import TrustPolicy, parse_policy
from dayseal.ports import ObjectStore
from dayseal.settings import environment, parse_settings
from dayseal.wiring.assemble import archives_of

MAX_EVENT_BYTES: Final = 1 << 30  # archived bytes in one bundle, which is built in memory


def open_lookup() -> LookupService:
    """Open the ledger for look-ups.

    Raises:
        UsageError: the environment lacks something.
        AccessError: the trust policy cannot be read, or there are no credentials.
    """
    return LookupService(_ledger(), _policy(), _links("DAYSEAL_LEDGER"))


def open_evidence_api() -> EvidenceApi:
    """Open the starting end of evidence jobs; raises as `open_lookup` does."""
    store, policy = _ledger(), _policy()
    starter = LambdaStarter.enter(_access(), environment("DAYSEAL_EVIDENCE_FUNCTION"))
    return EvidenceApi(functools.partial(LedgerReader, store, policy), AttestedDays(store), _jobs(), starter)


def open_evidence_work() -> EvidenceWork:
    """Open the working end of evidence jobs; raises as `open_lookup` does."""
    store, policy = _ledger(), _policy()
    return EvidenceWork(store, functools.partial(LedgerReader, store, policy), _jobs(), _make_bundle)


def _make_bundle(reader: LedgerReader, cluster: ClusterId, request: JobRequest, kind: Kind) -> bytes:
    first, last = parse_day(request.first), parse_day(request.last)
    archives = None
    if kind is Kind.EVENTS:
        _require_small(reader, cluster, first, last)
        text = read_parameter(environment("DAYSEAL_SETTINGS_PARAMETER"))
        archives = archives_of(parse_settings(text.encode(), Path("settings")))
    return bundle_days(reader, cluster, first, last, old_sizes=request.since, archives=archives)


def _require_small(reader: LedgerReader, cluster: ClusterId, first: dt.date, last: dt.date) -> None:
    days = [first + dt.timedelta(days=n) for n in range((last - first).days + 1)]
    size = sum(found[-1].predicate.archive.bytes for day in days if (found := reader.day(cluster, day)))
    if size > MAX_EVENT_BYTES:
        raise UsageError(f"{first} to {last}: {size} archived bytes, at most {MAX_EVENT_BYTES} in one bundle promised")


def _ledger() -> ObjectStore:
    return _store("DAYSEAL_LEDGER", versioned=True)


def _jobs() -> EvidenceJobs:
    return EvidenceJobs(_store("DAYSEAL_EVIDENCE", versioned=False), _links("DAYSEAL_EVIDENCE"), SystemClock())


def _store(name: str, *, versioned: bool) -> ObjectStore:
    bucket, listing = enter_bucket(_access(), *_split(environment(name)))
    return BucketStore(bucket, S3, listing, versioned=versioned)


def _links(name: str) -> S3Links:
    return S3Links.enter(_access(), *_split(environment(name)))


def _policy() -> TrustPolicy:
    return parse_policy(read_parameter(environment("DAYSEAL_TRUST_PARAMETER")))


def _access() -> Access:
    return Access(region=environment("AWS_REGION"))


def _split(place: str) -> tuple[str, str]:
    bucket, _, prefix = place.removeprefix("s3://").partition("/")
    return bucket, prefix
