"""Which log groups an account policy of CloudWatch Logs applies to, by its selection criteria."""

import json
import re
from collections.abc import Sequence
from typing import Final

from dayseal.model.route import AccountPolicy, PolicyKind

_EXCEPT: Final = re.compile(r"\s*LogGroupName\s+NOT\s+IN\s*(\[.*\])\s*\Z", re.DOTALL)
_PREFIX: Final = re.compile(r"\s*LogGroupNamePrefix\s*(?:=|==|IN)\s*(\[.*\]|\"[^\"]*\"|[^\s\"\[\]]+)\s*\Z", re.DOTALL)


def covers(policy: AccountPolicy, group: str) -> bool | None:
    """Say whether the policy applies to the log group; None when its criteria cannot be decided.

    Source: CloudWatch Logs PutAccountPolicy, `selectionCriteria`: `LogGroupName NOT IN [...]`,
    `LogGroupNamePrefix`, or nothing for every group.
    """
    if not policy.selection.strip():
        return True
    found = _EXCEPT.match(policy.selection)
    if found:
        names = _texts(found[1])
        return None if names is None else group not in names
    found = _PREFIX.match(policy.selection)
    if found:
        prefixes = _texts(found[1])
        return None if prefixes is None else group.startswith(tuple(prefixes))
    return None


def of_kind(policies: Sequence[AccountPolicy], kind: PolicyKind, group: str) -> tuple[
    tuple[AccountPolicy, ...], tuple[AccountPolicy, ...]
]:  # fmt: skip
    """Give the policies of one kind that apply to the group, and those that may."""
    mine = [(policy, covers(policy, group)) for policy in policies if policy.kind is kind]
    return tuple(p for p, sure in mine if sure), tuple(p for p, sure in mine if sure is None)


def document_field(policy: AccountPolicy, field: str) -> str | int | None:
    """Give a text or whole number of the policy's document, None where it has no such field or is no JSON."""
    try:
        document = json.loads(policy.document)
    except (ValueError, RecursionError):
        return None
    value = document.get(field) if isinstance(document, dict) else None
    return value if isinstance(value, str | int) and not isinstance(value, bool) else None


def _texts(text: str) -> list[str] | None:
    if not text.startswith(("[", '"')):
        return [text]
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    values = value if isinstance(value, list) else [value]
    return values if all(isinstance(item, str) for item in values) else None
