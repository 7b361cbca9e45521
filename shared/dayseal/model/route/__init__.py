"""What providers' APIs answered about one cluster's route from control plane to archive, each with its call."""

from dayseal.model.route.answers import Answer, Call, Known, Missing, Reason
from dayseal.model.route.archive import (
    ArchiveFacts,
    BatchObjects,
    LifecycleRule,
    Locking,
    LockRule,
    LockStrength,
    Move,
    PublicAccess,
    Replica,
)
from dayseal.model.route.changes import ChangeTrail, ConfigChange, PreviousCheck
from dayseal.model.route.delivery import (
    Alarm,
    DeliveryFacts,
    FilterCounters,
    Lag,
    NewestObject,
    Reading,
    StreamCounters,
)
from dayseal.model.route.eks import (
    AccountPolicy,
    DeliveryStream,
    EksCluster,
    EksSource,
    ExportTask,
    LoggingEntry,
    LogGroup,
    PolicyKind,
    StreamAnswer,
    SubscriptionFilter,
)
from dayseal.model.route.facts import RouteFacts, Source
from dayseal.model.route.keys import EncryptionKey
from dayseal.model.route.watching import Detector, WatchedPlace

__all__ = [
    "AccountPolicy",
    "Alarm",
    "Answer",
    "ArchiveFacts",
    "BatchObjects",
    "Call",
    "ChangeTrail",
    "ConfigChange",
    "DeliveryFacts",
    "DeliveryStream",
    "Detector",
    "EksCluster",
    "EksSource",
    "EncryptionKey",
    "ExportTask",
    "FilterCounters",
    "Known",
    "Lag",
    "LifecycleRule",
    "LockRule",
    "LockStrength",
    "Locking",
    "LogGroup",
    "LoggingEntry",
    "Missing",
    "Move",
    "NewestObject",
    "PolicyKind",
    "PreviousCheck",
    "PublicAccess",
    "Reading",
    "Reason",
    "Replica",
    "RouteFacts",
    "Source",
    "StreamAnswer",
    "StreamCounters",
    "SubscriptionFilter",
    "WatchedPlace",
]
