"""A ledger's bucket on Cloud Storage, opened for obstore with google-auth's credentials."""

from typing import Final

from google.auth.credentials import Credentials
from google.cloud.storage import Client
from obstore.auth.google import GoogleCredentialProvider
from obstore.store import GCSStore

from dayseal.clouds.gcp.versions import GcsListing

_NO_PROJECT: Final = "none"  # no call here names a project; without one the client would look for it


def enter_bucket(credentials: Credentials, bucket: str, prefix: str = "") -> tuple[GCSStore, GcsListing]:
    """Open a bucket for objects and for listings with these credentials; nothing is asked yet.

    An endpoint that the environment sets instead of Google's own (STORAGE_EMULATOR_HOST) serves both.
    """
    client = Client(project=_NO_PROJECT, credentials=credentials)
    url: str = client.api_endpoint
    endpoint = None if ".googleapis.com" in url else url
    return open_bucket(credentials, bucket, prefix, endpoint=endpoint), GcsListing(client, bucket, prefix)


def open_bucket(credentials: Credentials, bucket: str, prefix: str = "", *, endpoint: str | None = None) -> GCSStore:
    """Open the bucket below `prefix` with these credentials; nothing is asked yet.

    Nothing is retried: `clouds.objects` does. `endpoint` is for another host that speaks the XML API.
    """
    return GCSStore(
        bucket,
        prefix=prefix or None,
        config={"base_url": endpoint} if endpoint else {},
        client_options={
            "allow_http": bool(endpoint and endpoint.startswith("http://")),
            "connect_timeout": "5s",
            "timeout": "120s",
        },
        retry_config={"max_retries": 0},
        credential_provider=GoogleCredentialProvider(credentials),
    )
