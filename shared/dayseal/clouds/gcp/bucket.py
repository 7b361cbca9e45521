"""An archive's bucket as Cloud Storage shows it: asked once a run however many clusters share it."""

import datetime as dt
from collections.abc import Callable
from typing import Final, TypeVar

from dayseal.clouds.gcp.calls import Ask, Calls, quoted
from dayseal.clouds.gcp.hierarchy import Hierarchy, bindings_text
from dayseal.clouds.gcp.keys import Keys
from dayseal.clouds.gcp.lifecycle import read_lifecycle
from dayseal.clouds.gcp.places import ArchivePlace
from dayseal.clouds.gcp.values import Json, flag, part, text, whole, word
from dayseal.errors import FormatError
from dayseal.model.route import (
    Answer,
    ArchiveFacts,
    Call,
    EncryptionKey,
    Known,
    Locking,
    LockRule,
    LockStrength,
    Missing,
    PublicAccess,
    Reason,
    read_answer,
)

T = TypeVar("T")
_DAY_S: Final = 86_400
_POLICY_VERSION: Final = 3  # with conditions
_PREVENTION: Final = ("enforced", "inherited", "unspecified")  # the last: an older name of "inherited"
_RETAINED: Final = ("", "Enabled")


class BucketProbe:
    """Asks about one bucket: its resource, its policy, and those of the project it lies in and of what is above."""

    def __init__(self, calls: Calls, place: ArchivePlace, hierarchy: Hierarchy, keys: Keys) -> None:
        self._calls = calls
        self._place = place
        self._hierarchy = hierarchy
        self._keys = keys

    def facts(self) -> ArchiveFacts:
        """Ask everything; most of it stands in the bucket's resource, so one refused call leaves most of it missing."""
        found = self._bucket()
        owner = _part(found, _owner)
        key = _part(found, lambda bucket: text(part(bucket, "encryption"), "defaultKmsKeyName"))
        return ArchiveFacts(
            store="gcs",
            name=self._place.bucket,
            prefix=self._place.prefix,
            exists=_exists(found),
            owner=owner,
            locking=_part(found, read_locking),
            versioned=_part(found, lambda bucket: flag(part(bucket, "versioning"), "enabled")),
            lifecycle=_part(found, read_lifecycle),
            public_access=_part(found, _public),
            policy=self._policy(found),
            key=key if isinstance(key, Missing) else self._key(key),
            replication=_part(found, lambda _: ()),  # a bucket has one copy; transfer jobs are not the bucket's
            inherited=owner if isinstance(owner, Missing) else self._hierarchy.policies(f"projects/{owner.value}"),
            object_acls=_part(found, _object_acls),
            undelete_days=_part(found, _undelete_days),
        )

    def _bucket(self) -> Answer[Json | None]:
        call = Call("storage", "buckets.get", f"gs://{self._place.bucket}")
        ask = Ask(call, f"storage/v1/b/{quoted(self._place.bucket)}", {"projection": "noAcl"})
        return self._calls.ask(ask, lambda found: found, absent=lambda: None)

    def _policy(self, found: Answer[Json | None]) -> Answer[str | None]:
        call = Call("storage", "buckets.getIamPolicy", f"gs://{self._place.bucket}")
        if isinstance(found, Known) and found.value is None:
            return Missing(Reason.NOT_FOUND, call, "no such bucket")
        params = {"optionsRequestedPolicyVersion": _POLICY_VERSION}
        ask = Ask(call, f"storage/v1/b/{quoted(self._place.bucket)}/iam", params)
        return self._calls.ask(ask, bindings_text)

    def _key(self, named: Known[str]) -> Answer[EncryptionKey | None]:
        return self._keys.state(named.value) if named.value else Known(None, named.source)


def _exists(found: Answer[Json | None]) -> Answer[bool]:
    return found if isinstance(found, Missing) else Known(found.value is not None, found.source)


def _part(found: Answer[Json | None], read: Callable[[Json], T]) -> Answer[T]:
    if isinstance(found, Missing):
        return found
    bucket = found.value
    if bucket is None:
        return Missing(Reason.NOT_FOUND, found.source, "no such bucket")
    return read_answer(lambda: read(bucket), found.source)


def _owner(bucket: Json) -> str:
    number = whole(bucket, "projectNumber")
    if not number:
        raise FormatError("projectNumber: none, a project's number promised")
    return str(number)


def read_locking(bucket: Json) -> Locking:
    """Read the retention policy; without one, whether single objects can be locked."""
    policy = part(bucket, "retentionPolicy")
    own = word(part(bucket, "objectRetention"), "mode", _RETAINED) == "Enabled"
    if bucket.get("retentionPolicy") is None:
        return Locking(enabled=own)
    seconds = whole(policy, "retentionPeriod")
    if not seconds:
        raise FormatError("retentionPeriod: none, over 0 seconds promised")
    days = dt.timedelta(seconds=seconds).days
    locked = flag(policy, "isLocked")
    mode, strength = ("Locked", LockStrength.FIRM) if locked else ("Unlocked", LockStrength.REVOCABLE)
    return Locking(enabled=True, rule=LockRule(mode, strength, days))


def _public(bucket: Json) -> PublicAccess:
    said = word(part(bucket, "iamConfiguration"), "publicAccessPrevention", _PREVENTION, "inherited")
    inherited = said != "enforced"
    return PublicAccess(blocked=said == "enforced", words=f"publicAccessPrevention: {said}", inherited=inherited)


def _object_acls(bucket: Json) -> bool:
    return not flag(part(part(bucket, "iamConfiguration"), "uniformBucketLevelAccess"), "enabled")


def _undelete_days(bucket: Json) -> int:
    return (whole(part(bucket, "softDeletePolicy"), "retentionDurationSeconds") or 0) // _DAY_S
