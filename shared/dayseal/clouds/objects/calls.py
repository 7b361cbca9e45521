"""Calling a bucket: the one retry policy, and obstore's exceptions turned into ours.

A read is tried again whatever went wrong on the way. A write is tried again only after an answer that
promises that nothing was done; no answer at all is an `UnclearError`, for the ledger to settle by looking.
That is why obstore's own retries must be off: they would send a write twice and show the second answer.
"""

from collections.abc import Callable
from typing import Final, TypeAlias, TypeVar

from obstore.exceptions import BaseError
from obstore.store import AzureStore, GCSStore, S3Store

from dayseal.clouds.objects.answers import Answer, Refusal, read_refusal
from dayseal.clouds.objects.dialect import Dialect
from dayseal.errors import AccessError, ExistsError, NotFoundError, StaleError, UnclearError, UsageError

Bucket: TypeAlias = S3Store | GCSStore | AzureStore

_T = TypeVar("_T")
_WAITS_S: Final = (0.25, 0.5, 1.0, 2.0)  # GCS takes one write a second to one object


class Calls:
    """Makes calls to one bucket; `wait` sleeps for so many seconds."""

    def __init__(self, bucket: Bucket, dialect: Dialect, wait: Callable[[float], None]) -> None:
        retry = bucket.retry_config or {}
        if retry.get("max_retries") != 0:
            raise UsageError(
                f"{dialect.name} bucket: retries by itself, no hidden retries promised",
                hint="open it with retry_config={'max_retries': 0}",
            )
        self._dialect = dialect
        self._wait = wait

    def read(self, what: str, call: Callable[[], _T]) -> _T:
        """Make a call that changes nothing.

        Raises:
            NotFoundError: there is no such object.
            AccessError: denied, or no answer in five attempts.
        """
        try:
            return self._patiently(call, (Answer.BUSY, Answer.UNCLEAR))
        except _RefusedError as exc:
            if exc.refusal.answer is Answer.MISSING:
                raise NotFoundError(f"{what}: no such object") from exc
            raise self._access(what, exc.refusal) from exc

    def write(self, what: str, call: Callable[[], object]) -> None:
        """Make a call that may change something.

        Raises:
            ExistsError: something is there already.
            StaleError: another version is there, or none.
            UnclearError: no answer, or the store stayed busy.
            AccessError: denied.
        """
        try:
            self._patiently(call, (Answer.BUSY,))
        except _RefusedError as exc:
            words = exc.refusal.words
            match exc.refusal.answer:
                case Answer.EXISTS:
                    raise ExistsError(f"{what}: exists ({words})") from exc
                case Answer.STALE:
                    raise StaleError(f"{what}: changed since it was read ({words})") from exc
                case Answer.UNCLEAR | Answer.BUSY:
                    raise UnclearError(f"{what}: {words} from {self._dialect.name}") from exc
                case _:
                    raise self._access(what, exc.refusal) from exc

    def _patiently(self, call: Callable[[], _T], again: tuple[Answer, ...]) -> _T:
        waits = iter(_WAITS_S)
        while True:
            try:
                return call()
            except (BaseError, FileNotFoundError) as exc:
                refusal = read_refusal(exc, self._dialect)
                wait_s = next(waits, None)
                if refusal.answer not in again or wait_s is None:
                    raise _RefusedError(refusal) from exc
            self._wait(wait_s)

    def _access(self, what: str, refusal: Refusal) -> AccessError:
        hint = ""
        if refusal.words.startswith("403") and self._dialect.name == "S3":
            hint = "without s3:ListBucket, S3 says 403 of an object that is missing, too"
        return AccessError(f"{what}: {refusal.words} from {self._dialect.name}", hint=hint)


class _RefusedError(Exception):
    """Carries a refusal to the method that knows what it means."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.words)
        self.refusal = refusal
