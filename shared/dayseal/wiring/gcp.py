"""Cloud Storage archives and Cloud KMS keys, opened. Imported only where the settings or a verb name them."""

from dayseal.clouds.gcp.archive import GcsArchive
from dayseal.clouds.gcp.calls import Calls
from dayseal.clouds.gcp.places import ArchivePlace
from dayseal.clouds.gcp.session import Sessions
from dayseal.clouds.gcp.signer import KmsKey, KmsSigner, public_key_of
from dayseal.codec import decode_base64
from dayseal.errors import UsageError
from dayseal.settings import ArchiveSettings, Settings
from dayseal.wiring.gcp_access import gcp_access
from dayseal.wiring.gcs import split_gcs


def open_gcs_archive(settings: Settings, archive: ArchiveSettings) -> GcsArchive:
    """Open the archive whose path is `gs://bucket/prefix/`; nothing is asked yet."""
    return GcsArchive(gcp_access(settings), gcs_place(archive.path), archive.layouts)


def gcs_place(path: str) -> ArchivePlace:
    """Give the archive a `gs://bucket/prefix/` path names."""
    return ArchivePlace(*split_gcs(path))


def open_cloud_signer(settings: Settings, name: str, public: str) -> KmsSigner:
    """Open a key version in Cloud KMS with its pinned public half (base64); nothing is asked yet.

    Raises:
        UsageError: no pin, or no key version's name.
    """
    if not public:
        hint = "init writes it; or gcloud kms keys versions get-public-key"
        raise UsageError(f"{name}: no public half is pinned beside it", hint=hint)
    return KmsSigner(_calls(settings), KmsKey(name, decode_base64(public, subject="pinned key")))


def read_cloud_public(settings: Settings, name: str) -> bytes:
    """Ask Cloud KMS for a key version's public half.

    Raises:
        AccessError: denied, or no answer.
        UsageError: no key version's name.
    """
    return public_key_of(_calls(settings), name)


def _calls(settings: Settings) -> Calls:
    return Calls(Sessions(gcp_access(settings)))
