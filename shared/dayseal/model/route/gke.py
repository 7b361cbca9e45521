"""The GKE side of a route: the cluster, who is audited, the sinks of every level above it, log buckets, operations."""

import dataclasses
import datetime as dt

from dayseal.model.route.answers import Answer
from dayseal.model.route.operations import ClusterOperation


@dataclasses.dataclass(frozen=True, slots=True)
class GkeCluster:
    """What clusters.list or clusters.get says, as answered.

    `logging_service` and `components` (`loggingConfig...enableComponents`, None: absent) are about workload and
    component logs; neither is the audit log, whatever they hold. `nodes` None: not told (Autopilot).
    """

    status: str
    autopilot: bool
    version: str = ""
    created_at: dt.datetime | None = None
    logging_service: str = ""
    components: tuple[str, ...] | None = None
    nodes: int | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class AuditConfig:
    """One log type switched on for one service by an IAM policy; `exempted` members are left out of it.

    `service` is `allServices` or a service's name, `log_type` ADMIN_READ, DATA_READ or DATA_WRITE. `exempted` is
    PERSONAL.
    """

    service: str
    log_type: str
    exempted: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True, slots=True)
class Exclusion:
    """One exclusion of a sink: entries its filter matches are not exported."""

    name: str
    filter: str
    disabled: bool = False


@dataclasses.dataclass(frozen=True, slots=True)
class Sink:
    """One sink, by its whole resource name (`organizations/1/sinks/audit`); all else as answered.

    `destination` is `storage.googleapis.com/BUCKET`, `logging.googleapis.com/projects/P[/locations/L/buckets/B]`,
    `bigquery...` or `pubsub...`. `filter` `""` lets everything through; `writer` is the writerIdentity.
    """

    name: str
    destination: str
    filter: str = ""
    writer: str = ""
    disabled: bool = False
    include_children: bool = False
    intercept_children: bool = False
    exclusions: tuple[Exclusion, ...] = ()
    created_at: dt.datetime | None = None
    updated_at: dt.datetime | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class Level:
    """A resource the cluster lies in, `projects/P`, `folders/N` or `organizations/N`, and what its policies set.

    `audit_configs` are those of this level's own IAM policy. `sinks` are those it owns; a project's listing in
    scope `ALL` also holds its ancestors' intercepting sinks, which may thus appear twice. `default_disabled`
    (Logging's settings, disableDefaultSink) makes the `_Default` sink of projects created below from then on a
    disabled one; None: a project, which has none below.
    """

    name: str
    audit_configs: Answer[tuple[AuditConfig, ...]]
    sinks: Answer[tuple[Sink, ...]]
    default_disabled: Answer[bool] | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class RoutedProject:
    """The sinks of a project that another sink sends entries to (`logging.googleapis.com/projects/P`)."""

    name: str
    sinks: Answer[tuple[Sink, ...]]


@dataclasses.dataclass(frozen=True, slots=True)
class LogBucket:
    """One log bucket by its whole resource name; `state` is its lifecycleState, `restricted` its restricted fields.

    `key` is the customer's key it is encrypted under, `""` without one.
    """

    name: str
    retention_days: int
    locked: bool = False
    state: str = "ACTIVE"
    restricted: tuple[str, ...] = ()
    key: str = ""


@dataclasses.dataclass(frozen=True, slots=True)
class BucketAnswer:
    """What is known of one log bucket that a sink names outside the cluster's project; None: there is no such one."""

    name: str
    bucket: Answer[LogBucket | None]


@dataclasses.dataclass(frozen=True, slots=True)
class SinkError:
    """One `logging.googleapis.com/sink_error` entry: which sink could not deliver, when, the error's code."""

    sink: str
    at: dt.datetime
    code: str


@dataclasses.dataclass(frozen=True, slots=True)
class GkeSource:
    """Everything asked about one GKE cluster's own side of the route.

    `cluster` None: GKE knows no such cluster any more, said by a listing without `missingZones`; one that a
    listing may have left out is Missing, reason INCOMPLETE. `ancestry` names the levels from the project up, in
    order; `levels` are those that were asked, the project's always first, also when the ancestry is missing.
    `routed` are the projects that sinks of the levels send entries to. `log_buckets` are those of the cluster's
    project, `more_buckets` others that sinks name. `operations` cover the last days; `sink_errors` the same hours
    as the delivery's counters.
    """

    cluster: Answer[GkeCluster | None]
    project_number: Answer[str]
    ancestry: Answer[tuple[str, ...]]
    levels: tuple[Level, ...]
    routed: tuple[RoutedProject, ...]
    log_buckets: Answer[tuple[LogBucket, ...]]
    more_buckets: tuple[BucketAnswer, ...]
    operations: Answer[tuple[ClusterOperation, ...]]
    sink_errors: Answer[tuple[SinkError, ...]]
