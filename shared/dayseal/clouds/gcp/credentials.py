"""The ordinary credentials of this machine on Google Cloud, for what is opened with them and asked later."""

from google.auth.credentials import Credentials
from google.auth.exceptions import GoogleAuthError

from dayseal.clouds.gcp.session import open_ordinary_credentials
from dayseal.errors import AccessError


def open_credentials() -> Credentials:
    """Find application default credentials: a service account's where one is attached, else a person's login.

    Raises:
        AccessError: there are none.
    """
    try:
        return open_ordinary_credentials()
    except (GoogleAuthError, OSError) as exc:
        hint = "gcloud auth application-default login, or run as a service account"
        raise AccessError("no Google Cloud credentials found", hint=hint) from exc
