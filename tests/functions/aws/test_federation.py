"""What a ledger in AWS grants to functions in other clouds (infra/aws/federation.yaml), as IAM would decide it."""

import json
from typing import Any, Final

import pytest

from support.iam_policies import Request, is_allowed, is_denied
from support.stack_template import ACCOUNT, RUNNING, Stack, source

FEDERATION: Final = "infra/aws/federation.yaml"
NUMBER, PULSE, LOOKUP = "112233445566778899001", "112233445566778899002", "112233445566778899003"
OBJECT, TENANT = "0a1b2c3d-0000-4000-8000-00000000000a", "0a1b2c3d-0000-4000-8000-00000000000f"
PULSE_OBJECT: Final = "0a1b2c3d-0000-4000-8000-00000000000b"
ATTESTOR: Final = "0123456789abcdef"
PLACES: Final = {"AttestorId": ATTESTOR, "InboxBucket": "inboxbucket", "LedgerBucket": "ledgerbucket"}
GOOGLE: Final = {"Cloud": "google", "AttestorIdentity": NUMBER, "ReaderIdentities": PULSE, **PLACES}
ENTRA: Final = {
    "Cloud": "entra",
    "AttestorIdentity": OBJECT,
    "ReaderIdentities": f"{PULSE_OBJECT},{TENANT}",
    "TenantId": TENANT,
    "Audience": "api://dayseal-ledger",
    **PLACES,
}
OWN: Final = f"arn:aws:s3:::inboxbucket/inbox/{ATTESTOR}/prod-0123456789abcdef/00000001.json"
OTHERS: Final = OWN.replace(ATTESTOR, "fedcba9876543210")
ENTRY: Final = "arn:aws:s3:::ledgerbucket/ledger/tile/0/000"
CREATION: Final = {"s3:ObjectCreationOperation": "true"}
CREATE: Final = {**CREATION, "s3:if-none-match": "*"}


@pytest.fixture(scope="module", params=[GOOGLE, ENTRA], ids=["google", "entra"])
def stack(request: pytest.FixtureRequest) -> Stack:
    """Give the stack for one attestor in another cloud."""
    return Stack(FEDERATION, **request.param)


def trust(stack: Stack, role: str) -> dict[str, Any]:
    """Give the one statement that says who comes in; CloudFormation takes text, too."""
    found = stack.properties(role)["AssumeRolePolicyDocument"]
    (statement,) = (json.loads(found) if isinstance(found, str) else found)["Statement"]
    assert (statement["Effect"], statement["Action"]) == ("Allow", "sts:AssumeRoleWithWebIdentity")
    return dict(statement)


def may(stack: Stack, role: str, action: str, resource: str, **context: str) -> bool:
    """Say whether a role may, by its own policies."""
    given = {name.replace("_", ":", 1).replace("_", "-"): value for name, value in context.items()}
    return is_allowed(stack, Request(stack.arn(role), action, resource, given))


def test_google_comes_in_by_number_and_audience() -> None:
    """Google's tokens carry azp, so AWS calls the requested audience oaud: all three, or any account of Google."""
    stack = Stack(FEDERATION, **{**GOOGLE, "ReaderIdentities": f"{PULSE},{LOOKUP}"})
    assert trust(stack, "Attestor")["Principal"] == {"Federated": "accounts.google.com"}
    assert trust(stack, "Attestor")["Condition"] == {
        "StringEquals": {
            "accounts.google.com:aud": NUMBER,
            "accounts.google.com:oaud": "sts.amazonaws.com",
            "accounts.google.com:sub": NUMBER,
        }
    }
    (compared,) = trust(stack, "Reader")["Condition"].values()
    assert compared["accounts.google.com:sub"] == compared["accounts.google.com:aud"] == [PULSE, LOOKUP]
    assert "Provider" not in stack.resources


@pytest.mark.parametrize(
    ("version", "issuer"),
    [("1", f"sts.windows.net/{TENANT}/"), ("2", f"login.microsoftonline.com/{TENANT}/v2.0")],
)
@pytest.mark.parametrize("provider", ["new", "existing"])
def test_azure_comes_in_by_tenant_audience_and_object(version: str, issuer: str, provider: str) -> None:
    """One tenant's issuer, one application's audience, one managed identity: a guest of the tenant is none of them."""
    stack = Stack(FEDERATION, **ENTRA, TokenVersion=version, EntraProvider=provider)
    found = trust(stack, "Attestor")
    wanted = {f"{issuer}:aud": "api://dayseal-ledger", f"{issuer}:sub": OBJECT}
    assert found["Condition"] == {"StringEquals": wanted}
    assert trust(stack, "Reader")["Condition"]["StringEquals"][f"{issuer}:sub"] == [PULSE_OBJECT, TENANT]
    if provider == "new":
        made = stack.properties("Provider")
        assert made == {"Url": f"https://{issuer}", "ClientIdList": ["api://dayseal-ledger"]}
        assert found["Principal"] == {"Federated": stack.arn("Provider")}
    else:
        assert "Provider" not in stack.resources
        assert found["Principal"] == {"Federated": f"arn:aws:iam::{ACCOUNT}:oidc-provider/{issuer}"}


def test_an_attestor_creates_in_its_own_inbox_and_nowhere_else(stack: Stack) -> None:
    """A stolen identity can say things as this attestor until its key is revoked; never as another one."""
    assert may(stack, "Attestor", "s3:PutObject", OWN, s3_if_none_match="*")
    assert not may(stack, "Attestor", "s3:PutObject", OWN)
    for elsewhere in (OTHERS, ENTRY, "arn:aws:s3:::inboxbucket/inbox/roots/delegations/00000001.json"):
        assert not may(stack, "Attestor", "s3:PutObject", elsewhere, s3_if_none_match="*")


def test_nobody_writes_anything_else(stack: Stack) -> None:
    """Every action that is granted, by name: one that creates, the rest read."""
    granted = {
        action
        for role in ("Attestor", "Reader")
        for policy in stack.properties(role)["Policies"]
        for statement in policy["PolicyDocument"]["Statement"]
        if statement["Effect"] == "Allow"
        for action in ([statement["Action"]] if isinstance(statement["Action"], str) else statement["Action"])
    }
    reading = {"s3:GetObject", "s3:GetObjectVersion", "s3:ListBucket", "s3:ListBucketVersions"}
    assert granted == {"s3:PutObject"} | reading
    assert not may(stack, "Reader", "s3:PutObject", OWN, s3_if_none_match="*")
    assert may(stack, "Reader", "s3:GetObject", ENTRY)
    assert not may(stack, "Reader", "s3:GetObject", OWN)


def test_nothing_goes_without_tls(stack: Stack) -> None:
    """Whatever a bucket's own policy says."""
    for role, resource in (("Attestor", OWN), ("Reader", ENTRY)):
        plain = Request(stack.arn(role), "s3:GetObject", resource, {"aws:SecureTransport": "false"})
        assert not is_allowed(stack, plain)


def test_the_ledgers_own_policies_let_it_create_and_still_refuse_the_rest(stack: Stack) -> None:
    """The buckets are those of template.yaml, whose policies deny whatever a role may be granted."""
    ledger = Stack(**RUNNING)
    who = stack.arn("Attestor")
    assert not is_denied(ledger, Request(who, "s3:PutObject", OWN, CREATE))
    assert is_denied(ledger, Request(who, "s3:PutObject", OWN, CREATION))
    assert is_denied(ledger, Request(who, "s3:DeleteObject", OWN))
    assert is_denied(ledger, Request(who, "s3:PutObject", ENTRY, CREATE))
    assert not is_denied(ledger, Request(who, "s3:GetObject", ENTRY))


def test_what_fits_no_cloud_is_refused_before_anything_is_made() -> None:
    """A role without a tenant would trust an issuer that nobody named."""
    rules = source(FEDERATION)["Rules"]
    assert rules["EntraSaysWhichTenant"]["RuleCondition"] == {"Fn::Equals": [{"Ref": "Cloud"}, "entra"]}
    assert "TenantId" in json.dumps(rules["EntraSaysWhichTenant"]["Assertions"])
    assert rules["GoogleHasNoTenant"]["RuleCondition"] == {"Fn::Equals": [{"Ref": "Cloud"}, "google"]}
