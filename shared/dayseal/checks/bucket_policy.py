"""Who may read, write or change an S3 archive, by its bucket policy, as far as that can be decided.

Identity policies of the archive's own account, ACLs and access points are not looked at. Of conditions only
those are decided that name the caller's account or ARN; a condition every caller can meet at will (TLS,
headers) neither narrows an Allow nor makes a Deny bite. Everything else is undecided, with its text.

Source: IAM User Guide, "Policy evaluation logic" and "Global condition context keys".
"""

import dataclasses
from collections.abc import Sequence
from typing import Final

from dayseal.checks.policy_matching import ACCOUNT_KEYS, IS, IS_NOT, account_of, acts, at_will, bites, touches
from dayseal.checks.policy_statements import Condition, Statement, parse_policy
from dayseal.errors import FormatError
from dayseal.model.route import ArchiveFacts

READ: Final = ("s3:GetObject", "s3:GetObjectVersion")
WRITE: Final = (
    "s3:PutObject",
    "s3:DeleteObject",
    "s3:DeleteObjectVersion",
    "s3:PutObjectRetention",
    "s3:PutObjectLegalHold",
    "s3:PutObjectAcl",
    "s3:PutObjectTagging",
    "s3:ReplicateObject",
    "s3:ReplicateDelete",
    "s3:ObjectOwnerOverrideToBucketOwner",
    "s3:BypassGovernanceRetention",
)
CHANGE: Final = (
    "s3:PutBucketPolicy",
    "s3:DeleteBucketPolicy",
    "s3:PutLifecycleConfiguration",
    "s3:PutBucketObjectLockConfiguration",
    "s3:PutBucketVersioning",
    "s3:PutBucketAcl",
    "s3:PutBucketOwnershipControls",
    "s3:PutBucketPublicAccessBlock",
    "s3:PutReplicationConfiguration",
    "s3:PutEncryptionConfiguration",
    "s3:DeleteBucket",
)
BYPASS: Final = ("s3:BypassGovernanceRetention",)

# What a principal starts with when its account is plain, or when it has none.
_MAX_NAMED: Final = 3
_PLAIN: Final = ("arn:", "Service:", "Federated:")


@dataclasses.dataclass(frozen=True, slots=True)
class Holder:
    """A principal the policy lets do something.

    `certain` is False where a condition or the principal itself could not be decided; `text` is then the
    statement that leaves it open. `within` says whether principals of the account that was asked about are
    meant.
    """

    principal: str
    actions: tuple[str, ...]
    certain: bool
    within: bool
    text: str

    @property
    def words(self) -> str:
        """The holder in words: `arn:... (s3:PutObject)`; of many actions three are named."""
        more = f" and {len(self.actions) - _MAX_NAMED} more" if len(self.actions) > _MAX_NAMED else ""
        return f"{self.principal} ({', '.join(self.actions[:_MAX_NAMED])}{more})"


def who_may(policy: str | None, archive: ArchiveFacts, actions: Sequence[str], account: str) -> tuple[Holder, ...]:
    """Give everyone the bucket policy lets do one of `actions` in the archive, in the order of its statements.

    `account` is the one whose principals are told from others (`Holder.within`).

    Raises:
        FormatError: the policy cannot be read.
    """
    statements = parse_policy(policy) if policy is not None else ()
    denies = [statement for statement in statements if not statement.allow]
    holders: list[Holder] = []
    for statement in statements:
        if statement.allow:
            for principal in ("*",) if statement.not_principal else statement.principals:
                holders += _holders(principal, statement, denies, archive, actions, account)
    return tuple(holders)


def may_bypass_lock(policy: str | None, archive: ArchiveFacts) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Give who may bypass a GOVERNANCE lock by the bucket policy, for certain and perhaps (with the text)."""
    try:
        holders = who_may(policy, archive, BYPASS, account="")
    except FormatError as exc:
        return (), (str(exc),)
    return tuple(h.principal for h in holders if h.certain), tuple(h.text for h in holders if not h.certain)


def _holders(
    principal: str,
    statement: Statement,
    denies: Sequence[Statement],
    archive: ArchiveFacts,
    actions: Sequence[str],
    account: str,
) -> list[Holder]:
    """Give what an Allow leaves a principal after the Denies: what it may for certain, and what perhaps."""
    narrowing = [c for c in statement.conditions if not at_will(c) and not _is_settled(c, principal, account)]
    plain = principal == "*" or principal.isdigit() or (principal.startswith(_PLAIN) and "*" not in principal)
    within = _within(principal, statement, account)
    sure: list[str] = []
    perhaps: list[str] = []
    doubt = statement.text
    for action in actions:
        if not (acts(statement, action) and touches(statement, archive, action)):
            continue
        stops = [(bites(deny, principal, archive, action), deny) for deny in denies]
        if any(stop for stop, _ in stops):
            continue
        open_stops = [deny for stop, deny in stops if stop is None]
        if narrowing or open_stops or not plain:
            perhaps.append(action)
            doubt = open_stops[0].text if open_stops and not narrowing else doubt
        else:
            sure.append(action)
    pairs = ((sure, True, ""), (perhaps, False, doubt))
    return [Holder(principal, tuple(found), certain, within, text) for found, certain, text in pairs if found]


def _within(principal: str, statement: Statement, account: str) -> bool:
    """Say whether principals of `account` may be meant: named, everyone, or an id whose account is not plain."""
    if principal.startswith(("Service:", "Federated:")):
        return False
    if any(_lets_in(condition, account) is False for condition in statement.conditions):
        return False
    return principal == "*" or account_of(principal) in {account, "", "*"}


def _is_settled(condition: Condition, principal: str, account: str) -> bool:
    """Say whether an Allow's condition on the caller's account is decided for `account`."""
    return not principal.startswith("Service:") and _lets_in(condition, account) is not None


def _lets_in(condition: Condition, account: str) -> bool | None:
    if condition.key not in ACCOUNT_KEYS or not account or any("*" in value for value in condition.values):
        return None
    inside = account in condition.values
    if condition.operator not in IS | IS_NOT:
        return None
    lets = inside if condition.operator in IS else not inside
    # A caller has no source account unless a service calls for it, so that key can only keep callers out.
    return lets if condition.key == "aws:principalaccount" or not lets else None
