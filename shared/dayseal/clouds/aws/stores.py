"""A ledger's bucket on S3, opened for obstore with boto3's credentials."""

import datetime as dt
from typing import Final

import boto3
from obstore.auth.boto3 import Boto3CredentialProvider
from obstore.store import S3Store

from dayseal.clouds.aws.session import Access
from dayseal.clouds.aws.versions import S3Listing
from dayseal.errors import AccessError

# Botocore gives out what lasts ten minutes more, at worst: obstore must not keep it longer.
_KEEP: Final = dt.timedelta(minutes=9)


def enter_bucket(access: Access, bucket: str, prefix: str = "") -> tuple[S3Store, S3Listing]:
    """Open a bucket for objects and for listings with the access's own credentials; nothing is asked yet.

    An endpoint that the access or the environment sets instead of AWS's own serves both.

    Raises:
        AccessError: there are no credentials.
    """
    session = access.open_session()
    region = session.region_name or access.region
    client = session.client("s3", region_name=region, endpoint_url=access.endpoint, config=access.config)
    url: str = client.meta.endpoint_url
    endpoint = None if ".amazonaws.com" in url else url
    located = boto3.Session(region_name=region) if session.region_name is None else session
    return open_bucket(located, bucket, prefix, endpoint=endpoint), S3Listing(client, bucket, prefix)


def open_bucket(session: boto3.Session, bucket: str, prefix: str = "", *, endpoint: str | None = None) -> S3Store:
    """Open the bucket below `prefix` with the session's credentials and region; nothing is asked yet.

    Every write carries its SHA-256, which object lock demands. Nothing is retried: `clouds.objects` does.
    `endpoint` is for stores that speak S3 elsewhere, or a VPC endpoint.

    Raises:
        AccessError: the session has no credentials.
    """
    try:
        credentials = Boto3CredentialProvider(session, ttl=_KEEP)
    except ValueError as exc:
        raise AccessError(f"s3://{bucket}/{prefix}: no AWS credentials found", hint="set a profile or a role") from exc
    config: dict[str, str] = {"checksum_algorithm": "SHA256"}
    if endpoint:
        config["endpoint"] = endpoint
    return S3Store(
        bucket,
        prefix=prefix or None,
        config=config,  # type: ignore[arg-type]  # the TypedDict that it is cannot be imported at run time
        client_options={
            "allow_http": bool(endpoint and endpoint.startswith("http://")),
            "connect_timeout": "5s",
            "timeout": "120s",
        },
        retry_config={"max_retries": 0},
        credential_provider=credentials,
    )
