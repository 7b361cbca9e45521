"""What comes with a request of a look-up API: hostile until it fits."""

import re
from collections.abc import Mapping
from typing import Annotated, Final

import msgspec

MAX_LIMIT: Final = 200
MAX_CURSOR_CHARS: Final = 1_800
_MAX_SIZE: Final = 2**53 - 1


class RefusedParameterError(Exception):
    """Parameters do not fit; `fields` are their places and the rules that refuse them."""

    def __init__(self, fields: tuple[tuple[str, str], ...]) -> None:
        super().__init__("; ".join(f"{where}: {why}" for where, why in fields))
        self.fields = fields


class EvidenceBody(msgspec.Struct, frozen=True):
    """What evidence is asked for; other members are ignored."""

    cluster: str
    first: str = msgspec.field(name="from")
    last: str = msgspec.field(name="to")
    since: Annotated[int, msgspec.Meta(ge=1, le=_MAX_SIZE)] | None = None


def read_query(query: Mapping[str, str], name: str, pattern: re.Pattern[str]) -> str | None:
    """Give a parameter, None when it is absent.

    Raises:
        RefusedParameterError: it does not match.
    """
    value = query.get(name)
    if value is not None and not pattern.match(value):
        raise RefusedParameterError(((f"query.{name}", "pattern"),))
    return value


def page_of(query: Mapping[str, str], default: int) -> tuple[int, str | None]:
    """Give how many rows a page may have, and where it starts.

    Raises:
        RefusedParameterError: no number from 1 to 200, or a cursor that is too long.
    """
    cursor = query.get("cursor")
    if cursor is not None and len(cursor) > MAX_CURSOR_CHARS:
        raise RefusedParameterError((("query.cursor", "too long"),))
    text = query.get("limit", str(default))
    if not (text.isascii() and text.isdecimal() and 1 <= int(text[:9]) <= MAX_LIMIT):
        raise RefusedParameterError((("query.limit", f"1 to {MAX_LIMIT}"),))
    return int(text), cursor


def read_body(body: bytes, cluster: re.Pattern[str], day: re.Pattern[str]) -> EvidenceBody:
    """Give what a body asks for.

    Raises:
        RefusedParameterError: no JSON object of this shape.
    """
    try:
        asked = msgspec.json.decode(body, type=EvidenceBody)
    except (msgspec.DecodeError, UnicodeDecodeError) as exc:
        raise RefusedParameterError((("body", str(exc)[:200]),)) from exc
    patterns = (("cluster", asked.cluster, cluster), ("from", asked.first, day), ("to", asked.last, day))
    refused = tuple((f"body.{name}", "pattern") for name, value, pattern in patterns if not pattern.match(value))
    if refused:
        raise RefusedParameterError(refused)
    return asked
