"""Which log groups an account policy of CloudWatch Logs applies to, and what its document says."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Final

from dayseal.model.route import AccountPolicy, EksSource, Missing, PolicyKind, SubscriptionFilter

# All that a subscription policy's document may hold, PutAccountPolicy. What else it says may drop records.
_SUBSCRIPTION: Final = frozenset({"DestinationArn", "FilterPattern", "RoleArn", "Distribution"})
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
    value = _document(policy).get(field)
    return value if isinstance(value, str | int) and not isinstance(value, bool) else None


def account_filters(source: EksSource) -> tuple[tuple[SubscriptionFilter, ...], tuple[AccountPolicy, ...]]:
    """Give the account's subscription policies that cover the log group as filters, and those that may cover it.

    Missing account policies give neither; the caller notes the miss. A document that holds anything but what
    is known of it is not decided.
    """
    if isinstance(source.account_policies, Missing):
        return (), ()
    sure, unsure = of_kind(source.account_policies.value, PolicyKind.SUBSCRIPTION, source.log_group_name)
    filters = []
    for policy in sure:
        document = _document(policy)
        destination, pattern = document.get("DestinationArn"), document.get("FilterPattern", "")
        if not isinstance(destination, str) or not isinstance(pattern, str) or document.keys() - _SUBSCRIPTION:
            unsure += (policy,)
        else:
            filters.append(SubscriptionFilter(policy.name, pattern, destination))
    return tuple(filters), unsure


def _document(policy: AccountPolicy) -> Mapping[str, object]:
    try:
        document = json.loads(policy.document)
    except (ValueError, RecursionError):
        return {}
    return document if isinstance(document, dict) else {}


def _texts(text: str) -> list[str] | None:
    if not text.startswith(("[", '"')):
        return [text]
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    values = value if isinstance(value, list) else [value]
    return values if all(isinstance(item, str) for item in values) else None
