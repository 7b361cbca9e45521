"""AWS as it is asked: discovery and probe. No store and no key is opened here, so that a check starts at once."""

import datetime as dt
import functools
from collections.abc import Mapping, Sequence
from typing import Final

from dayseal.checks.eks_changes import EKS_EVENTS
from dayseal.clouds.aws.calls import Calls
from dayseal.clouds.aws.discover import AwsDiscovered, AwsDiscovery, SearchScope
from dayseal.clouds.aws.places import ArchivePlace, Place
from dayseal.clouds.aws.probe import AwsProbe, ProbeScope
from dayseal.clouds.aws.session import Access, Sessions
from dayseal.clouds.aws.trail_bucket import TrailBucket
from dayseal.clouds.aws.trails import Since, Trails
from dayseal.errors import UsageError
from dayseal.model import ClusterId
from dayseal.model.route import RouteFacts
from dayseal.ports import Clock
from dayseal.settings import AwsSettings, Settings
from dayseal.wiring.asking import Asking

S3_SCHEME: Final = "s3://"
_PROVIDER: Final = "eks"
_TRIED: Final = ("UpdateClusterConfig", "PutBucketPolicy")  # one where clusters are, one where archives are


class AskedAws:
    """Ports `Discovery` and `RouteProbe` on AWS; what discovery described is not asked again."""

    def __init__(self, settings: Settings, clock: Clock, asking: Asking) -> None:
        self._settings = settings
        self._aws = aws_of(settings)
        self._clock = clock
        self._asking = asking
        self._calls = Calls(Sessions(access_of(self._aws), asking.heard), asking.heard)
        self._found: AwsDiscovered | None = None

    def discover(self) -> AwsDiscovered:
        """Find the clusters of every account and Region of the settings."""
        scope = SearchScope(
            self._aws.regions,
            self._aws.accounts,
            organisation=self._aws.organization,
            keep_unidentified=self._asking.checking,
        )
        known = [cluster.id for cluster in self._settings.clusters]
        self._found = AwsDiscovery(self._calls, scope, known=known).discover()
        return self._found

    @property
    def found(self) -> AwsDiscovered | None:
        """What discovery found, None before it."""
        return self._found

    def recall(self, found: AwsDiscovered) -> None:
        """Take what discovery found in another process, so that what it described is not asked again."""
        self._found = found

    def probe_all(self, clusters: Sequence[ClusterId]) -> tuple[RouteFacts, ...]:
        """Ask about the routes of the clusters that are AWS's, in the order given."""
        clusters = [cluster for cluster in clusters if cluster.provider == _PROVIDER]
        found = self._found
        places = _places(self._settings)
        archive_of = functools.partial(_archive_of, self._settings, places)
        owners = [self._aws.archive_account, *(() if found is None else found.accounts)]
        scope = ProbeScope(
            self._aws.regions, archive_of, tuple(dict.fromkeys(account for account in owners if account))
        )
        probe = AwsProbe(self._calls, self._clock, scope, trails=self._trails(clusters))
        return probe.probe_all(clusters, {} if found is None else dict(found.described))

    def _trails(self, clusters: Sequence[ClusterId]) -> Trails | None:
        if not self._asking.changes:
            return None
        since = since_of(clusters, self._asking.judged_until(clusters))
        files = TrailBucket(self._calls, trail_of(self._aws)) if self._aws.trail else None
        return Trails(self._calls, _TRIED if self._asking.trying else EKS_EVENTS, since=since, files=files)


def since_of(clusters: Sequence[ClusterId], judged: Mapping[ClusterId, dt.datetime]) -> Since:
    """Say from when on changes are looked up: a place's from its least recently judged cluster's, who shares it.

    One cluster that was never judged has its place looked up as far back as there is anything.
    """
    places: dict[Place, list[dt.datetime | None]] = {}
    for cluster in clusters:
        places.setdefault(Place(cluster.account, cluster.location), []).append(judged.get(cluster))
    every = [moment for moments in places.values() for moment in moments]
    return Since(_earliest(every), {place: _earliest(moments) for place, moments in places.items()})


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


def place_of(settings: Settings, path: str) -> ArchivePlace:
    """Give the archive an `s3://bucket/prefix/` path names."""
    return ArchivePlace(*split_bucket(path), account=aws_of(settings).archive_account)


def trail_of(aws: AwsSettings) -> ArchivePlace:
    """Give where the settings say a trail's log files lie."""
    return ArchivePlace(*split_bucket(aws.trail), account=aws.trail_account)


def split_bucket(path: str) -> tuple[str, str]:
    """Give the bucket and the prefix of an `s3://bucket/prefix/` path."""
    bucket, _, prefix = path.removeprefix(S3_SCHEME).partition("/")
    return bucket, prefix


def _earliest(moments: Sequence[dt.datetime | None]) -> dt.datetime | None:
    known = [moment for moment in moments if moment is not None]
    return min(known) if known and len(known) == len(moments) else None


def _places(settings: Settings) -> dict[str, ArchivePlace]:
    return {a.name: place_of(settings, a.path) for a in settings.archives if a.path.startswith(S3_SCHEME)}


def _archive_of(settings: Settings, places: dict[str, ArchivePlace], cluster: ClusterId) -> ArchivePlace | None:
    """The archive its settings name, else the only bucket there is, else the one its route leads to."""
    named = next((c.archive for c in settings.clusters if c.id == cluster), None)
    if named is not None:
        return places.get(named)
    return next(iter(places.values())) if len(places) == 1 else None
