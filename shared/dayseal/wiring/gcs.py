"""Cloud Storage, opened for a ledger. Imported only where the settings name a bucket there."""

from typing import Final

from dayseal.clouds.gcp.credentials import open_credentials
from dayseal.clouds.gcp.stores import enter_bucket
from dayseal.clouds.gcp.versions import GcsListing
from dayseal.clouds.objects.dialect import GCS
from dayseal.clouds.objects.guard import BucketGuard
from dayseal.clouds.objects.store import BucketStore

GCS_SCHEME: Final = "gs://"


def open_gcs_store(path: str, *, versioned: bool) -> BucketStore:
    """Open a store in the bucket that a `gs://bucket/prefix/` path names; nothing is asked yet.

    Raises:
        AccessError: there are no credentials.
    """
    bucket, listing = enter_bucket(open_credentials(), *split_gcs(path))
    return BucketStore(bucket, GCS, listing, versioned=versioned)


def open_gcs_versions(path: str) -> GcsListing:
    """Open the listing of a bucket's generations; raises as `open_gcs_store` does."""
    return enter_bucket(open_credentials(), *split_gcs(path))[1]


def open_gcs_guard(path: str) -> BucketGuard:
    """Open the head guard in a bucket; raises as `open_gcs_store` does."""
    bucket, _ = enter_bucket(open_credentials(), *split_gcs(path))
    return BucketGuard(bucket, GCS)


def split_gcs(path: str) -> tuple[str, str]:
    """Give the bucket and the prefix of a `gs://bucket/prefix/` path."""
    bucket, _, prefix = path.removeprefix(GCS_SCHEME).partition("/")
    return bucket, prefix
