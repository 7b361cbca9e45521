"""What a refusal by AWS means: the vendor's exceptions end here."""

from typing import Final, TypeAlias

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    EndpointConnectionError,
    HTTPClientError,
    IncompleteReadError,
    NoCredentialsError,
    PartialCredentialsError,
)

from dayseal.clouds.aws.permissions import permission_of
from dayseal.errors import AccessError
from dayseal.model.route import Call, Missing, Reason

_DENIED: Final = frozenset(
    {"AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "AuthorizationError", "Forbidden", "403"}
)
_THROTTLED: Final = frozenset(
    {
        "Throttling",
        "ThrottlingException",
        "ThrottledException",
        "TooManyRequestsException",
        "RequestLimitExceeded",
        "RequestThrottled",
        "RequestThrottledException",
        "BandwidthLimitExceeded",
        "SlowDown",
        "429",
    }
)
# Credentials that work elsewhere, and which a Region that is switched off does not know.
_REGION_OFF: Final = frozenset(
    {"UnrecognizedClientException", "InvalidClientTokenId", "AuthFailure", "OptInRequired", "RegionDisabledException"}
)
_EXPIRED: Final = frozenset({"ExpiredToken", "ExpiredTokenException", "RequestExpired", "RequestTimeTooSkewed"})
_NOT_FOUND: Final = frozenset(
    {"ResourceNotFoundException", "NotFoundException", "NoSuchBucket", "NoSuchEntity", "NoSuchKey", "404"}
)
_SERVER: Final = 500

Refusal: TypeAlias = ClientError | BotoCoreError


class RefusedError(AccessError):
    """Something before the call itself was refused, such as the role; `missing` is what to say of every fact."""

    def __init__(self, missing: Missing) -> None:
        super().__init__(missing.text, hint=f"grant {missing.permission}" if missing.permission else "")
        self.missing = missing


def code_of(exc: Refusal) -> str:
    """Give AWS's error code, or the name of what went wrong before AWS could answer."""
    if isinstance(exc, ClientError):
        return str(exc.response.get("Error", {}).get("Code", "") or "ClientError")
    return type(exc).__name__


def missing_of(exc: Refusal, call: Call) -> Missing:
    """Say why the call has no answer; the error's message may name people and is left out."""
    reason = _reason(exc)
    permission = permission_of(call) if reason is Reason.DENIED else ""
    return Missing(reason, call, code_of(exc), permission)


def access_error(exc: Refusal, call: Call) -> AccessError:
    """Give the error to raise at a port for a call that was refused."""
    missing = missing_of(exc, call)
    return AccessError(missing.text, hint=f"grant {missing.permission}" if missing.permission else "")


def _reason(exc: Refusal) -> Reason:
    code = code_of(exc)
    if isinstance(exc, ClientError):
        status = exc.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        for codes, reason in _REASONS:
            if code in codes:
                return reason
        return Reason.TIMED_OUT if status >= _SERVER else Reason.CONTRADICTORY
    if isinstance(exc, NoCredentialsError | PartialCredentialsError):
        return Reason.DENIED
    unreachable = isinstance(exc, HTTPClientError | EndpointConnectionError | IncompleteReadError)
    return Reason.TIMED_OUT if unreachable else Reason.CONTRADICTORY


_REASONS: Final = (
    (_DENIED, Reason.DENIED),
    (_THROTTLED, Reason.THROTTLED),
    (_REGION_OFF, Reason.DISABLED_REGION),
    (_EXPIRED, Reason.TIMED_OUT),  # the session's time is over; a permission would not help
    (_NOT_FOUND, Reason.NOT_FOUND),
)
