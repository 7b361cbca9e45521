"""Where each chain of the ledger stands: small frozen values that the replay keeps."""

import dataclasses

from dayseal.model import ClusterId


@dataclasses.dataclass(frozen=True, slots=True)
class ChainHead:
    """The newest number of a chain and the hex SHA-256 of its envelope."""

    seq: int
    envelope_sha256: str


@dataclasses.dataclass(frozen=True, slots=True)
class DayHead:
    """One revision of a cluster's day: its envelope's digest, entry index and status."""

    day: str
    revision: int
    envelope_sha256: str
    index: int
    status: str


@dataclasses.dataclass(frozen=True, slots=True)
class ClusterState:
    """A cluster that entered: its chain, whether it is expected now, and its newest day.

    `since` is the day its newest enrolment names; `newest` is the latest revision of the latest day,
    None before the first statement.
    """

    cluster: ClusterId
    chain: ChainHead
    enrolled: bool = False
    since: str = ""
    newest: DayHead | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class RollCallHead:
    """The newest roll-call: its number, envelope digest, day and entry index."""

    number: int
    envelope_sha256: str
    day: str
    index: int
