"""The JSON documents an API answers with; each cloud writes these very fields (docs/reference/openapi.json)."""

import dataclasses
from typing import Literal

from dayseal.model.findings import VerdictText


@dataclasses.dataclass(frozen=True, slots=True)
class ClusterRow:
    """An expected cluster: `id` names it in paths, `text` is its whole identity.

    `day` is its newest recorded day and `status` that day's status; null and NO_STATEMENT before the first.
    """

    id: str
    text: str
    name: str
    day: str | None
    status: str


@dataclasses.dataclass(frozen=True, slots=True)
class ClusterPage:
    """Clusters in the order of their text. `cursor` asks for the next page; null: this is the last."""

    clusters: tuple[ClusterRow, ...]
    cursor: str | None


@dataclasses.dataclass(frozen=True, slots=True)
class DayRow:
    """One day of a cluster. `status` is SEALED, NO_DATA or UNREADABLE; MISSING: days around it are recorded, it is not.

    `verdict` is the worst finding of its newest revision. Both are what the look-up file says: the day's own
    address gives the proof.
    """

    day: str
    status: Literal["SEALED", "NO_DATA", "UNREADABLE", "MISSING"]
    verdict: VerdictText
    revisions: int
    events: int


@dataclasses.dataclass(frozen=True, slots=True)
class DayPage:
    """Days of one cluster, oldest first. `cursor` asks for the next page; null: this is the last."""

    cluster: str
    days: tuple[DayRow, ...]
    cursor: str | None


@dataclasses.dataclass(frozen=True, slots=True)
class RevisionDocument:
    """One revision of a day: log entry `entry` is `envelope` (base64 of a DSSE envelope), as `proof` proves.

    `proof` is a C2SP tlog-proof: inclusion path and checkpoint, for offline verification.
    """

    revision: int
    entry: int
    envelope: str
    proof: str


@dataclasses.dataclass(frozen=True, slots=True)
class DayDocument:
    """A cluster's day with every revision, oldest first, each with its proof under one checkpoint."""

    cluster: str
    day: str
    status: Literal["SEALED", "NO_DATA", "UNREADABLE"]
    verdict: VerdictText
    revisions: tuple[RevisionDocument, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class JobDocument:
    """An evidence job. `done`: `url` gives the bundle to anyone until `expires`; `failed`: `problem` says why.

    The bundle has `bytes` bytes and this `sha256`. It proves itself: verify it with `dayseal verify`.
    """

    job: str
    state: Literal["queued", "running", "done", "failed"]
    url: str | None = None
    expires: str | None = None
    bytes: int | None = None
    sha256: str | None = None
    problem: str | None = None
