"""S3 and KMS, opened: archives, stores, keys. Imported only where the settings or a verb name them."""

from dayseal.clouds.aws.archive import S3Archive
from dayseal.clouds.aws.links import S3Links
from dayseal.clouds.aws.session import Sessions
from dayseal.clouds.aws.signer import KmsKey, KmsSigner, public_key_of
from dayseal.clouds.aws.stores import enter_bucket
from dayseal.clouds.aws.versions import S3Listing
from dayseal.clouds.objects.dialect import S3
from dayseal.clouds.objects.guard import BucketGuard
from dayseal.clouds.objects.store import BucketStore
from dayseal.codec import decode_base64
from dayseal.errors import UsageError
from dayseal.settings import ArchiveSettings, Settings
from dayseal.wiring.asked_aws import access_of, aws_of, place_of, split_bucket
from dayseal.wiring.identity import ledger_access


def open_s3_archive(settings: Settings, archive: ArchiveSettings) -> S3Archive:
    """Open the archive whose path is `s3://bucket/prefix/`; nothing is asked yet.

    Raises:
        UsageError: the settings have no [aws] table.
    """
    return S3Archive(access_of(aws_of(settings)), place_of(settings, archive.path), archive.layouts)


def open_s3_store(settings: Settings, path: str, *, versioned: bool) -> BucketStore:
    """Open a store in the bucket that an `s3://bucket/prefix/` path names; nothing is asked yet."""
    bucket, listing = enter_bucket(ledger_access(settings), *split_bucket(path))
    return BucketStore(bucket, S3, listing, versioned=versioned)


def open_s3_versions(settings: Settings, path: str) -> S3Listing:
    """Open the listing of a bucket's versions; nothing is asked yet."""
    return enter_bucket(ledger_access(settings), *split_bucket(path))[1]


def open_s3_links(settings: Settings, path: str) -> S3Links:
    """Open links to what lies in a bucket of the ledger; nothing is asked yet."""
    return S3Links.enter(ledger_access(settings), *split_bucket(path))


def open_s3_guard(settings: Settings, path: str) -> BucketGuard:
    """Open the head guard in a bucket; nothing is asked yet."""
    bucket, _ = enter_bucket(ledger_access(settings), *split_bucket(path))
    return BucketGuard(bucket, S3)


def open_kms_signer(settings: Settings, arn: str, public: str) -> KmsSigner:
    """Open a KMS key with its pinned public half (base64); nothing is asked yet.

    Raises:
        UsageError: no pin, or no key's ARN.
    """
    if not public:
        raise UsageError(f"{arn}: no public half is pinned beside it", hint="init writes it; or aws kms get-public-key")
    return KmsSigner(Sessions(access_of(aws_of(settings))), KmsKey(arn, decode_base64(public, subject="pinned key")))


def read_kms_public(settings: Settings, arn: str) -> bytes:
    """Ask KMS for a key's public half.

    Raises:
        AccessError: denied, or no answer.
        UsageError: no key's ARN.
    """
    return public_key_of(Sessions(access_of(aws_of(settings))), arn)
