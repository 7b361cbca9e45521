"""An archive's bucket as S3 shows it: each fact for itself, asked once a run however many clusters share it."""

from collections.abc import Callable, Sequence
from typing import Final, TypeVar

from dayseal.clouds.aws.calls import Calls, Json
from dayseal.clouds.aws.keys import Keys
from dayseal.clouds.aws.lifecycle import read_lifecycle
from dayseal.clouds.aws.places import ArchivePlace, Place
from dayseal.clouds.aws.replication import read_replication
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
)

T = TypeVar("T")
_YEAR_DAYS: Final = 365
_STRENGTHS: Final = {"COMPLIANCE": LockStrength.FIRM, "GOVERNANCE": LockStrength.BYPASSABLE}
_BLOCKS: Final = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")
_MAX_OWNERS: Final = 20


class BucketProbe:
    """Asks about one bucket; one that is in none of the accounts we can enter is read with our own credentials."""

    def __init__(self, calls: Calls, place: ArchivePlace, keys: Keys) -> None:
        self._calls = calls
        self._keys = keys
        self._archive = place
        self._place = Place(place.account, place.region)

    def facts(self, accounts: Sequence[str]) -> ArchiveFacts:
        """Ask everything, as the account that owns the bucket; `accounts` are tried, in this order, to find it."""
        exists, owner = self._owner(accounts)
        if isinstance(owner, Known):
            self._place = Place(owner.value, self._archive.region)
        gone = isinstance(exists, Known) and not exists.value
        ask = self._nothing if gone else self._ask
        return ArchiveFacts(
            store="s3",
            name=self._archive.bucket,
            prefix=self._archive.prefix,
            exists=exists,
            owner=owner,
            locking=ask(
                "GetObjectLockConfiguration", _locking, ObjectLockConfigurationNotFoundError=Locking(enabled=False)
            ),
            versioned=ask("GetBucketVersioning", lambda found: found.get("Status") == "Enabled"),
            lifecycle=ask("GetBucketLifecycleConfiguration", read_lifecycle, NoSuchLifecycleConfiguration=()),
            public_access=ask(
                "GetPublicAccessBlock",
                _public,
                NoSuchPublicAccessBlockConfiguration=PublicAccess(blocked=False, words="no public access block is set"),
            ),
            policy=ask("GetBucketPolicy", lambda found: str(found["Policy"]), NoSuchBucketPolicy=None),
            key=self._key(ask),
            replication=ask("GetBucketReplication", read_replication, ReplicationConfigurationNotFoundError=()),
        )

    def _call(self, operation: str) -> Call:
        return Call("s3", operation, f"arn:aws:s3:::{self._archive.bucket}")

    def _ask(self, operation: str, read: Callable[[Json], T], **absent: T) -> Answer[T]:
        return self._calls.ask(self._place, self._call(operation), read, absent=absent, Bucket=self._archive.bucket)

    def _nothing(self, operation: str, read: Callable[[Json], T], **absent: T) -> Answer[T]:  # noqa: ARG002 - asks like _ask
        return Missing(Reason.NOT_FOUND, self._call(operation), "NoSuchBucket")

    def _owner(self, accounts: Sequence[str]) -> tuple[Answer[bool], Answer[str]]:
        """Find out whether the bucket is there and whose it is.

        Each account asks as itself and expects to be the owner: S3 refuses all but one. Nobody needs a right
        in another's bucket for that, and of a bucket that is nowhere everybody is told so.
        """
        tried = [account for account in dict.fromkeys((self._archive.account, *accounts)) if account][:_MAX_OWNERS]
        misses: list[Missing] = []
        for account in tried:
            found = self._head(account)
            if isinstance(found, Missing):
                misses.append(found)
            elif found.value:
                return found, Known(account, found.source)
            else:
                return found, Missing(Reason.NOT_FOUND, found.source, "NoSuchBucket")
        unclear = next((miss for miss in misses if miss.reason is not Reason.DENIED), None)
        exists = self._head("")
        if unclear is not None:
            return exists, unclear
        if isinstance(exists, Missing):
            return exists, exists
        if not exists.value:
            return exists, Missing(Reason.NOT_FOUND, exists.source, "NoSuchBucket")
        asked = f"not of {', '.join(tried)}" if tried else "no account to ask as"
        return exists, Missing(Reason.NOT_ASKED, exists.source, f"{asked}; name its account in the settings")

    def _head(self, owner: str) -> Answer[bool]:
        expected = {"ExpectedBucketOwner": owner} if owner else {}
        place = Place(owner or self._archive.account, self._archive.region)
        absent = {"404": False, "NoSuchBucket": False}
        bucket = self._archive.bucket
        return self._calls.ask(
            place, self._call("HeadBucket"), lambda _: True, absent=absent, Bucket=bucket, **expected
        )

    def _key(self, ask: Callable[..., Answer[str | None]]) -> Answer[EncryptionKey | None]:
        named = ask("GetBucketEncryption", _key_name, ServerSideEncryptionConfigurationNotFoundError=None)
        if isinstance(named, Missing):
            return named
        if named.value is None:
            return Known(None, named.source)
        return self._keys.state(named.value, self._place)


def _locking(found: Json) -> Locking:
    configuration = found["ObjectLockConfiguration"]
    enabled = configuration.get("ObjectLockEnabled") == "Enabled"
    rule = configuration.get("Rule", {}).get("DefaultRetention")
    if rule is None:
        return Locking(enabled=enabled)
    days = rule.get("Days") or rule.get("Years", 0) * _YEAR_DAYS
    mode = str(rule["Mode"])
    return Locking(enabled=enabled, rule=LockRule(mode, _STRENGTHS.get(mode, LockStrength.REVOCABLE), days))


def _public(found: Json) -> PublicAccess:
    settings = found["PublicAccessBlockConfiguration"]
    off = [name for name in _BLOCKS if settings.get(name) is not True]
    return PublicAccess(blocked=not off, words=f"off: {', '.join(off)}" if off else "all four blocks are on")


def _key_name(found: Json) -> str | None:
    """Give the customer's key that new objects are encrypted under; AWS's own keys cannot be switched off."""
    for rule in found["ServerSideEncryptionConfiguration"]["Rules"]:
        default = rule.get("ApplyServerSideEncryptionByDefault", {})
        name = default.get("KMSMasterKeyID", "")
        if str(default.get("SSEAlgorithm", "")).startswith("aws:kms") and name and "alias/aws/" not in name:
            return str(name)
    return None
