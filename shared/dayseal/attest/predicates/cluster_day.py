"""One cluster's batch day."""

from typing import Literal

import msgspec
from msgspec import UNSET, UnsetType

from dayseal.attest.predicates.shared import Chain, ClusterRef, Sha256
from dayseal.codec import Wire


class ManifestRef(Wire):
    """The day's manifest: where it lies in the ledger (relative) and its digest."""

    uri: str
    sha256: str


class ArchiveSection(Wire):
    """What was read. `objects`, `bytes` and `unattributed` (records) count the whole manifest.

    `splitter` lists the readers used, sorted; `day_root` is the hex RFC 6962 root over the manifest's
    descriptors; `cutoff` is when the batch was frozen; `unreadable` counts objects listed but not read.
    """

    uri: str
    prefix: str
    splitter: tuple[str, ...]
    cutoff: str
    objects: int
    bytes: int
    unattributed: int
    unreadable: int
    day_root: str
    manifest: ManifestRef
    events_tree_version: int


class Gap(Wire):
    """A span without records although a heartbeat was expected: `outage`, `blackout` (an hour or more) or `edge`."""

    start: str = msgspec.field(name="from")
    end: str = msgspec.field(name="to")
    kind: Literal["outage", "blackout", "edge"]


class EventsSection(Wire):
    """The cluster's records in this batch. `per_hour` has 24 counts of the batch day's own hours.

    `first` and `last` are event times with microseconds, None without events; `gaps` is capped at 50,
    `gaps_left_off` counts the rest.
    """

    count: int
    first: str | None
    last: str | None
    per_hour: tuple[int, ...]
    gaps: tuple[Gap, ...]
    gaps_left_off: int
    levels: dict[str, int]
    truncated: int
    unparsable: int


class EventDay(Wire):
    """How one event day looks from the batches sealed so far; `verdict` and `summary` are check `arrival`'s."""

    day: str
    state: Literal["provisional", "final"]
    verdict: Literal["PASS", "FAIL", "UNKNOWN", "NOT_APPLICABLE"]
    summary: str
    events: int
    outages: tuple[Gap, ...]
    loss_estimate: str | None


class LockSection(Wire):
    """The day's objects' locks as the store showed them; `mode` is `none` where it showed none."""

    mode: str
    retain_until_min: str | None
    objects_below_term: int


class AcceptedException(Wire):
    """An accepted exception, shown beside a verdict and never instead of it."""

    owner: str
    reason: str
    expires: str


class FindingRow(Wire):
    """One check's answer as the statement carries it."""

    check: str
    verdict: Literal["PASS", "FAIL", "UNKNOWN", "NOT_APPLICABLE"]
    summary: str
    fact_ids: tuple[str, ...]
    exception: AcceptedException | UnsetType = UNSET


class PolicySection(Wire):
    """Which published audit policy the day was compared with, and where it differed.

    `version` is the start of the hex SHA-256 of the profile's rules; `drift` is capped at 30, `drift_left_off` counts
    the rest.
    """

    profile: str
    version: str
    drift: tuple[str, ...]
    drift_left_off: int


class ClassCoverage(Wire):
    """Events of one user class, and how many of them name their credential."""

    events: int
    identified: int


class SignsSection(Wire):
    """Signs of unauthorised access, and secrets that lie in the archive: counts, never whose.

    `seen` counts by `detection/severity`, `secrets` counts records by kind; what is not there was not seen.
    """

    seen: dict[str, int]
    secrets: dict[str, int]


class VerifierSection(Wire):
    """The program that made the statement, as it describes itself."""

    name: str
    version: str
    checks_version: str
    settings_digest: str
    thresholds: dict[str, int]
    code_digest_claimed: str
    identity: str


class ClusterDay(Wire):
    """One cluster's batch day: what was archived, what is in it, what the checks say."""

    cluster: ClusterRef
    day: str
    revision: int
    status: Literal["SEALED", "NO_DATA", "UNREADABLE"]
    chain: Chain
    archive: ArchiveSection
    events: EventsSection
    event_days: tuple[EventDay, ...]
    lock: LockSection
    findings: tuple[FindingRow, ...]
    facts: Sha256
    summary: Sha256
    verifier: VerifierSection
    details: Sha256
    checked_at: str
    policy: PolicySection | UnsetType = UNSET
    credentials: dict[str, ClassCoverage] | UnsetType = UNSET
    signs: SignsSection | UnsetType = UNSET
