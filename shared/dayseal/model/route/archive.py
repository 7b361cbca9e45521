"""The archive as its provider shows it: locks, lifecycle, who may do what, the key, the day's objects."""

import dataclasses
import datetime as dt
import enum
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from dayseal.model.archive import Listing
from dayseal.model.route.answers import Answer
from dayseal.model.route.keys import EncryptionKey

_SCHEMES: Final[Mapping[str, str]] = MappingProxyType({"gcs": "gs", "azure": "az"})


class LockStrength(enum.StrEnum):
    """Who can undo a lock: nobody, holders of a special right, or anybody who may change the setting."""

    FIRM = "firm"  # S3 COMPLIANCE, a locked Cloud Storage policy, a locked Azure policy
    BYPASSABLE = "bypassable"  # S3 GOVERNANCE
    REVOCABLE = "revocable"  # an unlocked policy, a legal hold


@dataclasses.dataclass(frozen=True, slots=True)
class LockRule:
    """The lock every new object gets. `mode` is the provider's word; `days` counts a year as 365.

    `blocks_writer` says that under this lock the log writer itself cannot append. `locked_at` is when it was made
    firm, None where the provider does not tell.
    """

    mode: str
    strength: LockStrength
    days: int
    blocks_writer: bool = False
    locked_at: dt.datetime | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class LegalHold:
    """A hold on the whole archive, without a term; who sets it can lift it. `tags` counts its names.

    `blocks_writer` says that under it the log writer itself cannot append.
    """

    tags: int
    blocks_writer: bool = False


@dataclasses.dataclass(frozen=True, slots=True)
class ManagementLock:
    """A lock on the management of the archive (`CanNotDelete`, `ReadOnly`), which holds no object in it."""

    name: str
    level: str


@dataclasses.dataclass(frozen=True, slots=True)
class Locking:
    """Whether the archive can lock objects at all, and the default rule (None: there is none).

    `hold` is a legal hold on the archive as a whole, where a provider has such a thing.
    """

    enabled: bool
    rule: LockRule | None = None
    hold: LegalHold | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class Move:
    """A lifecycle's move to another storage class after `days`; `restore` if reading there needs a restore first."""

    days: int
    storage_class: str
    restore: bool


@dataclasses.dataclass(frozen=True, slots=True)
class LifecycleRule:
    """One lifecycle rule, days counted from an object's creation; None: it does not do that.

    `prefix` limits it; `narrowed` says that tags, sizes or the like limit it further. `delete_days` deletes
    objects (on S3: hides them under a delete marker), `delete_old_days` deletes versions that are no longer
    current, `delete_on` deletes everything on one day. `created_before` limits it to objects created before
    that day.
    """

    name: str
    prefix: str = ""
    enabled: bool = True
    narrowed: bool = False
    delete_days: int | None = None
    delete_on: dt.date | None = None
    delete_old_days: int | None = None
    created_before: dt.date | None = None
    moves: tuple[Move, ...] = ()


@dataclasses.dataclass(frozen=True, slots=True)
class PublicAccess:
    """Whether the provider blocks public access to the archive, and its settings in words.

    `inherited` says that the archive leaves it to a rule further up, which was not read.
    """

    blocked: bool
    words: str
    inherited: bool = False


@dataclasses.dataclass(frozen=True, slots=True)
class Replica:
    """One rule that copies the archive's objects: to which bucket, of which account (`""`: not said), and which keys.

    `deletes` says whether delete markers are copied too.
    """

    bucket: str
    account: str
    prefix: str
    enabled: bool
    deletes: bool


@dataclasses.dataclass(frozen=True, slots=True)
class ScopePolicy:
    """The access policy of a resource the archive lies in (its project, a folder), as text; it holds there too."""

    scope: str
    policy: str


@dataclasses.dataclass(frozen=True, slots=True)
class BatchObjects:
    """The objects of one batch day with their locks, as reading them showed."""

    day: dt.date
    listing: Answer[Listing]


@dataclasses.dataclass(frozen=True, slots=True)
class ArchiveFacts:
    """What was asked about one archive; `store` is `s3`, `gcs` or `azure`, `name` the bucket, or `account/container`.

    `prefix` is the part of it that holds this route's objects, `""` for all. `exists` is False when the
    provider says there is no such bucket. `owner` is the account, project or subscription it lies in.
    `policy` is the resource policy's own text, None where there is none. `key` is the key that new objects get
    unless their writer names another, None where no customer key is used.

    Where a provider has such things, else None: `inherited` are the policies that hold here from further up,
    `object_acls` says whether single objects may have access lists of their own, `undelete_days` how long a
    deleted object, `undelete_container_days` how long the deleted archive itself, can be brought back. None of the
    `management_locks` holds an object.
    """

    store: str
    name: str
    prefix: str
    exists: Answer[bool]
    owner: Answer[str]
    locking: Answer[Locking]
    versioned: Answer[bool]
    lifecycle: Answer[tuple[LifecycleRule, ...]]
    public_access: Answer[PublicAccess]
    policy: Answer[str | None]
    key: Answer[EncryptionKey | None]
    replication: Answer[tuple[Replica, ...]]
    inherited: Answer[tuple[ScopePolicy, ...]] | None = None
    object_acls: Answer[bool] | None = None
    undelete_days: Answer[int] | None = None
    undelete_container_days: Answer[int] | None = None
    management_locks: Answer[tuple[ManagementLock, ...]] | None = None

    @property
    def uri(self) -> str:
        """The archive's address, e.g. `s3://bucket/prefix`."""
        return f"{self.root}{self.prefix}"

    @property
    def root(self) -> str:
        """The address of the whole bucket, e.g. `gs://bucket/`, or of a whole account, `az://account/`."""
        return f"{_SCHEMES.get(self.store, self.store)}://{self.name.rstrip('/')}/"
