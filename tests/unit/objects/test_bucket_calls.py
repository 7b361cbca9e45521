"""What obstore's exceptions mean when they say less than usual, and what a bucket store insists on."""

from collections.abc import Callable, Iterator

import boto3
import pytest
from google.auth.credentials import AnonymousCredentials
from obstore.exceptions import (
    AlreadyExistsError,
    BaseError,
    GenericError,
    PermissionDeniedError,
    PreconditionError,
    UnauthenticatedError,
)
from obstore.store import GCSStore

from dayseal.clouds.aws.stores import open_bucket as open_s3
from dayseal.clouds.gcp.stores import open_bucket as open_gcs
from dayseal.clouds.objects.answers import Answer, Refusal, read_refusal
from dayseal.clouds.objects.calls import Calls
from dayseal.clouds.objects.dialect import AZURE, GCS, S3, Dialect
from dayseal.clouds.objects.store import BucketStore
from dayseal.errors import AccessError, UnclearError, UsageError
from dayseal.model import ObjectVersion

BUCKET = open_gcs(AnonymousCredentials(), "bucket", endpoint="http://127.0.0.1:9")
HTTP = "Error performing PUT http://127.0.0.1/b/k in 1ms - Server returned non-2xx status code: {}: <Code>{}</Code>"


class FixedListing:
    """A listing that gives these keys in this order."""

    def __init__(self, *keys: str) -> None:
        self._keys = keys

    def keys(self, prefix: str) -> Iterator[str]:
        """Give the keys under `prefix`."""
        return (key for key in self._keys if key.startswith(prefix))

    def versions(self, prefix: str) -> Iterator[ObjectVersion]:
        """Give one version of each."""
        return (ObjectVersion(key, "1", 0, marker=False, latest=True) for key in self.keys(prefix))


@pytest.mark.parametrize(
    ("exc", "dialect", "expected"),
    [
        (AlreadyExistsError("changed wording"), S3, Refusal(Answer.EXISTS, "no answer")),
        (AlreadyExistsError(HTTP.format(412, "PreconditionFailed")), S3, Refusal(Answer.EXISTS, "412 PreconditionFailed")),
        (AlreadyExistsError(HTTP.format(409, "")), S3, Refusal(Answer.REFUSED, "409")),
        (AlreadyExistsError(HTTP.format(409, "ConditionalRequestConflict")), S3, Refusal(Answer.BUSY, "409 ConditionalRequestConflict")),
        (AlreadyExistsError(HTTP.format(409, "BlobAlreadyExists")), AZURE, Refusal(Answer.EXISTS, "409 BlobAlreadyExists")),
        (AlreadyExistsError(HTTP.format(409, "BlobAlreadyExists")), S3, Refusal(Answer.REFUSED, "409 BlobAlreadyExists")),
        (PreconditionError("changed wording"), GCS, Refusal(Answer.STALE, "no answer")),
        (PreconditionError(HTTP.format(404, "NoSuchBucket")), S3, Refusal(Answer.REFUSED, "404 NoSuchBucket")),
        (FileNotFoundError("changed wording"), S3, Refusal(Answer.REFUSED, "no answer")),
        (FileNotFoundError(HTTP.format(404, "NoSuchKey")), S3, Refusal(Answer.MISSING, "404 NoSuchKey")),
        (FileNotFoundError(HTTP.format(404, "NoSuchKey")), AZURE, Refusal(Answer.REFUSED, "404 NoSuchKey")),
        (PermissionDeniedError("changed wording"), S3, Refusal(Answer.REFUSED, "no answer")),
        (UnauthenticatedError("RuntimeError: no token"), GCS, Refusal(Answer.REFUSED, "no credentials")),
        (GenericError("HTTP error: operation timed out"), S3, Refusal(Answer.UNCLEAR, "no answer")),
        (GenericError(HTTP.format(301, "PermanentRedirect")), S3, Refusal(Answer.REFUSED, "301 PermanentRedirect")),
        (GenericError(HTTP.format(408, "RequestTimeout")), S3, Refusal(Answer.UNCLEAR, "408 RequestTimeout")),
        (GenericError(HTTP.format(500, "InternalError")), S3, Refusal(Answer.UNCLEAR, "500 InternalError")),
        (GenericError(HTTP.format(503, "SlowDown")), S3, Refusal(Answer.BUSY, "503 SlowDown")),
        (GenericError(HTTP.format(503, "ServerBusy")), AZURE, Refusal(Answer.BUSY, "503 ServerBusy")),
    ],
)  # fmt: skip
def test_an_exception_means_what_its_answer_said(
    exc: BaseError | FileNotFoundError, dialect: Dialect, expected: Refusal
) -> None:
    """obstore keeps status and code in its text only, and a new wording must not turn into an absence."""
    assert read_refusal(exc, dialect) == expected


def test_a_bucket_that_retries_by_itself_is_refused() -> None:
    """Its second try after a lost answer finds our own object and reports it as somebody else's."""
    with pytest.raises(UsageError, match="no hidden retries promised"):
        Calls(GCSStore("bucket"), GCS, lambda _: None)


def test_a_listing_out_of_order_is_not_believed() -> None:
    """Readers stop at the first key beyond what they look for."""
    store = BucketStore(BUCKET, GCS, FixedListing("a", "c", "b"))
    with pytest.raises(AccessError, match="'b' after 'c'"):
        list(store.keys(""))


@pytest.mark.parametrize(
    ("call", "error"),
    [
        (lambda store: store.get("a"), AccessError),
        (lambda store: store.create("a", b""), UnclearError),
        (lambda store: store.replace("a", b""), UnclearError),
    ],
)
def test_waits_grow_and_end(call: Callable[[BucketStore], object], error: type[Exception]) -> None:
    """Nobody listens on that port: reads wait 3.75 s in all, writes not at all."""
    waits: list[float] = []
    store = BucketStore(
        open_s3(_session(), "bucket", endpoint="http://127.0.0.1:9"), S3, FixedListing(), wait=waits.append
    )
    with pytest.raises(error, match="no answer from S3"):
        call(store)
    assert waits == ([0.25, 0.5, 1.0, 2.0] if error is AccessError else [])


def test_a_session_without_credentials_is_an_access_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """The vendor says ValueError, which nobody would expect from a missing login."""
    for name in ("AWS_SHARED_CREDENTIALS_FILE", "AWS_CONFIG_FILE"):
        monkeypatch.setenv(name, "no/such/file")
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    with pytest.raises(AccessError, match="no AWS credentials found"):
        open_s3(boto3.Session(region_name="eu-central-1"), "bucket", "ledger")


def _session() -> boto3.Session:
    return boto3.Session(aws_access_key_id="k", aws_secret_access_key="s", region_name="eu-central-1")  # noqa: S106 - nobody's
