"""What an API answers, before any cloud makes a response of it: a status, a body, how long it may be kept.

Errors are problem documents. Spec: RFC 9457 (problem+json), RFC 9111 (caching).
"""

import dataclasses
from collections.abc import Sequence
from typing import Final

import msgspec

from dayseal.errors import AccessError, DaysealError, NotFoundError, StoreError, UsageError

JSON: Final = "application/json"
PROBLEM: Final = "application/problem+json"
BYTES: Final = "application/octet-stream"
TEXT: Final = "text/plain; charset=utf-8"

# Nothing here is public, so no shared cache may keep it.
IMMUTABLE: Final = "private, max-age=31536000, immutable"
SHORT: Final = "private, max-age=30"
NEVER: Final = "no-store"

_PROBLEMS: Final = "https://dayseal.dev/problems/"
_MAX_DETAIL: Final = 500
_RETRY_S: Final = 5


@dataclasses.dataclass(frozen=True, slots=True)
class Answer:
    """One answer. `body` is bytes, or one of `documents`, which each cloud writes as JSON."""

    status: int
    body: object
    media_type: str = JSON
    cache: str = NEVER
    more: tuple[tuple[str, str], ...] = ()

    @property
    def encoded(self) -> bytes:
        """The body's bytes."""
        return self.body if isinstance(self.body, bytes) else msgspec.json.encode(self.body)

    @property
    def headers(self) -> dict[str, str]:
        """All headers but Content-Type."""
        return {"Cache-Control": self.cache, "X-Content-Type-Options": "nosniff", **dict(self.more)}


@dataclasses.dataclass(frozen=True, slots=True)
class Problem:
    """An error. `type` names its kind, `title` says it in general, `detail` in this case."""

    type: str
    title: str
    status: int
    detail: str


def problem(status: int, kind: str, title: str, detail: str, *, more: tuple[tuple[str, str], ...] = ()) -> Answer:
    """Give a problem as an answer; `kind` is the last part of its type."""
    said = "".join(c if c.isprintable() else "?" for c in detail)[:_MAX_DETAIL]
    return Answer(status, Problem(_PROBLEMS + kind, title, status, said), PROBLEM, NEVER, more)


def bad_request(detail: str) -> Answer:
    """Say that the request makes no sense."""
    return problem(400, "bad-request", "The request makes no sense", detail)


def refused_fields(errors: Sequence[tuple[str, str]]) -> Answer:
    """Say which parts of a request were refused, and by which rule."""
    said = "; ".join(dict.fromkeys(f"{where}: {why}" for where, why in errors))
    return problem(422, "refused", "Parameters were refused", said)


def problem_of(error: DaysealError) -> Answer:
    """Say what an error means to who asked.

    What the ledger's own bytes refute is our trouble, not a bad request; the text goes out because it names what
    is damaged, and an auditor should see it.
    """
    match error:
        case UsageError():
            return bad_request(str(error))
        case NotFoundError():
            return problem(404, "not-found", "There is no such thing", str(error))
        case AccessError() | StoreError():
            # The words may name buckets and roles: they are for the log.
            said = "the ledger's storage did not answer as promised"
            return problem(503, "storage", "Storage did not answer", said, more=(("Retry-After", str(_RETRY_S)),))
        case _:
            return problem(500, "ledger-damaged", "What the ledger holds does not hold together", str(error))
