"""Links to S3 objects that work without credentials for a while: presigned GETs."""

from botocore.client import BaseClient
from botocore.exceptions import BotoCoreError

from dayseal.clouds.aws.session import Access
from dayseal.errors import AccessError


class S3Links:
    """Port `LinkMaker` for the objects of `bucket` below `prefix`; `client` is a boto3 client of S3.

    A link works no longer than the credentials it was made with.
    """

    def __init__(self, client: BaseClient, bucket: str, prefix: str = "") -> None:
        self._client = client
        self._bucket = bucket
        self._root = f"{prefix.strip('/')}/" if prefix.strip("/") else ""

    @classmethod
    def enter(cls, access: Access, bucket: str, prefix: str = "") -> "S3Links":
        """Make links with the access's own credentials; nothing is asked yet."""
        return cls(access.open_client("s3"), bucket, prefix)

    def link(self, key: str, *, seconds: int) -> str:
        """Give an address that serves the object; see the port."""
        where = {"Bucket": self._bucket, "Key": self._root + key}
        try:
            return str(self._client.generate_presigned_url("get_object", Params=where, ExpiresIn=seconds))
        except BotoCoreError as exc:
            raise AccessError(f"s3://{self._bucket}/{self._root}{key}: no link ({type(exc).__name__})") from exc
