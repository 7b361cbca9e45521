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

NOBODY = AnonymousCredentials()
BUCKET = open_gcs(NOBODY, "bucket", endpoint="http://127.0.0.1:9")


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
    ("kind", "said", "dialect", "answer"),
    [
        (AlreadyExistsError, "412 PreconditionFailed", S3, Answer.EXISTS),
        (AlreadyExistsError, "409", S3, Answer.REFUSED),
        (AlreadyExistsError, "409 ConditionalRequestConflict", S3, Answer.BUSY),
        (AlreadyExistsError, "409 BlobAlreadyExists", AZURE, Answer.EXISTS),
        (AlreadyExistsError, "409 BlobAlreadyExists", S3, Answer.REFUSED),
        (PreconditionError, "404 NoSuchBucket", S3, Answer.REFUSED),
        (FileNotFoundError, "404 NoSuchKey", S3, Answer.MISSING),
        (FileNotFoundError, "404 NoSuchKey", AZURE, Answer.REFUSED),
        (GenericError, "301 PermanentRedirect", S3, Answer.REFUSED),
        (GenericError, "408 RequestTimeout", S3, Answer.UNCLEAR),
        (GenericError, "500 InternalError", S3, Answer.UNCLEAR),
        (GenericError, "503 SlowDown", S3, Answer.BUSY),
        (GenericError, "503 ServerBusy", AZURE, Answer.BUSY),
    ],
)
def test_an_answer_means_what_its_status_and_code_say(
    kind: type[BaseError | FileNotFoundError], said: str, dialect: Dialect, answer: Answer
) -> None:
    """The vendors' answers arrive in few exceptions, with status and code in the text only."""
    status, _, code = said.partition(" ")
    text = f"Error performing PUT http://127.0.0.1/b - Server returned status code: {status}: <Code>{code}</Code>"
    assert read_refusal(kind(text), dialect) == Refusal(answer, said)


@pytest.mark.parametrize(
    ("exc", "expected"),
    [
        (AlreadyExistsError("new wording"), Refusal(Answer.EXISTS, "no answer")),
        (PreconditionError("new wording"), Refusal(Answer.STALE, "no answer")),
        (FileNotFoundError("new wording"), Refusal(Answer.REFUSED, "no answer")),
        (PermissionDeniedError("new wording"), Refusal(Answer.REFUSED, "no answer")),
        (UnauthenticatedError("RuntimeError: no token"), Refusal(Answer.REFUSED, "no credentials")),
        (GenericError("HTTP error: operation timed out"), Refusal(Answer.UNCLEAR, "no answer")),
    ],
)
def test_an_exception_without_a_status_makes_the_caller_look_again(
    exc: BaseError | FileNotFoundError, expected: Refusal
) -> None:
    """A new wording must never turn into an absence."""
    assert read_refusal(exc, S3) == expected


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
