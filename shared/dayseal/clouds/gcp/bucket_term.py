"""The retention policy of a ledger's bucket: read, and made longer."""

import datetime as dt
from typing import Final

from google.api_core.exceptions import GoogleAPIError
from google.auth.credentials import Credentials
from google.auth.exceptions import GoogleAuthError
from google.cloud.storage import Bucket, Client
from requests.exceptions import RequestException

from dayseal.checks.term_extension import BucketTerm
from dayseal.errors import AccessError

_NO_PROJECT: Final = "none"  # no call here names a project; without one the client would look for it


class GcsTerm:
    """The retention policy of one bucket; needs `storage.buckets.get` and `storage.buckets.update` on it."""

    def __init__(self, credentials: Credentials, bucket: str) -> None:
        self._client = Client(project=_NO_PROJECT, credentials=credentials)
        self._name = bucket

    def read(self) -> BucketTerm:
        """Give the policy as it is now.

        Raises:
            AccessError: denied, or no answer.
        """
        found = self._bucket()
        period = found.retention_period
        term = None if period is None else dt.timedelta(seconds=int(period))
        if found.time_created is None:
            raise AccessError(f"gs://{self._name}: Cloud Storage does not say when it was made")
        return BucketTerm(term, bool(found.retention_policy_locked), found.time_created)

    def extend(self, term: dt.timedelta) -> None:
        """Make the term that long, unless somebody changed the bucket meanwhile; a locked one cannot get shorter.

        Raises:
            AccessError: denied, no answer, or the bucket was changed.
        """
        bucket = self._bucket()
        bucket.retention_period = int(term.total_seconds())
        try:
            bucket.patch(if_metageneration_match=bucket.metageneration)
        except (GoogleAPIError, GoogleAuthError, RequestException) as exc:
            raise self._refused(exc, "storage.buckets.update") from exc

    def _bucket(self) -> Bucket:
        try:
            return self._client.get_bucket(self._name)
        except (GoogleAPIError, GoogleAuthError, RequestException) as exc:
            raise self._refused(exc, "storage.buckets.get") from exc

    def _refused(self, exc: Exception, permission: str) -> AccessError:
        code = getattr(exc, "code", None) or type(exc).__name__
        return AccessError(f"gs://{self._name}: {code} from Cloud Storage", hint=f"grant {permission}")
