"""A ledger's bucket on Cloud Storage, opened for obstore with google-auth's credentials."""

from google.auth.credentials import Credentials
from obstore.auth.google import GoogleCredentialProvider
from obstore.store import GCSStore


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
