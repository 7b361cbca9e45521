"""The look-up and evidence functions on AWS, assembled from their environment."""

import functools
from pathlib import Path

from dayseal.clouds.aws.links import S3Links
from dayseal.clouds.aws.parameters import read_parameter
from dayseal.clouds.aws.session import Access
from dayseal.clouds.aws.starter import LambdaStarter
from dayseal.clouds.aws.stores import enter_bucket
from dayseal.clouds.local.clock import SystemClock
from dayseal.clouds.objects.dialect import S3
from dayseal.clouds.objects.store import BucketStore
from dayseal.ledger.reader import LedgerReader
from dayseal.lookup.attested import AttestedDays
from dayseal.lookup.evidence_api import EvidenceApi, EvidenceWork
from dayseal.lookup.jobs import EvidenceJobs
from dayseal.lookup.service import LookupService
from dayseal.notes import TrustPolicy, parse_policy
from dayseal.ports import ObjectStore
from dayseal.settings import Settings, environment, parse_settings
from dayseal.wiring.functions_bundle import BundleMaker


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
    return EvidenceWork(store, functools.partial(LedgerReader, store, policy), _jobs(), BundleMaker(_settings))


def _settings() -> Settings:
    text = read_parameter(environment("DAYSEAL_SETTINGS_PARAMETER"))
    return parse_settings(text.encode(), Path("settings"))


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
