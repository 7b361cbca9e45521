"""How to get into Azure, as the settings say, and what their places mean: for what asks little and imports little."""

from typing import Final

from dayseal.clouds.azure.credentials import OrdinaryCredentials
from dayseal.clouds.azure.places import ArchivePlace
from dayseal.clouds.azure.session import Access
from dayseal.errors import FormatError, UsageError
from dayseal.settings import AzureSettings, Settings, optional_environment

AZ_SCHEME: Final = "az://"


def azure_of(settings: Settings) -> AzureSettings:
    """Give the settings' table of Azure.

    Raises:
        UsageError: there is none.
    """
    if settings.azure is None:
        hint = 'add [azure] with management_groups = ["my-group"], or subscriptions = ["..."] (ids)'
        raise UsageError("settings: no [azure] table, one promised", hint=hint)
    return settings.azure


def azure_access(settings: Settings) -> Access:
    """Say how to get into Azure: ordinary credentials; where there is no [azure] table, with nothing special.

    Before there are settings, `init` takes the address of blobs in another cloud from DAYSEAL_BLOB_ENDPOINT.
    """
    told = settings.azure or AzureSettings(blob_endpoint=optional_environment("DAYSEAL_BLOB_ENDPOINT"))
    return Access(
        endpoint=told.endpoint,
        logs_endpoint=told.logs_endpoint,
        blob_endpoint=told.blob_endpoint,
        open_credentials=azure_credentials(settings),
    )


def azure_credentials(settings: Settings) -> OrdinaryCredentials:
    """Say which credentials this process has in Azure; nothing is asked yet."""
    told = settings.azure or AzureSettings()
    return OrdinaryCredentials(told.client_id, told.tenants)


def split_az(path: str) -> tuple[str, str, str]:
    """Give account, container and prefix of an `az://account/container/prefix/` path."""
    account, _, rest = path.removeprefix(AZ_SCHEME).partition("/")
    container, _, prefix = rest.partition("/")
    return account, container, prefix


def az_place(path: str) -> ArchivePlace:
    """Give the archive an `az://account/container/prefix/` path names, or all containers of `az://account/`.

    Raises:
        UsageError: no account or container has such a name.
    """
    try:
        return ArchivePlace(*split_az(path))
    except FormatError as exc:
        raise UsageError(f"archive {path}: {exc}") from exc
