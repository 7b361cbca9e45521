"""What a refusal by Azure means: the vendor's exceptions and error bodies end here."""

import re
from typing import Final

import msgspec
from azure.core.exceptions import AzureError, ClientAuthenticationError, DecodeError, HttpResponseError

from dayseal.clouds.azure.permissions import permission_of
from dayseal.errors import AccessError
from dayseal.model.route import Call, Missing, Reason

_UNKNOWN_TOKEN: Final = 401
_DENIED: Final = 403
_NOT_FOUND: Final = frozenset({404, 410})
_TOO_MANY: Final = 429
_TIMEOUT: Final = 408
_SERVER: Final = 500
# Codes of a rate that is too high, under whatever status they come.
_RATES: Final = frozenset({"TooManyRequests", "SubscriptionRequestsThrottled", "RateLimiting", "ServerBusy"})
_CREDENTIALS: Final = "credentials that Entra accepts in this directory: az login, or a managed identity"
_WORD: Final = re.compile(r"[A-Za-z0-9_.-]{1,80}\Z", re.ASCII)
# A subscription or directory that cannot be found says nothing of what lies in it: it may only be hidden.
_GONE: Final = re.compile(r"(?!Subscription|Tenant|InvalidSubscription)[A-Za-z]*NotFound\Z", re.ASCII)


class RefusedError(AccessError):
    """Something before the call itself was refused, such as the credentials; `missing` is what to say of every fact."""

    def __init__(self, missing: Missing) -> None:
        super().__init__(missing.text, hint=hint_of(missing))
        self.missing = missing


def missing_of_status(status: int, word: str, call: Call) -> Missing:
    """Say why an HTTP answer is none; `word` is Azure's error code, the message may name people and is left out."""
    detail = word or f"HTTP {status}"
    if word in _RATES or status == _TOO_MANY:
        return Missing(Reason.THROTTLED, call, detail)
    if status == _UNKNOWN_TOKEN:
        return Missing(Reason.DENIED, call, detail, _CREDENTIALS)
    if status == _DENIED:
        return Missing(Reason.DENIED, call, detail, permission_of(call))
    if status in _NOT_FOUND:
        return Missing(Reason.NOT_FOUND, call, detail)
    late = status == _TIMEOUT or status >= _SERVER
    return Missing(Reason.TIMED_OUT if late else Reason.CONTRADICTORY, call, detail)


def missing_of(exc: AzureError, call: Call) -> Missing:
    """Say why a call by the SDK, or before any answer, failed."""
    if isinstance(exc, HttpResponseError) and exc.status_code:
        code = getattr(exc, "error_code", "") or getattr(exc.error, "code", "")
        word = str(getattr(code, "value", code) or "")  # Blob storage's client has a type for its codes
        return missing_of_status(exc.status_code, word if _WORD.match(word) else "", call)
    if isinstance(exc, ClientAuthenticationError):
        return Missing(Reason.DENIED, call, type(exc).__name__, _CREDENTIALS)
    if isinstance(exc, DecodeError) and not type(exc).__name__.startswith("Incomplete"):
        return Missing(Reason.CONTRADICTORY, call, "the answer is no JSON")
    return Missing(Reason.TIMED_OUT, call, type(exc).__name__)


def says_gone(missing: Missing) -> bool:
    """Say whether Azure itself says that the resource does not exist, and not that its subscription is unknown."""
    return missing.reason is Reason.NOT_FOUND and _GONE.match(missing.detail) is not None


def access_error(missing: Missing) -> AccessError:
    """Give the error to raise at a port for a call that was refused."""
    return AccessError(missing.text, hint=hint_of(missing))


def hint_of(missing: Missing) -> str:
    """Give the advice a miss carries."""
    return f"grant {missing.permission}" if missing.permission else ""


def word_of_body(body: bytes) -> str:
    """Give the error code of an error body, wrapped in `error` or not; `""` where it has none."""
    try:
        found = msgspec.json.decode(body)
        word = str((found.get("error") or found)["code"])
    except (msgspec.DecodeError, UnicodeDecodeError, KeyError, TypeError, AttributeError):
        return ""
    return word if _WORD.match(word) else ""
