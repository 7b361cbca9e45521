"""What a bucket answered, from what obstore makes of it.

obstore turns answers into few exceptions (every 409 is "already exists", whatever its reason) and keeps
status and error code in the text only. They are read from there; where they are missing, the answer is
the one that makes the caller look again.
"""

import dataclasses
import enum
import re
from typing import Final

from obstore.exceptions import (
    AlreadyExistsError,
    BaseError,
    PermissionDeniedError,
    PreconditionError,
    UnauthenticatedError,
)

from dayseal.clouds.objects.dialect import Dialect

_STATUS: Final = re.compile(r"status code: ([1-5][0-9]{2})\b", re.ASCII)
_CODE: Final = re.compile(r"<Code>([A-Za-z0-9]{1,64})</Code>", re.ASCII)
_CONFLICT: Final = 409
_TOO_MANY: Final = 429
_TIMED_OUT: Final = 408
_SERVER: Final = 500


class Answer(enum.Enum):
    """What an answer means for whoever asked."""

    MISSING = "no such object"
    EXISTS = "something is there already"
    STALE = "another version is there"
    BUSY = "nothing was done, try again"
    REFUSED = "denied, or makes no sense to the store"
    UNCLEAR = "no answer, or one that does not say whether the write happened"


@dataclasses.dataclass(frozen=True, slots=True)
class Refusal:
    """An answer and its words for people: status and error code, never an address or a request id."""

    answer: Answer
    words: str


def read_refusal(exc: BaseError | FileNotFoundError, dialect: Dialect) -> Refusal:
    """Say what an exception of obstore means."""
    text = str(exc)
    found = _STATUS.search(text)
    status = int(found[1]) if found else None
    code = match[1] if (match := _CODE.search(text)) else ""
    silence = "no credentials" if isinstance(exc, UnauthenticatedError) else "no answer"
    words = " ".join(part for part in (found[1] if found else silence, code) if part)
    return Refusal(_meaning(exc, status, code, dialect), words)


def _meaning(exc: BaseError | FileNotFoundError, status: int | None, code: str, dialect: Dialect) -> Answer:
    if code in dialect.busy or status == _TOO_MANY:
        return Answer.BUSY
    if isinstance(exc, FileNotFoundError):  # a 404 about the bucket, or by somebody in between, is no absence
        return Answer.MISSING if code in dialect.missing else Answer.REFUSED
    if isinstance(exc, AlreadyExistsError):
        return Answer.EXISTS if status != _CONFLICT or code in dialect.exists else Answer.REFUSED
    if isinstance(exc, PreconditionError):  # obstore says so too when an S3 object or bucket is missing (404)
        return Answer.STALE if code != "NoSuchBucket" else Answer.REFUSED
    if isinstance(exc, PermissionDeniedError | UnauthenticatedError):
        return Answer.REFUSED
    if status is None or status == _TIMED_OUT or status >= _SERVER:
        return Answer.UNCLEAR
    return Answer.REFUSED
