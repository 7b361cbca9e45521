"""Where things lie decides which adapter opens them: a folder, `s3://`, `gs://`, `az://account/container/prefix/`."""

import dataclasses
from pathlib import Path
from typing import Final

from dayseal.clouds.local.archive import FolderArchive
from dayseal.clouds.local.guard import FolderGuard
from dayseal.clouds.local.signer import read_key
from dayseal.clouds.local.store import FolderStore
from dayseal.digest.policies import OwnPolicy
from dayseal.errors import AccessError, UsageError
from dayseal.ledger.published import PublishedApart
from dayseal.ledger.readahead import ReadAhead
from dayseal.ports import HeadGuard, ObjectStore, Signer, VersionLister
from dayseal.settings import ArchiveSettings, Settings
from dayseal.steps.parts import Archive
from dayseal.wiring.extras import needing

S3_SCHEME: Final = "s3://"
GCS_SCHEME: Final = "gs://"
AZ_SCHEME: Final = "az://"
_GCP_KEY: Final = "projects/"  # projects/P/locations/L/keyRings/R/cryptoKeys/K/cryptoKeyVersions/N
_VAULT_KEY: Final = "https://"  # https://VAULT.vault.azure.net/keys/NAME/VERSION


def open_store(settings: Settings, path: str, *, versioned: bool = False) -> ObjectStore:
    """Open a store of small objects; `versioned` reads each in its oldest version, where a bucket keeps versions.

    The ledger's `checkpoint` may lie somewhere else, as the settings say.

    Raises:
        UsageError: a bucket is named without an [aws] table, or its extra is not installed.
    """
    opened, apart = _open_place(settings, path, versioned=versioned), settings.ledger.checkpoint
    return PublishedApart(opened, _open_place(settings, apart)) if apart and path == settings.ledger.path else opened


def _open_place(settings: Settings, path: str, *, versioned: bool = False) -> ObjectStore:
    if path.startswith(AZ_SCHEME):
        with needing("azure"):
            from dayseal.wiring.blobs import open_az_store  # noqa: PLC0415 - not every installation has azure-core
        return open_az_store(settings, path, versioned=versioned)
    if path.startswith(GCS_SCHEME):
        with needing("gcp"):
            from dayseal.wiring.gcs import open_gcs_store  # noqa: PLC0415 - not every installation has google-auth
        return open_gcs_store(path, versioned=versioned)
    if not path.startswith(S3_SCHEME):
        return FolderStore(settings.path(path))
    with needing("aws"):
        from dayseal.wiring.aws import open_s3_store  # noqa: PLC0415 - not every installation has boto3
    return open_s3_store(settings, path, versioned=versioned)


def open_newest(settings: Settings, path: str) -> ObjectStore | None:
    """Open a ledger in its newest versions, read ahead, for what proves itself; None for a folder, which has no others.

    Raises as `open_store` does.
    """
    return None if "://" not in path else ReadAhead(open_store(settings, path))


def open_versions(settings: Settings, path: str) -> VersionLister | None:
    """Open the versions of what lies in a bucket, None for a folder, which keeps none; raises as `open_store` does."""
    if path.startswith(AZ_SCHEME):
        with needing("azure"):
            from dayseal.wiring.blobs import open_az_versions  # noqa: PLC0415 - not every installation has azure-core
        return open_az_versions(settings, path)
    if path.startswith(GCS_SCHEME):
        with needing("gcp"):
            from dayseal.wiring.gcs import open_gcs_versions  # noqa: PLC0415 - not every installation has google-auth
        return open_gcs_versions(path)
    if not path.startswith(S3_SCHEME):
        return None
    with needing("aws"):
        from dayseal.wiring.aws import open_s3_versions  # noqa: PLC0415 - not every installation has boto3
    return open_s3_versions(settings, path)


def open_guard(settings: Settings, path: str) -> HeadGuard:
    """Open the head guard; raises as `open_store` does."""
    if path.startswith(AZ_SCHEME):
        with needing("azure"):
            from dayseal.wiring.blobs import open_az_guard  # noqa: PLC0415 - not every installation has azure-core
        return open_az_guard(settings, path)
    if path.startswith(GCS_SCHEME):
        with needing("gcp"):
            from dayseal.wiring.gcs import open_gcs_guard  # noqa: PLC0415 - not every installation has google-auth
        return open_gcs_guard(path)
    if not path.startswith(S3_SCHEME):
        return FolderGuard(settings.path(path))
    with needing("aws"):
        from dayseal.wiring.aws import open_s3_guard  # noqa: PLC0415 - not every installation has boto3
    return open_s3_guard(settings, path)


def open_signer(settings: Settings, where: str, public: str) -> Signer:
    """Open a key: a PEM file, or a KMS key whose public half (base64) is pinned.

    Raises:
        UsageError: a KMS key without a pin, a key file open to others, or as `open_store`.
        AccessError: the file cannot be read.
    """
    if where.startswith(_VAULT_KEY):
        with needing("azure"):
            from dayseal.wiring.azure import open_vault_signer  # noqa: PLC0415 - not every installation has azure-core
        return open_vault_signer(settings, where, public)
    if where.startswith(_GCP_KEY):
        with needing("gcp"):
            from dayseal.wiring.gcp import open_cloud_signer  # noqa: PLC0415 - not every installation has google-auth
        return open_cloud_signer(settings, where, public)
    if not is_kms_key(where):
        return read_key(settings.path(where))
    with needing("aws"):
        from dayseal.wiring.aws import open_kms_signer  # noqa: PLC0415 - not every installation has boto3
    return open_kms_signer(settings, where, public)


def is_kms_key(where: str) -> bool:
    """Say whether a key lies in AWS's or Google's KMS or in Key Vault, not in a file."""
    return where.startswith(("arn:", _GCP_KEY, _VAULT_KEY))


def read_public_key(settings: Settings, arn: str) -> bytes:
    """Ask KMS for a key's public half (DER SubjectPublicKeyInfo), once, to pin it; raises as `open_signer` does."""
    if arn.startswith(_VAULT_KEY):
        with needing("azure"):
            from dayseal.wiring.azure import read_vault_public  # noqa: PLC0415 - not every installation has azure-core
        return read_vault_public(settings, arn)
    if arn.startswith(_GCP_KEY):
        with needing("gcp"):
            from dayseal.wiring.gcp import read_cloud_public  # noqa: PLC0415 - not every installation has google-auth
        return read_cloud_public(settings, arn)
    with needing("aws"):
        from dayseal.wiring.aws import read_kms_public  # noqa: PLC0415 - not every installation has boto3
    return read_kms_public(settings, arn)


def open_archive(settings: Settings, one: ArchiveSettings) -> Archive:
    """Open one archive of the settings, with the clusters they say it holds, and the audit policy of its own.

    Raises:
        UsageError: the folder is none, or as `open_store`.
        AccessError: the policy file cannot be read.
        FormatError: it is no policy that a server would start with.
    """
    opened = _open_archive(settings, one)
    return dataclasses.replace(opened, own=_own_policy(settings.path(one.audit_policy))) if one.audit_policy else opened


def _own_policy(path: Path) -> OwnPolicy:
    try:
        own = OwnPolicy(str(path), path.read_bytes())
    except OSError as exc:
        raise AccessError(f"{path}: cannot be read ({exc.strerror})", hint="audit_policy names it") from exc
    own.judge()  # what a worker would refuse is refused here
    return own


def _open_archive(settings: Settings, one: ArchiveSettings) -> Archive:
    clusters = tuple(sorted(c.id for c in settings.clusters if c.archive == one.name))
    if one.path.startswith(AZ_SCHEME):
        with needing("azure"):
            from dayseal.wiring.azure import open_az_archive  # noqa: PLC0415 - not every installation has azure-core
        blobs = open_az_archive(settings, one)
        return Archive(one.name, blobs, clusters, locks=blobs)
    if one.path.startswith(GCS_SCHEME):
        with needing("gcp"):
            from dayseal.wiring.gcp import open_gcs_archive  # noqa: PLC0415 - not every installation has google-auth
        found = open_gcs_archive(settings, one)
        return Archive(one.name, found, clusters, locks=found)
    if one.path.startswith(S3_SCHEME):
        with needing("aws"):
            from dayseal.wiring.aws import open_s3_archive  # noqa: PLC0415 - not every installation has boto3
        bucket = open_s3_archive(settings, one)
        return Archive(one.name, bucket, clusters, locks=bucket)
    if not settings.path(one.path).is_dir():
        raise UsageError(f"archive {one.name}: {settings.path(one.path)} is no folder")
    return Archive(one.name, FolderArchive(settings.path(one.path), one.name), clusters)
