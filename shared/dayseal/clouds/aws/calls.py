"""Calling AWS so that an answer is an answer, and everything else a named miss."""

import dataclasses
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final, TypeVar

from botocore import xform_name
from botocore.exceptions import BotoCoreError, ClientError

from dayseal.clouds.aws.places import Place
from dayseal.clouds.aws.refusals import RefusedError, code_of, missing_of
from dayseal.clouds.aws.session import Sessions
from dayseal.errors import FormatError
from dayseal.model.route import Answer, Call, Known, Missing, Reason

T = TypeVar("T")
Json = Mapping[str, Any]
_NOTHING: Final[Mapping[str, Any]] = MappingProxyType({})
# How an answer names the next page, and how the next request must.
_TOKENS: Final = (
    ("nextToken", "nextToken"),
    ("NextToken", "NextToken"),
    ("NextContinuationToken", "ContinuationToken"),
)
_MAX_PAGES: Final = 1_000


@dataclasses.dataclass(frozen=True, slots=True)
class Listed:
    """What a listing gave before it ended, and why it ended early (None: it is complete)."""

    items: tuple[Any, ...]
    call: Call
    ended: Missing | None

    def answer(self, read: Callable[[tuple[Any, ...]], T]) -> Answer[T]:
        """Give a complete listing as a value; one that ended early is no value."""
        if self.ended is not None:
            return self.ended
        return read_answer(lambda: read(self.items), self.call)


class Calls:
    """Makes API calls through `sessions`; `heard` is told of each request before it is made.

    Nothing here raises for what AWS says: a refusal becomes `Missing`, under the call it belongs to.
    """

    def __init__(self, sessions: Sessions, heard: Callable[[Call], None] = lambda _: None) -> None:
        self.sessions = sessions
        self._heard = heard

    def ask(
        self,
        place: Place,
        call: Call,
        read: Callable[[Json], T],
        *,
        absent: Mapping[str, T] = _NOTHING,
        **arguments: object,
    ) -> Answer[T]:
        """Make one call and read its answer; `absent` gives the values that certain error codes stand for."""
        try:
            found = self._request(place, call, arguments)
            return read_answer(lambda: read(found), call)  # a body may still break off
        except RefusedError as exc:
            return exc.missing
        except (ClientError, BotoCoreError) as exc:
            code = code_of(exc)
            return Known(absent[code], call) if code in absent else missing_of(exc, call)

    def list(self, place: Place, call: Call, key: str, *, max_pages: int = _MAX_PAGES, **arguments: object) -> Listed:
        """Make one call page after page and give what stands under `key`, in AWS's order."""
        pages = self.pages(place, call, max_pages=max_pages, **arguments)
        return Listed(tuple(item for page in pages.items for item in page.get(key) or ()), call, pages.ended)

    def pages(self, place: Place, call: Call, *, max_pages: int = _MAX_PAGES, **arguments: object) -> Listed:
        """Make one call page after page and give the pages; one that has more than `max_pages` ended early."""
        pages: list[Json] = []
        while len(pages) < max_pages:
            try:
                page = self._request(place, call, arguments)
            except RefusedError as exc:
                return Listed(tuple(pages), call, exc.missing)
            except (ClientError, BotoCoreError) as exc:
                return Listed(tuple(pages), call, missing_of(exc, call))
            pages.append(page)
            more = next(((asks, page[says]) for says, asks in _TOKENS if page.get(says)), None)
            if more is None:
                return Listed(tuple(pages), call, None)
            arguments = {**arguments, more[0]: more[1]}
        return Listed(tuple(pages), call, Missing(Reason.CONTRADICTORY, call, f"more than {max_pages} pages"))

    def _request(self, place: Place, call: Call, arguments: Mapping[str, object]) -> Json:
        client = self.sessions.client(call.service, place)
        self._heard(call)
        answer: Json = getattr(client, xform_name(call.operation))(**arguments)
        return answer


def read_answer(read: Callable[[], T], call: Call) -> Answer[T]:
    """Give what `read` makes of an answer; one without what its service promises is a contradiction."""
    try:
        return Known(read(), call)
    except (KeyError, IndexError, TypeError, ValueError, FormatError) as exc:
        return Missing(Reason.CONTRADICTORY, call, f"the answer cannot be read: {type(exc).__name__} {exc}"[:200])
