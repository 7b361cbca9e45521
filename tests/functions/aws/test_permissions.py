"""Each function's role against what the function really asked: a day, and everything around it."""

import dataclasses
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from support.function_calls import FREE, Translator
from support.function_scenario import Scenario, every_function
from support.iam_policies import Request, as_list, identity_statements, is_allowed, touches
from support.stack_template import RUNNING, Stack

REASONS: Final[list[dict[str, Any]]] = tomllib.loads((Path(__file__).parent / "unused_permissions.toml").read_text())[
    "unused"
]


@dataclasses.dataclass(frozen=True, slots=True, order=True)
class Grant:
    """One action that a function's role has on one resource, or pattern of resources."""

    function: str
    action: str
    resource: str

    def serves(self, request: Request) -> bool:
        """Say whether a request needed this."""
        return self.action == request.action and (touches(request.resource, self.resource) or request.resource == "*")

    def explained_by(self, reason: dict[str, Any]) -> bool:
        """Say whether a line of the list speaks of this."""
        roles = [role.lower() for role in reason.get("roles", [self.function])]
        return self.action in reason["actions"] and self.function in roles and reason.get("on", "") in self.resource


@dataclasses.dataclass(frozen=True)
class Day:
    """What was asked, by function, as IAM sees it: by the function's own role, or by the reader's in its stead."""

    stack: Stack
    scenario: Scenario
    own: dict[str, list[Request]]
    in_other_accounts: dict[str, list[Request]]

    def asked(self, function: str) -> list[Request]:
        """Give everything; a cluster may be in the functions' own account, and then their role asks."""
        return self.own[function] + self.in_other_accounts[function]


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Day]:
    """Run the scenario once."""
    with every_function(tmp_path_factory.mktemp("permissions")) as ran:
        stack = Stack(**{**RUNNING, "AttestorId": ran.cloud.attestor_id}, TrailBucket="trail-logs")
        translator, home = Translator(ran.cloud, stack), ran.cloud.world.home
        own: dict[str, list[Request]] = {}
        others: dict[str, list[Request]] = {}
        for name, requests in ran.calls.items():
            role = stack.arn(f"{name.title()}Role")
            own[name] = [translator.asked(role, one) for one in requests if one.account == home]
            others[name] = [translator.asked(role, one) for one in requests if one.account != home]
        yield Day(stack, ran, own, others)


def functions_of(stack: Stack) -> set[str]:
    """Give the names of the functions."""
    return {name.removesuffix("Function").lower() for name in stack.of_type("AWS::Lambda::Function")}


def grants_of(stack: Stack, function: str) -> set[Grant]:
    """Give what a function's role is allowed by its own policies."""
    statements = identity_statements(stack, stack.arn(f"{function.title()}Role"))
    return {
        Grant(function, action, resource)
        for statement in statements
        for action in as_list(statement["Action"])
        for resource in as_list(statement["Resource"])
    }


def test_every_function_takes_part(day: Day) -> None:
    """A function that was not run has permissions that nobody looked at."""
    assert set(day.scenario.calls) == functions_of(day.stack)


def test_every_call_of_a_function_is_allowed_to_its_role(day: Day) -> None:
    """Here, not in the middle of the night in somebody's account."""
    denied = {
        (function, one.action, one.resource)
        for function, requests in day.own.items()
        for one in requests
        if one.action not in FREE and not is_allowed(day.stack, one)
    }
    assert denied == set()


def test_every_call_in_another_account_is_allowed_to_the_reader(day: Day) -> None:
    """The reader role comes from a template of its own."""
    reader = Stack(
        "infra/aws/reader.yaml", HomeAccountId="9" * 12, ExternalId="x" * 16, ArchiveBucket="a", TrailBucket="t"
    )
    policies = [one["PolicyDocument"]["Statement"] for one in reader.of_type("AWS::IAM::RolePolicy").values()]
    granted = {action for statements in policies for s in statements for action in as_list(s["Action"])}
    asked = {one.action for requests in day.in_other_accounts.values() for one in requests}
    assert "eks:DescribeCluster" in asked
    assert asked - granted == set()


def test_what_the_reader_does_elsewhere_the_functions_role_may_do_at_home(day: Day) -> None:
    """Clusters may be in the account that dayseal runs in."""
    for function, requests in day.in_other_accounts.items():
        granted = {grant.action for grant in grants_of(day.stack, function)}
        assert {one.action for one in requests} - granted == set(), function


def test_what_a_role_is_allowed_is_used_or_explained(day: Day) -> None:
    """A permission that nothing needs serves only who breaks in."""
    spare = _spare(day)
    left = [grant for grant in spare if not any(grant.explained_by(reason) for reason in REASONS)]
    assert "\n".join(sorted(f"{one.function}: {one.action} on {one.resource}" for one in left)) == ""


def test_no_explanation_is_left_over(day: Day) -> None:
    """A list that only grows explains nothing."""
    spare = _spare(day)
    assert [reason for reason in REASONS if not any(grant.explained_by(reason) for grant in spare)] == []


@pytest.mark.parametrize("key", ["LogKey", "AttestorKey"])
def test_exactly_those_sign_who_may(day: Day, key: str) -> None:
    """The keys' own policies say who signs."""
    arn = day.stack.arn(key)
    signed = {f for f in day.own for one in day.own[f] if (one.action, one.resource) == ("kms:Sign", arn)}
    statements = day.stack.properties(key)["KeyPolicy"]["Statement"]
    (named,) = [s["Principal"]["AWS"] for s in statements if s.get("Sid") == "WhoSigns"]
    assert {day.stack.arn(f"{function.title()}Role") for function in signed} == set(as_list(named))


def _spare(day: Day) -> set[Grant]:
    grants = {grant for function in functions_of(day.stack) for grant in grants_of(day.stack, function)}
    return {grant for grant in grants if not any(grant.serves(one) for one in day.asked(grant.function))}
