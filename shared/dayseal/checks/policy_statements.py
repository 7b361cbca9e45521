"""An S3 bucket policy read into statements: who, what, where, and under which conditions."""

import dataclasses
import json
from typing import Final

from dayseal.errors import FormatError

_MAX_TEXT: Final = 64_000  # S3 itself accepts 20 KB
_MAX_WORDS: Final = 400


@dataclasses.dataclass(frozen=True, slots=True)
class Condition:
    """One test of a statement: operator, key, and the values it is tested against."""

    operator: str
    key: str
    values: tuple[str, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class Statement:
    """One statement. The `not_` fields say that the names before them are exceptions.

    `principals` are texts such as `*`, an ARN, an account id, `Service:firehose.amazonaws.com`,
    `Federated:...`, `CanonicalUser:...`. `text` is the statement's own JSON, cut after 400 characters.
    """

    allow: bool
    principals: tuple[str, ...]
    not_principal: bool
    actions: tuple[str, ...]
    not_action: bool
    resources: tuple[str, ...]
    not_resource: bool
    conditions: tuple[Condition, ...]
    text: str


def parse_policy(text: str) -> tuple[Statement, ...]:
    """Read a bucket policy's JSON.

    Raises:
        FormatError: no JSON, too long, or a statement of a shape the policy language does not have.
    """
    if len(text) > _MAX_TEXT:
        raise FormatError(f"bucket policy: {len(text)} characters, at most {_MAX_TEXT} promised")
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as exc:
        raise FormatError(f"bucket policy: no JSON ({exc})") from exc
    if not isinstance(document, dict):
        raise FormatError("bucket policy: no object, one promised")
    found = document.get("Statement", [])
    return tuple(_statement(raw) for raw in (found if isinstance(found, list) else [found]))


def _statement(raw: object) -> Statement:
    if not isinstance(raw, dict) or raw.get("Effect") not in {"Allow", "Deny"}:
        raise FormatError(f"bucket policy: statement {str(raw)[:100]!r}, one with Effect Allow or Deny promised")
    for one, other in (("Principal", "NotPrincipal"), ("Action", "NotAction"), ("Resource", "NotResource")):
        if (one in raw) == (other in raw):
            raise FormatError(f"bucket policy: statement {str(raw)[:100]!r}, either {one} or {other} promised")
    text = json.dumps(raw, separators=(",", ":"))
    return Statement(
        allow=raw["Effect"] == "Allow",
        principals=_principals(raw.get("Principal", raw.get("NotPrincipal"))),
        not_principal="NotPrincipal" in raw,
        actions=tuple(action.lower() for action in _texts(raw.get("Action", raw.get("NotAction")))),
        not_action="NotAction" in raw,
        resources=_texts(raw.get("Resource", raw.get("NotResource"))),
        not_resource="NotResource" in raw,
        conditions=_conditions(raw.get("Condition", {})),
        text=text if len(text) <= _MAX_WORDS else f"{text[:_MAX_WORDS]}...",
    )


def _principals(raw: object) -> tuple[str, ...]:
    if raw == "*":
        return ("*",)
    if not isinstance(raw, dict):
        raise FormatError(f"bucket policy: principal {str(raw)[:100]!r}, * or an object promised")
    names: list[str] = []
    for kind, value in raw.items():
        names += [name if kind == "AWS" else f"{kind}:{name}" for name in _texts(value)]
    return tuple(names)


def _conditions(raw: object) -> tuple[Condition, ...]:
    if not isinstance(raw, dict) or not all(isinstance(tests, dict) for tests in raw.values()):
        raise FormatError(f"bucket policy: condition {str(raw)[:100]!r}, an object of objects promised")
    return tuple(
        Condition(operator, key.lower(), _texts(values))
        for operator, tests in raw.items()
        for key, values in tests.items()
    )


def _texts(raw: object) -> tuple[str, ...]:
    values = raw if isinstance(raw, list) else [raw]
    if not all(isinstance(value, str | bool | int) for value in values):
        raise FormatError(f"bucket policy: {str(raw)[:100]!r}, a text or a list of texts promised")
    return tuple(str(value).lower() if isinstance(value, bool) else str(value) for value in values)
