"""AWS, assembled: discovery, probe, archives. Imported only where the settings or a verb name AWS."""

import functools
from collections.abc import Callable, Sequence

from dayseal.checks.eks_changes import EKS_EVENTS
from dayseal.clouds.aws.archive import S3Archive
from dayseal.clouds.aws.calls import Calls
from dayseal.clouds.aws.changes import Trails
from dayseal.clouds.aws.discover import AwsDiscovered, AwsDiscovery, SearchScope
from dayseal.clouds.aws.places import ArchivePlace
from dayseal.clouds.aws.probe import AwsProbe, ProbeScope
from dayseal.clouds.aws.session import Access, Sessions
from dayseal.clouds.aws.signer import KmsKey, KmsSigner, public_key_of
from dayseal.clouds.aws.stores import enter_bucket
from dayseal.clouds.objects.dialect import S3
from dayseal.clouds.objects.guard import BucketGuard
from dayseal.clouds.objects.store import BucketStore
from dayseal.codec import decode_base64
from dayseal.errors import UsageError
from dayseal.model import ClusterId
from dayseal.model.route import Call, RouteFacts
from dayseal.ports import Clock
from dayseal.settings import ArchiveSettings, AwsSettings, Settings

S3_SCHEME = "s3://"


class AskedAws:
    """Ports `Discovery` and `RouteProbe` on AWS; what discovery described is not asked again.

    `checking` keeps clusters that could not be described, so that a check names them; a seal must not.
    """

    def __init__(
        self,
        settings: Settings,
        clock: Clock,
        *,
        known: Sequence[ClusterId] = (),
        changes: bool,
        checking: bool = False,
        heard: Callable[[Call], None] = lambda _: None,
    ) -> None:
        self._settings = settings
        self._aws = aws_of(settings)
        self._clock = clock
        self._known = tuple(known)
        self._changes = changes
        self._checking = checking
        self._calls = Calls(Sessions(access_of(self._aws), heard), heard)
        self._found: AwsDiscovered | None = None

    def discover(self) -> AwsDiscovered:
        """Find the clusters of every account and Region of the settings."""
        scope = SearchScope(
            self._aws.regions,
            self._aws.accounts,
            organisation=self._aws.organization,
            keep_unidentified=self._checking,
        )
        self._found = AwsDiscovery(self._calls, scope, known=self._known).discover()
        return self._found

    def probe_all(self, clusters: Sequence[ClusterId]) -> tuple[RouteFacts, ...]:
        """Ask about the clusters' routes."""
        found = self._found
        places = _places(self._settings)
        archive_of = functools.partial(_archive_of, self._settings, places)
        owners = [self._aws.archive_account, *(() if found is None else found.accounts)]
        scope = ProbeScope(
            self._aws.regions, archive_of, tuple(dict.fromkeys(account for account in owners if account))
        )
        trails = Trails(self._calls, EKS_EVENTS) if self._changes else None
        probe = AwsProbe(self._calls, self._clock, scope, trails=trails)
        return probe.probe_all(clusters, {} if found is None else dict(found.described))


def aws_of(settings: Settings) -> AwsSettings:
    """Give the settings' AWS table.

    Raises:
        UsageError: there is none.
    """
    if settings.aws is None:
        raise UsageError("settings: no [aws] table, one promised", hint='add [aws] with regions = ["eu-central-1"]')
    return settings.aws


def access_of(aws: AwsSettings) -> Access:
    """Say how to get into AWS: ordinary credentials, and the role to assume elsewhere."""
    return Access(region=aws.regions[0], role=aws.role, external_id=aws.external_id)


def open_s3_archive(settings: Settings, archive: ArchiveSettings) -> S3Archive:
    """Open the archive whose path is `s3://bucket/prefix/`; nothing is asked yet.

    Raises:
        UsageError: the settings have no [aws] table.
    """
    return S3Archive(access_of(aws_of(settings)), _place(settings, archive.path), archive.layouts)


def open_s3_store(settings: Settings, path: str, *, versioned: bool) -> BucketStore:
    """Open a store in the bucket that an `s3://bucket/prefix/` path names; nothing is asked yet."""
    bucket, listing = enter_bucket(access_of(aws_of(settings)), *_split(path))
    return BucketStore(bucket, S3, listing, versioned=versioned)


def open_s3_guard(settings: Settings, path: str) -> BucketGuard:
    """Open the head guard in a bucket; nothing is asked yet."""
    bucket, _ = enter_bucket(access_of(aws_of(settings)), *_split(path))
    return BucketGuard(bucket, S3)


def open_kms_signer(settings: Settings, arn: str, public: str) -> KmsSigner:
    """Open a KMS key with its pinned public half (base64); nothing is asked yet.

    Raises:
        UsageError: no pin, or no key's ARN.
    """
    if not public:
        raise UsageError(f"{arn}: no public half is pinned beside it", hint="init writes it; or aws kms get-public-key")
    return KmsSigner(Sessions(access_of(aws_of(settings))), KmsKey(arn, decode_base64(public, subject="pinned key")))


def read_kms_public(settings: Settings, arn: str) -> bytes:
    """Ask KMS for a key's public half.

    Raises:
        AccessError: denied, or no answer.
        UsageError: no key's ARN.
    """
    return public_key_of(Sessions(access_of(aws_of(settings))), arn)


def _places(settings: Settings) -> dict[str, ArchivePlace]:
    return {a.name: _place(settings, a.path) for a in settings.archives if a.path.startswith(S3_SCHEME)}


def _place(settings: Settings, path: str) -> ArchivePlace:
    bucket, prefix = _split(path)
    return ArchivePlace(bucket, prefix, account=aws_of(settings).archive_account)


def _split(path: str) -> tuple[str, str]:
    bucket, _, prefix = path.removeprefix(S3_SCHEME).partition("/")
    return bucket, prefix


def _archive_of(settings: Settings, places: dict[str, ArchivePlace], cluster: ClusterId) -> ArchivePlace | None:
    """The archive its settings name, else the only bucket there is, else the one its route leads to."""
    named = next((c.archive for c in settings.clusters if c.id == cluster), None)
    if named is not None:
        return places.get(named)
    return next(iter(places.values())) if len(places) == 1 else None
