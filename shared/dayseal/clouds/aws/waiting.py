"""How long submissions have been lying in the inbox's bucket."""

import datetime as dt
from collections.abc import Collection

from botocore.client import BaseClient
from botocore.exceptions import BotoCoreError, ClientError

from dayseal.clouds.aws.refusals import access_error
from dayseal.clouds.aws.session import Access
from dayseal.model.route import Call


class S3Inbox:
    """The inbox in `bucket` below `prefix`; `client` is a boto3 client of S3."""

    def __init__(self, client: BaseClient, bucket: str, prefix: str = "") -> None:
        self._client = client
        self._bucket = bucket
        self._root = f"{prefix.strip('/')}/" if prefix.strip("/") else ""

    @classmethod
    def enter(cls, access: Access, bucket: str, prefix: str = "") -> "S3Inbox":
        """Look with the access's own credentials; nothing is asked yet."""
        return cls(access.open_client("s3"), bucket, prefix)

    def oldest(self, keys: Collection[str]) -> dt.datetime | None:
        """Give when the oldest of some objects was stored; None when there are none of them any more.

        Raises:
            AccessError: the listing was refused.
        """
        wanted = {self._root + key for key in keys}
        if not wanted:
            return None
        where = f"{self._root}inbox/"
        pages = self._client.get_paginator("list_objects_v2").paginate(Bucket=self._bucket, Prefix=where)
        try:
            items = (item for page in pages for item in page.get("Contents") or ())
            return min((item["LastModified"] for item in items if item["Key"] in wanted), default=None)
        except (ClientError, BotoCoreError) as exc:
            raise access_error(exc, Call("s3", "ListObjectsV2", f"s3://{self._bucket}/{where}")) from exc
