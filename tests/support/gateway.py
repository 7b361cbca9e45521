"""What API Gateway does with an HTTP API: requests into events (payload 2.0), answers out, and SigV4 looked at."""

import base64
import dataclasses
import hmac
from typing import Any
from urllib.parse import parse_qsl, unquote

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from dayseal.codec import decode_base64

_REGION_AT = 2  # AKID/20261123/eu-central-1/execute-api/aws4_request


@dataclasses.dataclass(frozen=True, slots=True)
class Reply:
    """One HTTP answer."""

    status: int
    headers: dict[str, str]
    body: bytes


def event_of(method: str, target: str, headers: dict[str, str], body: bytes) -> dict[str, Any]:
    """Give the event for a request; `headers` have lower-case names."""
    path, _, query = target.partition("?")
    pairs: dict[str, list[str]] = {}
    for name, value in parse_qsl(query, keep_blank_values=True):
        pairs.setdefault(name, []).append(value)
    event: dict[str, Any] = {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": unquote(path),
        "rawQueryString": query,
        "headers": headers,
        "requestContext": {
            "accountId": "111122223333",
            "apiId": "api",
            "domainName": "api.execute-api.eu-central-1.amazonaws.com",
            "http": {"method": method, "path": unquote(path), "protocol": "HTTP/1.1", "sourceIp": "192.0.2.1"},
            "requestId": "request",
            "routeKey": "$default",
            "stage": "$default",
            "time": "23/Nov/2026:06:00:00 +0000",
            "timeEpoch": 1795413600000,
        },
        "isBase64Encoded": False,
    }
    if pairs:
        event["queryStringParameters"] = {name: ",".join(values) for name, values in pairs.items()}
    if body:
        event["body"] = base64.b64encode(body).decode()
        event["isBase64Encoded"] = True
    return event


def answer_event(answer: dict[str, Any]) -> Reply:
    """Give the reply that a function's answer becomes."""
    body = answer.get("body") or ""
    raw = decode_base64(body) if answer.get("isBase64Encoded") else body.encode()
    return Reply(answer["statusCode"], {k: str(v) for k, v in answer.get("headers", {}).items()}, raw)


def signed_by(key: str, secret: str, method: str, url: str, headers: dict[str, str], body: bytes) -> bool:
    """Say whether the request carries the signature this key makes over it for `execute-api`."""
    given = {name.lower(): value for name, value in headers.items()}
    scheme, _, rest = given.get("authorization", "").partition(" ")
    parts = dict(part.partition("=")[::2] for part in rest.split(", "))
    scope = parts.get("Credential", "").split("/")
    if scheme != "AWS4-HMAC-SHA256" or len(scope) != 5 or scope[0] != key or scope[3] != "execute-api":
        return False
    names = parts["SignedHeaders"].split(";")
    request = AWSRequest(method, url, {name: given[name] for name in names}, body)
    request.context["timestamp"] = given["x-amz-date"]
    auth = SigV4Auth(Credentials(key, secret), "execute-api", scope[_REGION_AT])
    made = auth.signature(auth.string_to_sign(request, auth.canonical_request(request)), request)
    return hmac.compare_digest(made, parts["Signature"])
