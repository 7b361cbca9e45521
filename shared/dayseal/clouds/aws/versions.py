"""What an S3 bucket really holds: keys as they are, versions and delete markers."""

import contextlib
import datetime as dt
import itertools
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from botocore.client import BaseClient
from botocore.exceptions import BotoCoreError, ClientError

from dayseal.errors import AccessError
from dayseal.model import ObjectVersion


class _Row(NamedTuple):
    key: str
    version: str
    size: int
    marker: bool
    latest: bool
    at: dt.datetime


_GRANTS: Final = {"list_objects_v2": "s3:ListBucket", "list_object_versions": "s3:ListBucketVersions"}


class S3Listing:
    """Port `VersionLister`, and plain keys, of what lies in `bucket` below `prefix`; keys are relative to it.

    `client` is a boto3 client of S3.
    """

    def __init__(self, client: BaseClient, bucket: str, prefix: str = "") -> None:
        self._client = client
        self._bucket = bucket
        self._root = f"{prefix.strip('/')}/" if prefix.strip("/") else ""

    def keys(self, prefix: str) -> Iterator[str]:
        """Give every key that starts with `prefix`, in UTF-8 order."""
        for page in self._pages("list_objects_v2", prefix):
            for item in page.get("Contents", ()):
                yield item["Key"].removeprefix(self._root)

    def versions(self, prefix: str) -> Iterator[ObjectVersion]:
        """Give every version; see the port.

        S3 dates versions to the second and lists delete markers apart: within one second a marker
        stands after the versions, unless it is known not to be the latest.
        """
        for _, rows in itertools.groupby(self._rows(prefix), key=lambda row: row.key):
            found = list(rows)
            found.reverse()  # S3 gives the newest first; sorting is stable, so what has one time keeps this order
            for row in sorted(found, key=lambda row: (row.latest, row.at, row.marker)):
                yield ObjectVersion(row.key, row.version, row.size, marker=row.marker, latest=row.latest)

    def _rows(self, prefix: str) -> Iterator[_Row]:
        for page in self._pages("list_object_versions", prefix):
            rows = [
                _Row(
                    item["Key"].removeprefix(self._root),
                    item["VersionId"],
                    item.get("Size", 0),
                    marker,
                    item["IsLatest"],
                    item["LastModified"],
                )
                for part, marker in (("Versions", False), ("DeleteMarkers", True))
                for item in page.get(part, ())
            ]
            yield from sorted(rows, key=lambda row: row.key)

    def _pages(self, operation: str, prefix: str) -> Iterator[dict[str, list[dict[str, Any]]]]:
        where = f"s3://{self._bucket}/{self._root}{prefix}"
        pages = self._client.get_paginator(operation).paginate(Bucket=self._bucket, Prefix=self._root + prefix)
        with _access(where, _GRANTS[operation]):
            yield from pages


@contextlib.contextmanager
def _access(where: str, grant: str) -> Iterator[None]:
    try:
        yield
    except ClientError as exc:
        code = exc.response.get("Error", {}).get("Code", "")
        raise AccessError(f"cannot list {where}: {code}", hint=f"grant {grant}") from exc
    except BotoCoreError as exc:
        raise AccessError(f"cannot list {where}: {type(exc).__name__}") from exc
