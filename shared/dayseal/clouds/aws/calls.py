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
_TOKENS: Final = ("nextToken", "NextToken")
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
        except RefusedError as exc:
            return exc.missing
        except (ClientError, BotoCoreError) as exc:
            code = code_of(exc)
            return Known(absent[code], call) if code in absent else missing_of(exc, call)
        return read_answer(lambda: read(found), call)

    def list(self, place: Place, call: Call, key: str, **arguments: object) -> Listed:
        """Make one call page after page and give what stands under `key`, in AWS's order."""
        items: list[Any] = []
        ended: Missing | None = None
        for _ in range(_MAX_PAGES):
            try:
                page = self._request(place, call, arguments)
                items += page.get(key) or ()
            except RefusedError as exc:
                ended = exc.missing
                break
            except (ClientError, BotoCoreError) as exc:
                ended = missing_of(exc, call)
                break
            name = next((token for token in _TOKENS if page.get(token)), None)
            if name is None:
                break
            arguments = {**arguments, name: page[name]}
        else:
            ended = Missing(Reason.CONTRADICTORY, call, f"more than {_MAX_PAGES} pages")
        return Listed(tuple(items), call, ended)

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
