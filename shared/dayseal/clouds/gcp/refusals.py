"""What a refusal by Google means: the vendor's exceptions and error bodies end here."""

import re
from collections.abc import Mapping
from typing import Final

import msgspec
from google.api_core.exceptions import GoogleAPICallError, GoogleAPIError, RetryError
from google.auth.exceptions import DefaultCredentialsError, GoogleAuthError, TransportError
from requests import RequestException
from requests.exceptions import InvalidJSONError

from dayseal.clouds.gcp.permissions import permission_of
from dayseal.errors import AccessError
from dayseal.model.route import Call, Missing, Reason

_DENIED: Final = frozenset({401, 403})
_NOT_FOUND: Final = frozenset({404, 410})
_TOO_MANY: Final = 429
_TIMEOUT: Final = 408
_SERVER: Final = 500
# Cloud Storage and Monitoring say 403 of a rate that is too high, each in its own words.
_RATES: Final = frozenset(
    {"rateLimitExceeded", "userRateLimitExceeded", "quotaExceeded", "RATE_LIMIT_EXCEEDED", "RESOURCE_EXHAUSTED"}
)
_OFF: Final = frozenset({"SERVICE_DISABLED", "accessNotConfigured"})
_WORD: Final = re.compile(r"[A-Za-z0-9_.-]{1,80}\Z", re.ASCII)

Refusal = GoogleAPIError | GoogleAuthError | RequestException


class RefusedError(AccessError):
    """Something before the call itself was refused, such as the credentials; `missing` is what to say of every fact."""

    def __init__(self, missing: Missing) -> None:
        super().__init__(missing.text, hint=hint_of(missing))
        self.missing = missing


def missing_of_status(status: int, word: str, call: Call) -> Missing:
    """Say why an HTTP answer is none; `word` is the provider's reason, the message may name people and is left out."""
    detail = word or f"HTTP {status}"
    if word in _RATES or status == _TOO_MANY:
        return Missing(Reason.THROTTLED, call, detail)
    if status in _DENIED:
        off = f"serviceusage.services.enable, to switch on {call.service}.googleapis.com"
        return Missing(Reason.DENIED, call, detail, off if word in _OFF else permission_of(call))
    if status in _NOT_FOUND:
        return Missing(Reason.NOT_FOUND, call, detail)
    late = status == _TIMEOUT or status >= _SERVER
    return Missing(Reason.TIMED_OUT if late else Reason.CONTRADICTORY, call, detail)


def missing_of(exc: Refusal, call: Call) -> Missing:
    """Say why a call by the SDK, or before any answer, failed."""
    if isinstance(exc, RetryError):
        return missing_of(exc.cause, call) if isinstance(exc.cause, GoogleAPICallError) else _late(exc, call)
    if isinstance(exc, GoogleAPICallError):
        found = exc.code if isinstance(exc.code, int) else getattr(exc.code, "value", None)
        return missing_of_status(found or _SERVER, _word_of_sdk(exc), call)
    if isinstance(exc, TransportError | RequestException) and not isinstance(exc, InvalidJSONError):
        return _late(exc, call)
    if isinstance(exc, DefaultCredentialsError):
        return Missing(Reason.DENIED, call, "no credentials", "credentials: gcloud auth application-default login")
    if isinstance(exc, GoogleAuthError):
        return Missing(Reason.DENIED, call, type(exc).__name__, "credentials that are still valid")
    return Missing(Reason.CONTRADICTORY, call, type(exc).__name__)


def access_error(missing: Missing) -> AccessError:
    """Give the error to raise at a port for a call that was refused."""
    return AccessError(missing.text, hint=hint_of(missing))


def hint_of(missing: Missing) -> str:
    """Give the advice a miss carries."""
    return f"grant {missing.permission}" if missing.permission else ""


def word_of_body(body: bytes) -> str:
    """Give the machine-readable reason of an error body, `""` where it has none."""
    try:
        error = msgspec.json.decode(body)["error"]
        details = [item for item in error.get("details", ()) if "reason" in item]
        plain = [item for item in error.get("errors", ()) if "reason" in item]
        word = str((details or plain or [{"reason": error.get("status", "")}])[0]["reason"])
    except (msgspec.DecodeError, UnicodeDecodeError, KeyError, TypeError, AttributeError):
        return ""
    return word if _WORD.match(word) else ""


def _word_of_sdk(exc: GoogleAPICallError) -> str:
    errors = [item for item in exc.errors if isinstance(item, Mapping) and "reason" in item]
    grpc = getattr(exc, "grpc_status_code", None)
    word = str(exc.reason or (errors[0]["reason"] if errors else "") or (grpc.name if grpc is not None else ""))
    return word if _WORD.match(word) else ""


def _late(exc: BaseException, call: Call) -> Missing:
    return Missing(Reason.TIMED_OUT, call, type(exc).__name__)
