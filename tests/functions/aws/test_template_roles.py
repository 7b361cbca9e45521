from collections.abc import Iterator, Mapping
from typing import Any, Final

import pytest

from support.iam_policies import Request, as_list, document, identity_statements, is_allowed
from support.stack_template import ACCOUNT, REGION, RUNNING, STACK, Stack

# What knows no resources, by the Service Authorization Reference: each of these is asked of a whole account.
UNBOUND: Final = frozenset(
    {"logs:CreateLogDelivery", "logs:DeleteLogDelivery", "logs:DescribeResourcePolicies", "logs:GetLogDelivery"}
    | {"logs:ListLogDeliveries", "logs:PutResourcePolicy", "logs:UpdateLogDelivery", "organizations:ListAccounts"}
    | {"sts:GetCallerIdentity", "xray:GetSamplingRules", "xray:GetSamplingTargets", "xray:PutTelemetryRecords"}
    | {"xray:PutTraceSegments"}
)
# Read-only questions about clusters that exist before anybody could list them here.
ASKED_OF_ALL: Final = frozenset({"cloudtrail", "cloudwatch", "eks", "firehose", "guardduty", "logs"})
READING: Final = ("Describe", "Get", "List", "Lookup")


@pytest.fixture(scope="module")
def stack() -> Stack:
    """Give the stack with everything switched on."""
    return Stack(**RUNNING, TrailBucket="trail-logs", OrganizationId="o-exampleorgid")


def statements(stack: Stack) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Give every statement of every role with the role's logical id."""
    for role in stack.of_type("AWS::IAM::Role"):
        yield from ((role, statement) for statement in identity_statements(stack, stack.arn(role)))


def test_every_function_has_a_role_of_its_own(stack: Stack) -> None:
    """A shared role has the permissions of all who share it."""
    functions = stack.of_type("AWS::Lambda::Function")
    roles = {name: function["Role"] for name, function in functions.items()}
    assert roles == {name: stack.arn(name.replace("Function", "Role")) for name in functions}


def test_every_action_is_named(stack: Stack) -> None:
    """A pattern grants what AWS will add next year."""
    found = [(role, action) for role, s in statements(stack) for action in as_list(s["Action"])]
    assert [item for item in found if "*" in item[1]] == []
    assert all(s["Effect"] == "Allow" and "NotAction" not in s for _, s in statements(stack))


def test_no_role_can_delete_bypass_or_change_policies(stack: Stack) -> None:
    """What nobody holds, nobody can be tricked into using."""
    spare = {"logs:DeleteLogDelivery", "logs:PutResourcePolicy"}  # of Step Functions' own log delivery
    words = ("Delete", "Bypass", "Policy", "Lifecycle", "iam:", "PassRole", "Grant", "Disable", "Schedule")
    found = {a for _, s in statements(stack) for a in as_list(s["Action"]) if not a.split(":")[1].startswith(READING)}
    assert {action for action in found - spare if any(word in action for word in words)} == set()


def test_a_wildcard_stands_only_where_aws_knows_no_resources(stack: Stack) -> None:
    """Everything that can be bound to one thing is."""
    for _, statement in statements(stack):
        if "*" not in as_list(statement["Resource"]):
            continue
        loose = set(as_list(statement["Action"])) - UNBOUND
        assert {
            a for a in loose if a.split(":")[0] not in ASKED_OF_ALL or not a.split(":")[1].startswith(READING)
        } == set()


def test_reader_roles_are_entered_by_name_and_in_the_organisation_only(stack: Stack) -> None:
    """The role of another organisation may have the same name."""
    request = Request(stack.arn("CheckRole"), "sts:AssumeRole", "arn:aws:iam::444455556666:role/dayseal-reader")
    ours = {"aws:ResourceOrgID": "o-exampleorgid"}
    assert is_allowed(stack, Request(request.principal, request.action, request.resource, ours))
    assert not is_allowed(
        stack, Request(request.principal, request.action, request.resource, {"aws:ResourceOrgID": "o-x"})
    )
    admin = "arn:aws:iam::444455556666:role/OrganizationAccountAccessRole"
    assert not is_allowed(stack, Request(request.principal, request.action, admin, ours))


def test_services_enter_roles_only_for_this_account_and_this_stack(stack: Stack) -> None:
    """A confused deputy: a service that carries out for another account what its role may here."""
    wanted = {
        "states.amazonaws.com": {
            f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:{STACK}-{n}" for n in ("day", "extend")
        },
        "scheduler.amazonaws.com": {f"arn:aws:scheduler:{REGION}:{ACCOUNT}:schedule-group/{STACK}"},
    }
    seen: dict[str, set[str]] = {}
    for role in stack.of_type("AWS::IAM::Role").values():
        (statement,) = role["AssumeRolePolicyDocument"]["Statement"]
        service = statement["Principal"]["Service"]
        if service == "lambda.amazonaws.com":
            # Lambda sends no source when it enters an execution role; iam:PassRole works inside one account only.
            assert "Condition" not in statement
            continue
        assert statement["Condition"]["StringEquals"] == {"aws:SourceAccount": ACCOUNT}
        seen.setdefault(service, set()).add(statement["Condition"]["ArnEquals"]["aws:SourceArn"])
    assert seen == wanted


def test_whoever_calls_a_function_from_outside_is_named(stack: Stack) -> None:
    """The API and one rule; nothing may call the recorder in another account's name."""
    for permission in stack.of_type("AWS::Lambda::Permission").values():
        assert permission["Principal"] in {"apigateway.amazonaws.com", "events.amazonaws.com"}
        assert f":{ACCOUNT}:" in permission["SourceArn"]
    calls = stack.properties("InboxRuleCallsRecorder")
    assert (calls["SourceAccount"], calls["SourceArn"]) == (ACCOUNT, stack.arn("InboxRule"))


def test_only_this_accounts_alarms_publish_besides_the_functions(stack: Stack) -> None:
    """A topic that anybody may publish to teaches people to ignore it."""
    topic = stack.arn("Topic")
    ours = {"aws:SourceAccount": ACCOUNT, "aws:SourceArn": f"arn:aws:cloudwatch:{REGION}:{ACCOUNT}:alarm:NoRollCall"}
    theirs = {"aws:SourceAccount": "999999999999", "aws:SourceArn": ours["aws:SourceArn"].replace(ACCOUNT, "9" * 12)}
    assert is_allowed(stack, Request("service:cloudwatch.amazonaws.com", "sns:Publish", topic, ours))
    assert not is_allowed(stack, Request("service:cloudwatch.amazonaws.com", "sns:Publish", topic, theirs))
    assert not is_allowed(stack, Request("service:events.amazonaws.com", "sns:Publish", topic, ours))
    telling = {
        r for r in stack.of_type("AWS::IAM::Role") if is_allowed(stack, Request(stack.arn(r), "sns:Publish", topic))
    }
    assert telling == {"SealRole", "RecorderRole", "PulseRole", "ReverifyRole", "ExtendRole"}
    writes = document(stack.properties("VerdictLogsPolicy")["PolicyDocument"])["Statement"][1]
    assert writes["Action"] == "logs:PutLogEvents"
    assert writes["Condition"] == {"ArnEquals": {"aws:SourceArn": stack.arn("VerdictRule")}}


def test_functions_speak_as_dayseal_and_as_nobody_else(stack: Stack) -> None:
    """An event with another source could pass for one of another system."""
    bus = stack.arn("Bus")
    role = stack.arn("SealRole")
    assert is_allowed(stack, Request(role, "events:PutEvents", bus, {"events:source": "dayseal"}))
    assert not is_allowed(stack, Request(role, "events:PutEvents", bus, {"events:source": "aws.guardduty"}))


def test_attestors_submit_and_cannot_record(stack: Stack) -> None:
    """Whoever attests must not be able to append, to move the guard, or to answer for the recorder."""
    create = {"s3:if-none-match": "*", "s3:ObjectCreationOperation": "true"}
    inbox = f"{stack.arn('InboxBucket')}/inbox/0123456789abcdef/a/00000001.json"
    roles = stack.of_type("AWS::IAM::Role")
    putting = {r for r in roles if is_allowed(stack, Request(stack.arn(r), "s3:PutObject", inbox, create))}
    assert putting == {"SealRole", "ReverifyRole"}
    for bucket in ("LedgerBucket", "GuardBucket"):
        key = f"{stack.arn(bucket)}/ledger/head.json"
        assert {r for r in roles if is_allowed(stack, Request(stack.arn(r), "s3:PutObject", key, create))} == {
            "RecorderRole"
        }


def test_archived_objects_are_only_read(stack: Stack) -> None:
    """No permission here writes into an archive, or opens a key except through S3."""
    archived = "arn:aws:s3:::dayseal-archive-1/eks/a"
    for role in stack.of_type("AWS::IAM::Role"):
        assert not is_allowed(stack, Request(stack.arn(role), "s3:PutObject", archived))
    decrypting = [s for _, s in statements(stack) if "kms:Decrypt" in as_list(s["Action"])]
    assert decrypting
    assert all(s["Condition"] == {"StringLike": {"kms:ViaService": "s3.*.amazonaws.com"}} for s in decrypting)
