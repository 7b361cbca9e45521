"""What IAM would decide of a request, from the policies of a stack: the part of its logic that our templates use.

Deny wins; else one statement must allow, of the principal's own policies or of the resource's. A key policy is the
only door to its key. Negated operators hold where the key is absent, the others do not.

Source: IAM User Guide, "Policy evaluation logic" and "IAM JSON policy elements: Condition operators".
"""

import dataclasses
import fnmatch
import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from support.stack_template import ACCOUNT, Stack

Statement = Mapping[str, Any]

TLS: Final = {"aws:SecureTransport": "true"}


@dataclasses.dataclass(frozen=True)
class Request:
    """One call: by whom (an ARN, or `service:NAME`), what, on what, in which circumstances."""

    principal: str
    action: str
    resource: str
    context: Mapping[str, str] = dataclasses.field(default_factory=dict)

    @property
    def circumstances(self) -> dict[str, str]:
        """The context with what IAM adds itself."""
        own = {} if self.principal.startswith("service:") else {"aws:PrincipalArn": self.principal}
        return {**TLS, **own, **self.context}


def is_allowed(stack: Stack, request: Request) -> bool:
    """Say what IAM would."""
    own = [s for s in identity_statements(stack, request.principal) if _matches(s, request)]
    theirs = [s for s in resource_statements(stack, request.resource) if _matches(s, request, principal=True)]
    if any(s["Effect"] == "Deny" for s in (*own, *theirs)):
        return False
    # A key's policy decides alone, unless it hands the decision to the account's own policies.
    if request.action.startswith("kms:"):
        handed = any(_names(s, f"arn:aws:iam::{ACCOUNT}:root") for s in theirs)
        return any(not _names(s, f"arn:aws:iam::{ACCOUNT}:root") for s in theirs) or (handed and bool(own))
    return bool(own or theirs)


def is_denied(stack: Stack, request: Request) -> bool:
    """Say whether a resource's policy refuses the request whatever else is granted, to an administrator too."""
    return any(
        s["Effect"] == "Deny" and _matches(s, request, principal=True)
        for s in resource_statements(stack, request.resource)
    )


def identity_statements(stack: Stack, principal: str) -> Iterator[Statement]:
    """Give the statements of a role's own policies, its managed ones included."""
    managed = {stack.arn(key): one for key, one in stack.of_type("AWS::IAM::ManagedPolicy").items()}
    for key, role in stack.of_type("AWS::IAM::Role").items():
        if stack.arn(key) != principal:
            continue
        documents = [one["PolicyDocument"] for one in role.get("Policies", ())]
        documents += [managed[arn]["PolicyDocument"] for arn in role.get("ManagedPolicyArns", ())]
        apart = stack.of_type("AWS::IAM::RolePolicy").values()
        documents += [one["PolicyDocument"] for one in apart if one["RoleName"] == principal.rpartition("/")[2]]
        for document in documents:
            yield from document["Statement"]


def resource_statements(stack: Stack, resource: str) -> Iterator[Statement]:
    """Give the statements of the policy of what a request is about."""
    for key, one in stack.of_type("AWS::S3::BucketPolicy").items():
        if resource.partition("/")[0] == f"arn:aws:s3:::{one['Bucket']}":
            yield from stack.properties(key)["PolicyDocument"]["Statement"]
    for key, one in stack.of_type("AWS::KMS::Key").items():
        if resource == stack.arn(key):
            yield from ({**s, "Resource": resource} for s in one["KeyPolicy"]["Statement"])
    for one in stack.of_type("AWS::SNS::TopicPolicy").values():
        if resource in one["Topics"]:
            yield from one["PolicyDocument"]["Statement"]


def touches(resource: str, pattern: str) -> bool:
    """Say whether a resource is among those of a statement's pattern."""
    return _like(resource, pattern)


def as_list(value: Any) -> list[Any]:  # noqa: ANN401 - IAM takes one or many everywhere
    """Give what may be one or many as many."""
    return list(value) if isinstance(value, list) else [value]


def _matches(statement: Statement, request: Request, *, principal: bool = False) -> bool:
    return (
        (not principal or _names(statement, request.principal))
        and any(_like(request.action, pattern, fold=True) for pattern in as_list(statement["Action"]))
        and _touches(statement, request.resource)
        and all(
            _holds(operator, key, as_list(values), request.circumstances)
            for operator, keys in statement.get("Condition", {}).items()
            for key, values in keys.items()
        )
    )


def _names(statement: Statement, principal: str) -> bool:
    named = statement.get("Principal")
    if named in ("*", {"AWS": "*"}):
        return True
    if not isinstance(named, Mapping):
        return False
    if principal.startswith("service:"):
        return principal.removeprefix("service:") in as_list(named.get("Service", []))
    account = f"arn:aws:iam::{ACCOUNT}:root"
    return any(
        one == principal or (one == account and f"::{ACCOUNT}:" in principal) for one in as_list(named.get("AWS", []))
    )


def _touches(statement: Statement, resource: str) -> bool:
    if "NotResource" in statement:
        return not any(_like(resource, one) for one in as_list(statement["NotResource"]))
    return any(_like(resource, one) for one in as_list(statement["Resource"]))


def _like(text: str, pattern: str, *, fold: bool = False) -> bool:
    escaped = fnmatch.translate(pattern.replace("[", "[[]"))
    return re.match(escaped, text, re.IGNORECASE if fold else 0) is not None


_OPERATORS: Final[dict[str, Callable[[str, str], bool]]] = {
    "ArnEquals": _like,
    "ArnLike": _like,
    "Bool": lambda found, wanted: found.lower() == wanted.lower(),
    "StringEquals": lambda found, wanted: found == wanted,
    "StringLike": _like,
}
_NEGATED: Final = {"ArnNotEquals": "ArnEquals", "ArnNotLike": "ArnLike", "StringNotEquals": "StringEquals"}


def _holds(operator: str, key: str, wanted: list[str], circumstances: Mapping[str, str]) -> bool:
    found = circumstances.get(key)
    if operator == "Null":
        return (found is None) == (str(wanted[0]).lower() == "true")
    if operator in _NEGATED:
        return found is None or not any(_OPERATORS[_NEGATED[operator]](found, str(one)) for one in wanted)
    return found is not None and any(_OPERATORS[operator](found, str(one)) for one in wanted)


def document(text_or_mapping: Any) -> Mapping[str, Any]:  # noqa: ANN401 - CloudFormation takes both
    """Give a policy that may be written as text."""
    loaded: Mapping[str, Any] = json.loads(text_or_mapping) if isinstance(text_or_mapping, str) else text_or_mapping
    return loaded
