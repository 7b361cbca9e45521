"""Azure Blob storage, opened for a ledger. Imported only where the settings name a container there."""

from dayseal.clouds.azure.stores import enter_container
from dayseal.clouds.azure.versions import AzureListing
from dayseal.clouds.objects.dialect import AZURE
from dayseal.clouds.objects.guard import BucketGuard
from dayseal.clouds.objects.store import BucketStore
from dayseal.settings import Settings
from dayseal.wiring.azure_access import azure_access, split_az


def open_az_store(settings: Settings, path: str, *, versioned: bool) -> BucketStore:
    """Open a store in the container that an `az://account/container/prefix/` path names; nothing is asked yet."""
    container, listing = enter_container(azure_access(settings), *split_az(path))
    return BucketStore(container, AZURE, listing, versioned=versioned)


def open_az_versions(settings: Settings, path: str) -> AzureListing:
    """Open the listing of a container's versions; nothing is asked yet."""
    return enter_container(azure_access(settings), *split_az(path))[1]


def open_az_guard(settings: Settings, path: str) -> BucketGuard:
    """Open the head guard in a container; nothing is asked yet."""
    container, _ = enter_container(azure_access(settings), *split_az(path))
    return BucketGuard(container, AZURE)
