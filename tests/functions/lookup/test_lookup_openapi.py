"""The OpenAPI document: the one of the routes, and one that the real function keeps."""

import io
import json
import subprocess
import sys
from collections.abc import Callable, Iterable
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.specs.openapi.checks import positive_data_acceptance

from architecture.sources import ROOT
from support.lookup_clouds import AnyApi

DOCUMENT = json.loads((ROOT / "docs/reference/openapi.json").read_text())


def wsgi_of(api: AnyApi) -> Callable[[dict[str, Any], Callable[..., object]], Iterable[bytes]]:
    """Give the function as a WSGI application."""

    def application(environ: dict[str, Any], start_response: Callable[..., object]) -> Iterable[bytes]:
        raw: io.BytesIO = environ["wsgi.input"]
        body = raw.read(int(environ.get("CONTENT_LENGTH") or 0))
        path = environ["PATH_INFO"].encode("latin-1").decode(errors="replace").replace("%", "%25")
        query = environ.get("QUERY_STRING", "")
        kind = environ.get("CONTENT_TYPE") or "application/json"
        reply = api.ask(environ["REQUEST_METHOD"], f"{path}?{query}" if query else path, body, kind)
        start_response(f"{reply.status} X", list(reply.headers.items()))
        return [reply.body]

    return application


def test_the_document_is_what_the_routes_make() -> None:
    """Whoever generates a client from it must get the API that is served."""
    command = [sys.executable, str(ROOT / "tools/openapi.py"), "check"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_events_and_statements_are_told_apart_by_path() -> None:
    """IAM grants routes: a bundle with events must not be reachable through a route for statements."""
    with_events = {path for path in DOCUMENT["paths"] if "/events" in path}
    assert with_events == {"/evidence/events", "/evidence/events/{job}"}


def test_no_route_takes_anything_away() -> None:
    """The API reads, and starts jobs."""
    assert {method for path in DOCUMENT["paths"].values() for method in path} == {"get", "post"}


@pytest.mark.slow
@pytest.mark.parametrize("path", sorted(DOCUMENT["paths"]))
def test_the_function_keeps_the_document(api: AnyApi, blue: str, path: str) -> None:
    """Whatever fits the document, and whatever does not, gets an answer that the document promises."""
    # Signatures are API Gateway's to check; the function never sees a request without one.
    plain = DOCUMENT["paths"][path]
    unsigned = {method: {k: v for k, v in said.items() if k != "security"} for method, said in plain.items()}
    schema = schemathesis.openapi.from_dict({**DOCUMENT, "paths": {path: unsigned}})
    schema.app = wsgi_of(api)
    ((_, operation),) = schema[path].items()
    judged = path in ("/clusters", "/clusters/{cluster}/days") or "post" in plain
    known = {"cluster": blue, "day": "2024-05-01"}

    @settings(max_examples=100, phases=[Phase.generate], suppress_health_check=list(HealthCheck), deadline=None)
    @given(case=operation.as_strategy(), real=st.booleans())
    def keeps(case: schemathesis.Case[Any], real: bool) -> None:  # noqa: FBT001 - drawn by hypothesis
        if real and isinstance(case.path_parameters, dict):
            case.path_parameters.update({k: v for k, v in known.items() if k in case.path_parameters})
        # A day that is none, a first day behind the last, a made-up cursor: they fit the patterns and are refused.
        case.call_and_validate(excluded_checks=[positive_data_acceptance] if judged else [])

    keeps()
