from typing import Final

import pytest

from support.iam_policies import Request, is_allowed, is_denied
from support.stack_template import ACCOUNT, BREAK_GLASS, FOUNDER, RUNNING, Stack

ADMIN: Final = f"arn:aws:iam::{ACCOUNT}:role/administrator"
ROOT_USER: Final = f"arn:aws:iam::{ACCOUNT}:root"
LOG: Final = {"kms:SigningAlgorithm": "ED25519_SHA_512", "kms:MessageType": "RAW"}
ATTEST: Final = {"kms:SigningAlgorithm": "ECDSA_SHA_256", "kms:MessageType": "DIGEST"}
SIGNERS: Final = {"LogKey": {"RecorderRole"}, "AttestorKey": {"SealRole", "ReverifyRole"}}


@pytest.fixture(scope="module")
def stack() -> Stack:
    """Give the stack as it runs, after its ledger was founded."""
    return Stack(**RUNNING)


def signers(stack: Stack, key: str, context: dict[str, str]) -> set[str]:
    """Give the logical ids of the roles that may sign."""
    return {
        role
        for role in stack.of_type("AWS::IAM::Role")
        if is_allowed(stack, Request(stack.arn(role), "kms:Sign", stack.arn(key), context))
    }


def test_the_log_key_is_ed25519_and_the_attestor_key_p256(stack: Stack) -> None:
    """Witnesses cosign Ed25519 notes; statements of up to 48 kB need a digest, which Ed25519 in KMS does not take."""
    specs = {name: (key["KeySpec"], key["KeyUsage"]) for name, key in stack.of_type("AWS::KMS::Key").items()}
    assert specs == {
        "LogKey": ("ECC_NIST_EDWARDS25519", "SIGN_VERIFY"),
        "AttestorKey": ("ECC_NIST_P256", "SIGN_VERIFY"),
    }


def test_keys_outlive_the_stack(stack: Stack) -> None:
    """A lost log key ends a ledger."""
    for name in SIGNERS:
        assert stack.resources[name]["DeletionPolicy"] == stack.resources[name]["UpdateReplacePolicy"] == "Retain"
        assert stack.properties(name)["PendingWindowInDays"] == 30


@pytest.mark.parametrize(("key", "context"), [("LogKey", LOG), ("AttestorKey", ATTEST)])
def test_only_named_roles_sign(stack: Stack, key: str, context: dict[str, str]) -> None:
    """The recorder has the log key and no other; attestors have theirs, and can write no checkpoint with it."""
    assert signers(stack, key, context) == SIGNERS[key]
    assert not is_allowed(stack, Request(BREAK_GLASS, "kms:Sign", stack.arn(key), context))
    assert not is_allowed(stack, Request(FOUNDER, "kms:Sign", stack.arn(key), context))


@pytest.mark.parametrize(
    ("key", "context"),
    [
        ("LogKey", {**LOG, "kms:SigningAlgorithm": "ED25519_PH_SHA_512", "kms:MessageType": "DIGEST"}),
        ("AttestorKey", {**ATTEST, "kms:SigningAlgorithm": "ECDSA_SHA_384"}),
        ("AttestorKey", {}),
    ],
)
def test_a_key_signs_in_one_way(stack: Stack, key: str, context: dict[str, str]) -> None:
    """A signature over a chosen digest of another kind is another statement than the one that was checked."""
    assert signers(stack, key, context) == set()


@pytest.mark.parametrize("key", list(SIGNERS))
def test_a_permission_in_iam_makes_nobody_a_signer(stack: Stack, key: str) -> None:
    """What the key hands to the account's own policies is looking after it, without signing or granting."""
    statements = stack.properties(key)["KeyPolicy"]["Statement"]
    handed = [s["Action"] for s in statements if s["Principal"] == {"AWS": ROOT_USER}]
    assert len(handed) == 1
    assert {"kms:Sign", "kms:CreateGrant", "kms:*"} & set(handed[0]) == set()
    assert all(action.startswith("kms:") and "*" not in action for action in handed[0])


@pytest.mark.parametrize("key", list(SIGNERS))
@pytest.mark.parametrize("action", ["kms:PutKeyPolicy", "kms:ScheduleKeyDeletion", "kms:DisableKey", "kms:CreateGrant"])
def test_only_the_break_glass_role_and_root_can_end_or_turn_a_key(stack: Stack, key: str, action: str) -> None:
    """An administrator who may change a key's policy may sign; root stays, so that a wrong ARN locks nobody out."""
    roles = [stack.arn(name) for name in stack.of_type("AWS::IAM::Role")]
    assert all(is_denied(stack, Request(who, action, stack.arn(key))) for who in (*roles, ADMIN, FOUNDER))
    assert not is_denied(stack, Request(BREAK_GLASS, action, stack.arn(key)))
    assert not is_denied(stack, Request(ROOT_USER, action, stack.arn(key)))
    assert stack.properties(key)["BypassPolicyLockoutSafetyCheck"] is True  # or nobody else could deploy this


def test_the_founder_signs_the_first_checkpoint_and_no_attestation() -> None:
    """`dayseal init` signs with the log key and with the offline root; of the attestor key it needs the public half."""
    stack = Stack(**{**RUNNING, "Schedules": "DISABLED", "FounderArn": FOUNDER})
    assert is_allowed(stack, Request(FOUNDER, "kms:Sign", stack.arn("LogKey"), LOG))
    assert not is_allowed(stack, Request(FOUNDER, "kms:Sign", stack.arn("AttestorKey"), ATTEST))


def test_every_signer_can_compare_its_pin(stack: Stack) -> None:
    """A signer asks for the public half once, and refuses a key that was turned."""
    for key, roles in SIGNERS.items():
        asking = (Request(stack.arn(role), "kms:GetPublicKey", stack.arn(key)) for role in roles)
        assert all(is_allowed(stack, request) for request in asking)
