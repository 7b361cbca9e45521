"""What a part of the Azure of the tests says of itself: which requests it answers, and how."""

import dataclasses
import re
from collections.abc import Callable, Mapping
from email.message import Message
from typing import Any, Final

ARM: Final = "https://management.azure.com"


class NotHereError(LookupError):
    """There is no such resource; `code` is Azure's word for it."""

    def __init__(self, code: str = "ResourceNotFound") -> None:
        super().__init__(code)
        self.code = code


@dataclasses.dataclass(slots=True)
class Page:
    """A listing: what is served page by page under `key` (with nextLink), and what every page says besides."""

    items: list[Any]
    key: str = "value"
    more: dict[str, Any] = dataclasses.field(default_factory=dict)


@dataclasses.dataclass(frozen=True, slots=True)
class Raw:
    """An answer that is not JSON with status 200."""

    status: int
    data: bytes = b""
    headers: Mapping[str, str] = dataclasses.field(default_factory=dict)


@dataclasses.dataclass(frozen=True, slots=True)
class Request:
    """One request: the parts of its path, its query, its body read as JSON (or as a form), and `page` at most."""

    found: re.Match[str]
    query: Mapping[str, str]
    body: Any
    headers: Message
    page: int = 1_000


Answer = dict[str, Any] | Page | Raw


@dataclasses.dataclass(frozen=True, slots=True)
class Route:
    """A call, how it is asked (the whole path, unquoted, case ignored), and whose tokens are let in (`""`: all)."""

    call: str
    verb: str
    pattern: str
    answer: Callable[[Request], Answer]
    audience: str = ARM
