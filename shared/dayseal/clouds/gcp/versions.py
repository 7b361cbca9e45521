"""What a Cloud Storage bucket really holds: keys as they are, and every generation."""

import itertools
from collections.abc import Iterator
from typing import Final

from google.api_core.exceptions import GoogleAPIError
from google.auth.exceptions import GoogleAuthError
from google.cloud.storage import Blob, Client
from google.cloud.storage.retry import DEFAULT_RETRY
from requests.exceptions import RequestException

from dayseal.errors import AccessError
from dayseal.model import ObjectVersion

_PATIENCE_S: Final = 30.0


class GcsListing:
    """Port `VersionLister`, and plain keys, of what lies in `bucket` below `prefix`; keys are relative to it.

    A deleted object has no generation that says so: a nameless marker stands for it. Objects in soft
    delete are not shown.
    """

    def __init__(self, client: Client, bucket: str, prefix: str = "") -> None:
        self._client = client
        self._bucket = bucket
        self._root = f"{prefix.strip('/')}/" if prefix.strip("/") else ""

    def keys(self, prefix: str) -> Iterator[str]:
        """Give every key that starts with `prefix`, in UTF-8 order."""
        for blob in self._blobs(prefix, "items(name),nextPageToken", versions=False):
            yield blob.name.removeprefix(self._root)

    def versions(self, prefix: str) -> Iterator[ObjectVersion]:
        """Give every generation; see the port."""
        found = self._blobs(prefix, "items(name,generation,size,timeDeleted),nextPageToken", versions=True)
        for name, group in itertools.groupby(found, key=lambda blob: blob.name):
            key = name.removeprefix(self._root)
            blobs = sorted(group, key=lambda blob: blob.generation)
            for blob in blobs:
                live = blob.time_deleted is None
                yield ObjectVersion(key, str(blob.generation), blob.size, marker=False, latest=live)
            if blobs[-1].time_deleted is not None:
                yield ObjectVersion(key, "", 0, marker=True, latest=True)

    def _blobs(self, prefix: str, fields: str, *, versions: bool) -> Iterator[Blob]:
        try:
            yield from self._client.list_blobs(
                self._client.bucket(self._bucket),
                prefix=self._root + prefix,
                versions=versions,
                fields=fields,
                retry=DEFAULT_RETRY.with_delay(initial=0.25).with_timeout(_PATIENCE_S),
            )
        except (GoogleAPIError, GoogleAuthError, RequestException) as exc:
            where = f"gs://{self._bucket}/{self._root}{prefix}"
            code = getattr(exc, "code", None) or type(exc).__name__
            raise AccessError(f"cannot list {where}: {code}", hint="grant storage.objects.list") from exc
