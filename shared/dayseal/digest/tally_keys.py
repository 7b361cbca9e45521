"""What a tally counts by, and how many keys of each kind it keeps."""

from typing import Final, NamedTuple

MINUTES: Final = 10_080  # a week
LABELS: Final = 16
KEYS: Final = 4_096
LEASES: Final = 8_192
STREAMS: Final = 1_024
USERS: Final = 1_000
DRIFT: Final = 1_024
SPLITS: Final = 1_024
COPIES: Final = 2_048
SIGNS: Final = 64
VERSIONS: Final = 16
CREDENTIALS: Final = 1_024


class EventKey(NamedTuple):
    """What events are counted by. `resource` is `resource` or `resource/subresource`, or a path class (`/healthz`).

    What no name in Kubernetes looks like (clients choose it) is counted as `other`.
    """

    group: str
    resource: str
    verb: str
    user_class: str
    level: str
    stage: str


class LeaseHour(NamedTuple):
    """One lease in one hour (hours since 1970).

    `lease` is `node/` or `other/` and a pseudonym: lease names hold host names, and those hold addresses.
    Leases that cannot be told apart without their name share an empty pseudonym.
    """

    lease: str
    hour: int


class StreamHour(NamedTuple):
    """One log stream (EKS) or pod (AKS) in one hour (hours since 1970)."""

    stream: str
    hour: int


class PolicyClass(NamedTuple):
    """One class of events (MATCH, LOWER, ...) under one policy (`profile@version`)."""

    policy: str
    comparison: str


class DriftKey(NamedTuple):
    """Events that are not as the policy says: what kind, and the level that it promises for them."""

    policy: str
    comparison: str
    group: str
    resource: str
    verb: str
    user_class: str
    level: str
    stage: str
    expected: str


class SplitPart(NamedTuple):
    """Part `number` (from 0) of a GKE entry that was split into `total`; `entry` is a hash of its split id."""

    entry: str
    total: int
    number: int
