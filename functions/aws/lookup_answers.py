"""What the look-up routes share: the shapes of parameters, the answers they promise, and one way to give them."""

from typing import Any, Final

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.event_handler.exceptions import NotFoundError
from aws_lambda_powertools.event_handler.openapi.exceptions import RequestUnsupportedContentType, RequestValidationError

from dayseal.codec import encode_base64
from dayseal.errors import DaysealError
from dayseal.lookup.answers import BYTES, JSON, TEXT, Answer, Problem, problem, problem_of, refused_fields

DAY_PATTERN: Final = r"^\d{4}-\d{2}-\d{2}$"
CLUSTER_PATTERN: Final = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,99}-[0-9a-f]{16}$"

_SAID: Final = {"application/problem+json": {"model": Problem}}
PROBLEMS: Final[dict[int, Any]] = {
    400: {"description": "The request makes no sense", "content": _SAID},
    404: {"description": "There is no such thing", "content": _SAID},
    422: {"description": "Parameters were refused; the detail names them", "content": _SAID},
    500: {"description": "What the ledger holds does not hold together", "content": _SAID},
    503: {"description": "Storage did not answer; see Retry-After", "content": _SAID},
}


def json_of(model: type, status: int = 200) -> dict[int, Any]:
    """Promise a document, or a problem."""
    return {status: {"description": "The document", "content": {JSON: {"model": model}}}, **PROBLEMS}


def bytes_of(media_type: str = BYTES) -> dict[int, Any]:
    """Promise bytes as they are, a link to them where they are many, or a problem."""
    content = {media_type: {"schema": {"type": "string", **({} if media_type == TEXT else {"format": "binary"})}}}
    many = {"description": "Too large for an answer: follow Location, which needs no credentials"}
    return {200: {"description": "The bytes", "content": content}, 307: many, **PROBLEMS}


def answer(said: Answer) -> Response[Any]:
    """Give an answer as Powertools wants it: bytes that are no text in base64, which API Gateway takes off again."""
    binary = said.media_type == BYTES
    body = encode_base64(said.encoded) if binary else said.encoded.decode()
    response: Response[Any] = Response(said.status, said.media_type, body, said.headers)
    response.base64_encoded = binary
    return response


def catch_problems(app: APIGatewayHttpResolver) -> None:
    """Turn errors into problem documents; what is none of ours ends the invocation, and is counted as an error."""
    app.exception_handler(DaysealError)(lambda exc: answer(problem_of(exc)))
    app.exception_handler(RequestValidationError)(lambda exc: answer(refused_fields(tuple(map(_place, exc.errors())))))
    kind = problem(415, "media-type", "The body is of another kind", f"{JSON} promised")
    app.exception_handler(RequestUnsupportedContentType)(lambda _: answer(kind))
    app.exception_handler(NotFoundError)(lambda _: answer(problem(404, "no-route", "There is no such route", "")))


def _place(error: dict[str, Any]) -> tuple[str, str]:
    return ".".join(map(str, error["loc"])), str(error["type"])
