import json
import re
from typing import Any, Final

import pytest

from support.iam_policies import as_list
from support.stack_template import ACCOUNT, REGION, ROOT, RUNNING, Stack

ROUTE: Final = re.compile(r'\.(get|post)\(\s*"(/[^"]*)"')
JOB: Final = "0123456789abcdef" * 2


@pytest.fixture(scope="module")
def stack() -> Stack:
    """Give the stack with limits of its own for the API."""
    return Stack(**RUNNING, ApiRate="7", ApiBurst="9")


def routes(stack: Stack) -> dict[tuple[str, str], dict[str, Any]]:
    """Give the API's routes as (method, path)."""
    paths = stack.properties("LookupApi")["Body"]["paths"]
    return {(method.upper(), path): one for path, methods in paths.items() for method, one in methods.items()}


def test_every_route_wants_a_signature(stack: Stack) -> None:
    """The ledger may be public one day; until then nobody unknown asks, and nobody unknown is paid for."""
    assert routes(stack)
    for route, one in routes(stack).items():
        assert one["security"] == [{"AWS_IAM": []}], route
        assert one["x-amazon-apigateway-integration"]["payloadFormatVersion"] == "2.0"
    scheme = stack.properties("LookupApi")["Body"]["components"]["securitySchemes"]["AWS_IAM"]
    assert scheme["x-amazon-apigateway-authtype"] == "awsSigv4"


def test_the_api_has_the_routes_of_its_handler_and_no_others(stack: Stack) -> None:
    """A route that only one of them has answers 404, or nothing ever asks it."""
    text = "\n".join(path.read_text() for path in sorted((ROOT / "functions" / "aws").glob("lookup*.py")))
    handled = {(method.upper(), re.sub(r"<[^>]*>|\.\+", "{}", path)) for method, path in ROUTE.findall(text)}
    declared = {(method, re.sub(r"\{[^}]*\}", "{}", path)) for method, path in routes(stack)}
    assert {(m, p) for m, p in declared if "/tile" not in p} == {(m, p) for m, p in handled if "/tile" not in p}
    assert any("/tile" in path for _, path in handled)
    assert ("GET", "/tile/{}") in declared


def test_the_api_is_throttled(stack: Stack) -> None:
    """A look-up builds proofs, which costs more than asking for one."""
    (stage,) = stack.of_type("AWS::ApiGatewayV2::Stage").values()
    assert stage["DefaultRouteSettings"] == {"ThrottlingRateLimit": "7", "ThrottlingBurstLimit": "9"}
    written = json.loads(stage["AccessLogSettings"]["Format"])
    assert {"caller", "route", "status", "request"} <= set(written)
    assert stage["AccessLogSettings"]["DestinationArn"] == stack.arn("ApiLogs")


def may(stack: Stack, policy: str, method: str, path: str) -> bool:
    """Say whether a caller with that policy alone may call a path."""
    (statement,) = stack.properties(policy)["PolicyDocument"]["Statement"]
    assert statement["Action"] == "execute-api:Invoke"
    called = f"arn:aws:execute-api:{REGION}:{ACCOUNT}:LookupApi/$default/{method}{path}"
    patterns = [re.escape(one).replace(r"\*", ".*").replace(r"\?", ".") for one in as_list(statement["Resource"])]
    return any(re.fullmatch(pattern, called) for pattern in patterns)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/clusters"),
        ("GET", "/clusters/a/days/2026-11-22"),
        ("GET", "/checkpoint"),
        ("GET", "/tile/0/000"),
        ("GET", f"/objects/manifests/{'0' * 64}.jsonl"),
        ("POST", "/evidence"),
        ("GET", f"/evidence/{JOB}"),
    ],
)
def test_a_reader_may_ask_for_what_holds_no_personal_data(stack: Stack, method: str, path: str) -> None:
    """Statements, proofs, manifests, and evidence without events."""
    assert may(stack, "LookupReader", method, path)
    assert not may(stack, "EventsReader", method, path)


@pytest.mark.parametrize(("method", "path"), [("POST", "/evidence/events"), ("GET", f"/evidence/events/{JOB}")])
def test_events_are_a_scope_of_their_own(stack: Stack, method: str, path: str) -> None:
    """Audit events name people and may hold secrets; whoever may look up is not thereby trusted with them."""
    assert may(stack, "EventsReader", method, path)
    assert not may(stack, "LookupReader", method, path)


def test_the_look_up_function_changes_nothing_but_jobs(stack: Stack) -> None:
    """It is the one function that strangers' words reach."""
    role = stack.properties("LookupRole")
    own = [s for policy in role["Policies"] for s in policy["PolicyDocument"]["Statement"]]
    writing = {
        (action, resource)
        for s in own
        for action in as_list(s["Action"])
        for resource in as_list(s["Resource"])
        if not action.split(":")[1].startswith(("Get", "List"))
    }
    assert writing == {
        ("s3:PutObject", f"{stack.arn('EvidenceBucket')}/jobs/*"),
        ("lambda:InvokeFunction", stack.arn("EvidenceFunction")),
    }
