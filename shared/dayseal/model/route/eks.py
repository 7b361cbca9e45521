"""The EKS side of a route: cluster logging, log group, account policies, filters, streams, exports."""

import dataclasses
import datetime as dt
import enum

from dayseal.model.route.answers import Answer
from dayseal.model.route.keys import EncryptionKey


@dataclasses.dataclass(frozen=True, slots=True)
class LoggingEntry:
    """One entry of `logging.clusterLogging`: some log types, and whether this entry switches them on."""

    types: tuple[str, ...]
    enabled: bool


@dataclasses.dataclass(frozen=True, slots=True)
class EksCluster:
    """What DescribeCluster says; `logging` is None when the field is absent."""

    status: str
    logging: tuple[LoggingEntry, ...] | None

    @property
    def enabled_types(self) -> tuple[str, ...]:
        """The log types that any enabled entry names, sorted."""
        return tuple(sorted({kind for entry in self.logging or () if entry.enabled for kind in entry.types}))


@dataclasses.dataclass(frozen=True, slots=True)
class LogGroup:
    """One log group. `retention_days` None: never expires. `retention_policy`: the account policy that sets it.

    `log_class` is `STANDARD` where the answer has none. `key` is the customer's key it is encrypted under, `""`
    without one.
    """

    name: str
    retention_days: int | None
    retention_policy: str = ""
    log_class: str = "STANDARD"
    data_protection: str = ""
    deletion_protected: bool | None = None
    key: str = ""


class PolicyKind(enum.StrEnum):
    """The account policies of CloudWatch Logs that touch an audit log's route."""

    RETENTION = "RETENTION_POLICY"
    SUBSCRIPTION = "SUBSCRIPTION_FILTER_POLICY"
    DATA_PROTECTION = "DATA_PROTECTION_POLICY"
    TRANSFORMER = "TRANSFORMER_POLICY"


@dataclasses.dataclass(frozen=True, slots=True)
class AccountPolicy:
    """One account policy: its document and its selection criteria (`""`: every log group), as answered."""

    kind: PolicyKind
    name: str
    document: str
    selection: str = ""


@dataclasses.dataclass(frozen=True, slots=True)
class SubscriptionFilter:
    """One subscription filter of the log group. `pattern` `""` lets everything through; `created_at` where known."""

    name: str
    pattern: str
    destination: str
    on_transformed: bool = False
    field_selection: str = ""
    created_at: dt.datetime | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class DeliveryStream:
    """One Firehose stream; `bucket` is None when it writes to something other than S3, `role` is who it writes as.

    `processors` are the types of its enabled processors, `extracts_messages` that it drops the CloudWatch
    envelope, `converts` that it rewrites records into another format. `version_id` moves with every change.
    `key` is the customer's key it encrypts objects under, whatever the bucket's default (`""`: the bucket's).
    """

    arn: str
    status: str
    version_id: str
    bucket: str | None
    prefix: str = ""
    error_prefix: str = ""
    processors: tuple[str, ...] = ()
    extracts_messages: bool = False
    converts: bool = False
    failure: str = ""
    role: str = ""
    key: str = ""


@dataclasses.dataclass(frozen=True, slots=True)
class StreamAnswer:
    """What is known of the Firehose stream behind one destination ARN; None: there is no such stream.

    A logical destination (`logs:destination`) is resolved to its target stream where that can be read. `key` is
    the state of the stream's own key; None: it names none.
    """

    destination: str
    stream: Answer[DeliveryStream | None]
    key: Answer[EncryptionKey | None] | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class ExportTask:
    """One export task of the log group: the moments it covers, where to, and its status code.

    Which log streams a task takes is told to nobody who lists it.
    """

    task_id: str
    start: dt.datetime
    end: dt.datetime
    bucket: str
    status: str
    prefix: str = ""


@dataclasses.dataclass(frozen=True, slots=True)
class EksSource:
    """Everything asked about one EKS cluster's own side of the route.

    `cluster` None: EKS knows no such cluster any more. `log_group` None: there is none. `log_group_key` is the
    state of the log group's key, `Known(None)` without one. `transformer` is
    the log group's own transformer in words, None: it has none. `streams` answer every destination that a
    filter or an account policy names.
    """

    cluster: Answer[EksCluster | None]
    log_group_name: str
    log_group: Answer[LogGroup | None]
    log_group_key: Answer[EncryptionKey | None]
    account_policies: Answer[tuple[AccountPolicy, ...]]
    filters: Answer[tuple[SubscriptionFilter, ...]]
    transformer: Answer[str | None]
    streams: tuple[StreamAnswer, ...]
    exports: Answer[tuple[ExportTask, ...]]
