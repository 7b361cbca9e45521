"""What an Azure container really holds: keys as they are, and every version."""

import itertools
from collections.abc import Iterator

from azure.core.exceptions import AzureError, HttpResponseError
from azure.storage.blob import BlobProperties, ContainerClient

from dayseal.clouds.azure.blobs import UNREADABLE
from dayseal.errors import AccessError
from dayseal.model import ObjectVersion


class AzureListing:
    """Port `VersionLister`, and plain keys, of what lies in a container below `prefix`; keys are relative to it.

    A deleted blob has no version that says so: a nameless marker stands for it. Without versioning
    there is one version of each key, without a name, and nothing of what was deleted.
    """

    def __init__(self, container: ContainerClient, prefix: str = "") -> None:
        self._container = container
        self._root = f"{prefix.strip('/')}/" if prefix.strip("/") else ""

    def keys(self, prefix: str) -> Iterator[str]:
        """Give every key that starts with `prefix`; bytewise, unless the account is a file system."""
        try:
            for name in self._container.list_blob_names(name_starts_with=self._root + prefix):
                yield name.removeprefix(self._root)
        except (AzureError, *UNREADABLE) as exc:
            raise self._refusal(prefix, exc) from exc

    def versions(self, prefix: str) -> Iterator[ObjectVersion]:
        """Give every version; see the port."""
        for name, group in itertools.groupby(self._blobs(prefix), key=lambda blob: blob.name):
            key = name.removeprefix(self._root)
            blobs = sorted(group, key=lambda blob: blob.version_id or "")  # a version is named by its time
            for blob in blobs:
                yield ObjectVersion(key, blob.version_id or "", blob.size, marker=False, latest=_is_live(blob))
            if not any(map(_is_live, blobs)):
                yield ObjectVersion(key, "", 0, marker=True, latest=True)

    def _blobs(self, prefix: str) -> Iterator[BlobProperties]:
        try:
            yield from self._container.list_blobs(name_starts_with=self._root + prefix, include=["versions"])
        except (AzureError, *UNREADABLE) as exc:
            raise self._refusal(prefix, exc) from exc

    def _refusal(self, prefix: str, exc: Exception) -> AccessError:
        where = f"{self._container.account_name}/{self._container.container_name}/{self._root}{prefix}"
        code = exc.status_code if isinstance(exc, HttpResponseError) else None
        return AccessError(f"cannot list {where}: {code or type(exc).__name__}", hint="grant Storage Blob Data Reader")


def _is_live(blob: BlobProperties) -> bool:
    return blob.version_id is None or bool(blob.is_current_version)
