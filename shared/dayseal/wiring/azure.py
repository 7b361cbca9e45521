"""Azure archives and Key Vault keys, opened. Imported only where the settings or a verb name them."""

from dayseal.clouds.azure.archive import BlobArchive
from dayseal.clouds.azure.session import Sessions
from dayseal.clouds.azure.signer import VaultKey, VaultSigner, public_key_of
from dayseal.codec import decode_base64
from dayseal.errors import UsageError
from dayseal.settings import ArchiveSettings, Settings
from dayseal.wiring.azure_access import az_place, azure_access


def open_az_archive(settings: Settings, archive: ArchiveSettings) -> BlobArchive:
    """Open the archive whose path is `az://account/container/prefix/`, or `az://account/`; nothing is asked yet."""
    return BlobArchive(azure_access(settings), az_place(archive.path), archive.layouts)


def open_vault_signer(settings: Settings, url: str, public: str) -> VaultSigner:
    """Open a key version in Key Vault with its pinned public half (base64); nothing is asked yet.

    Raises:
        UsageError: no pin, or no key version's address.
    """
    if not public:
        raise UsageError(f"{url}: no public half is pinned beside it", hint="init writes it; or az keyvault key show")
    return VaultSigner(Sessions(azure_access(settings)), VaultKey(url, decode_base64(public, subject="pinned key")))


def read_vault_public(settings: Settings, url: str) -> bytes:
    """Ask Key Vault for a key version's public half.

    Raises:
        AccessError: denied, or no answer.
        UsageError: no key version's address.
    """
    return public_key_of(Sessions(azure_access(settings)), url)
