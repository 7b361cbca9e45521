"""How one statement of a bucket policy meets a principal, an action and the archive's objects."""

import fnmatch
import re
from typing import Final

from dayseal.checks.policy_statements import Condition, Statement
from dayseal.model.route import ArchiveFacts

_OBJECT_ACTIONS: Final = ("getobject", "putobject", "deleteobject", "bypassgovernance", "replicate", "objectowner")
_PARTITION: Final = re.compile(r"\Aarn:aws[a-z-]*:s3:::")
# What any caller can choose: a request over TLS, its own headers.
_AT_WILL: Final = ("aws:securetransport", "s3:x-amz-", "s3:if-", "s3:tlsversion", "s3:signatureversion", "s3:authtype")
ACCOUNT_KEYS: Final = frozenset({"aws:principalaccount", "aws:sourceaccount"})
IS: Final = frozenset({"StringEquals", "StringLike", "ArnEquals", "ArnLike"})
IS_NOT: Final = frozenset({"StringNotEquals", "StringNotLike", "ArnNotEquals", "ArnNotLike"})


def acts(statement: Statement, action: str) -> bool:
    """Say whether the statement speaks of the action; `*` and `?` are wildcards, NotAction means all others."""
    return any(_fits(action.lower(), pattern) for pattern in statement.actions) is not statement.not_action


def touches(statement: Statement, archive: ArchiveFacts, action: str) -> bool:
    """Say whether the statement can meet the bucket, or any key under the archive's prefix, for this action."""
    if statement.not_resource:
        return True
    target = _target(archive, action)
    if not _on_objects(action):
        return any(_fits(target, _arn(resource)) for resource in statement.resources)
    return any(_overlap(_arn(resource), target) for resource in statement.resources)


def at_will(condition: Condition) -> bool:
    """Say whether every caller can meet or avoid the condition as it likes."""
    return condition.key.startswith(_AT_WILL)


def account_of(principal: str) -> str:
    """Give the account of an ARN or an account id, `""` where the principal names none."""
    if principal.isdigit():
        return principal
    parts = principal.split(":")
    return parts[4] if principal.startswith("arn:") and len(parts) > 5 else ""  # noqa: PLR2004 - an ARN's account


def bites(deny: Statement, principal: str, archive: ArchiveFacts, action: str) -> bool | None:
    """Say whether a Deny stops every use of the action by the principal in the archive; None: some, or perhaps."""
    if not acts(deny, action) or not touches(deny, archive, action):
        return False
    parts = [_means(deny, principal), *(_holds(condition, principal) for condition in deny.conditions)]
    if False in parts:
        return False
    whole = not deny.not_resource and any(_covers(_arn(r), archive, action) for r in deny.resources)
    return True if whole and None not in parts else None


def _means(deny: Statement, principal: str) -> bool | None:
    """Say whether the Deny is about the principal, and about all whom that principal stands for."""
    account, names = account_of(principal), deny.principals
    if not deny.not_principal:
        return any(name in {"*", principal} or _is_account(name, account) for name in names)
    if principal in names:
        return False
    if principal == "*" or _whole_account(principal):
        return None if principal == "*" or any(account_of(name) == account for name in names) else True
    return None if any(_is_account(name, account) for name in names) else True


def _holds(condition: Condition, principal: str) -> bool | None:
    """Say whether a Deny's condition holds for the principal; None where its key or values cannot tell."""
    if at_will(condition):
        return False
    service = principal.startswith("Service:")
    if principal == "*" or not (service or account_of(principal)):
        return None
    if condition.key == "aws:principalaccount" or (condition.key == "aws:sourceaccount" and not service):
        inside = account_of(principal) in condition.values
    elif condition.key == "aws:principalarn" and (service or not _whole_account(principal)):
        inside = any(_fits(principal, value) for value in condition.values)
    else:
        return None
    if condition.operator in IS:
        return inside
    return not inside if condition.operator in IS_NOT else None


def _is_account(name: str, account: str) -> bool:
    return bool(account) and (name == account or (name.startswith("arn:") and name.endswith(f"::{account}:root")))


def _whole_account(principal: str) -> bool:
    return principal.isdigit() or principal.endswith(":root")


def _covers(resource: str, archive: ArchiveFacts, action: str) -> bool:
    target = _target(archive, action)
    if not _on_objects(action):
        return _fits(target, resource)
    return (
        resource.endswith("*") and "?" not in resource and "*" not in resource[:-1] and target.startswith(resource[:-1])
    )


def _overlap(resource: str, target: str) -> bool:
    fixed = re.split(r"[*?]", resource, maxsplit=1)[0]
    return fixed.startswith(target) or (fixed != resource and target.startswith(fixed))


def _target(archive: ArchiveFacts, action: str) -> str:
    return f"arn:aws:s3:::{archive.name}" + (f"/{archive.prefix}" if _on_objects(action) else "")


def _on_objects(action: str) -> bool:
    return action.lower().partition(":")[2].startswith(_OBJECT_ACTIONS)


def _arn(resource: str) -> str:
    return _PARTITION.sub("arn:aws:s3:::", resource)


def _fits(text: str, pattern: str) -> bool:
    return fnmatch.fnmatchcase(text, pattern.replace("[", "[[]"))
