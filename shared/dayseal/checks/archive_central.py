"""Check 7, `archive-central`: the archive is out of the cluster owner's reach."""

from collections.abc import Sequence
from typing import Final

from dayseal.checks.aks.archive_reach import azure_archive_central
from dayseal.checks.bucket_policy import CHANGE, READ, WRITE, Holder, who_may
from dayseal.checks.gke.archive_reach import gcs_archive_central
from dayseal.checks.route_words import FactSheet, Opinion, aws, known, no_archive, worst
from dayseal.errors import FormatError
from dayseal.model import Finding, Verdict
from dayseal.model.route import AksSource, ArchiveFacts, GkeSource, Known, PublicAccess, Replica, RouteFacts

CHECK: Final = "archive-central"
_MAX_NAMED: Final = 3


def judge_archive_central(facts: RouteFacts) -> Finding:
    """Judge whether the archive lies in another account than the cluster, closed to the public and to that account.

    FAIL: the same account, public access not blocked, or a principal of the cluster's account (everyone
    included) with write or policy rights by the archive's own policy. UNKNOWN: otherwise, when something
    could not be read or a condition not decided. Who may read, write and change is listed.
    """
    sheet = FactSheet(CHECK)
    archive = facts.archive
    if archive is None:
        return no_archive(facts, sheet)
    if isinstance(facts.source, GkeSource):
        return gcs_archive_central(facts, archive, sheet)
    if isinstance(facts.source, AksSource):
        return azure_archive_central(facts, archive, sheet)
    sheet.add("exists", archive.exists)
    if isinstance(archive.exists, Known) and not archive.exists.value:
        said = f"archive {archive.uri} does not exist, one in another account promised"
        return sheet.finding(Verdict.FAIL, said, aws("s3api create-bucket", bucket=archive.name))
    sheet.add("owner", archive.owner)
    sheet.add("publicAccess", archive.public_access, _show_access)
    sheet.mention("replication", archive.replication, _show_replicas)
    sheet.add("policy", archive.policy, lambda text: "none" if text is None else text)
    answer = worst([_owner(archive, facts), _public(archive), _rights(archive, facts, sheet)])
    if sheet.missing and answer.verdict is not Verdict.FAIL:
        told = f"; {answer.said}" if answer.verdict is Verdict.UNKNOWN and answer.said else ""
        return sheet.unknown(f"whether {archive.uri} is out of the cluster owner's reach", more=told)
    return sheet.finding(answer.verdict, answer.said + _copied(archive), answer.fix)


def _copied(archive: ArchiveFacts) -> str:
    """Say where else the objects go: whoever owns a copy can read it, and cannot change the archive by it."""
    rules = known(archive.replication, ())
    places = [f"{r.bucket} of account {r.account}" if r.account else r.bucket for r in rules if r.enabled]
    return f"; copies go to {', '.join(dict.fromkeys(places))}" if places else ""


def _owner(archive: ArchiveFacts, facts: RouteFacts) -> Opinion:
    if not isinstance(archive.owner, Known):
        return Opinion(Verdict.UNKNOWN, "")
    owner, mine = archive.owner.value, facts.cluster.account
    if owner == mine:
        said = f"archive {archive.uri} lies in the cluster's own account {mine}, another promised"
        return Opinion(Verdict.FAIL, said, f"export to a bucket of another account; {_direct(facts)}")
    return Opinion(Verdict.PASS, f"the archive lies in account {owner}, the cluster in {mine}")


def _direct(facts: RouteFacts) -> str:
    """The first step there: a destination of the archive's account, which a filter can then name."""
    return aws(
        "logs put-destination",
        region=facts.cluster.location,
        destination_name="audit-archive",
        target_arn=f"arn:aws:firehose:{facts.cluster.location}:ARCHIVE_ACCOUNT:deliverystream/NAME",
        role_arn="arn:aws:iam::ARCHIVE_ACCOUNT:role/NAME",
    )


def _public(archive: ArchiveFacts) -> Opinion:
    if not isinstance(archive.public_access, Known):
        return Opinion(Verdict.UNKNOWN, "")
    if archive.public_access.value.blocked:
        return Opinion(Verdict.PASS, "public access is blocked")
    block = "BlockPublicAcls=true,IgnorePublicAcls=true,BlockPublicPolicy=true,RestrictPublicBuckets=true"
    fix = aws("s3api put-public-access-block", bucket=archive.name, public_access_block_configuration=block)
    said = f"public access is not blocked ({archive.public_access.value.words}), blocked promised"
    return Opinion(Verdict.FAIL, said, fix)


def _rights(archive: ArchiveFacts, facts: RouteFacts, sheet: FactSheet) -> Opinion:
    if not isinstance(archive.policy, Known):
        return Opinion(Verdict.UNKNOWN, "")
    account = facts.cluster.account
    show = aws("s3api get-bucket-policy", bucket=archive.name)
    try:
        groups = [(name, who_may(archive.policy.value, archive, acts, account)) for name, acts in _RIGHTS]
    except FormatError as exc:
        return Opinion(Verdict.UNKNOWN, str(exc), show)
    for name, holders in groups:
        sheet.write(f"mayBy.{name}", archive.policy.source, _list(holders))
    mine = [(name, holder) for name, holders in groups[1:] for holder in holders if holder.within]
    sure = [(name, holder) for name, holder in mine if holder.certain]
    if sure:
        told = "; ".join(f"{holder.words} may {name}" for name, holder in sure[:_MAX_NAMED])
        more = f" and {len(sure) - _MAX_NAMED} more" if len(sure) > _MAX_NAMED else ""
        opened = f"the archive's policy opens it to account {account}: {told}{more}"
        said = f"{opened}; neither write nor change promised{_of_stream(facts, [h for _, h in sure])}"
        fix = f"{show}; take these principals out, then: " + aws("s3api put-bucket-policy", bucket=archive.name)
        return Opinion(Verdict.FAIL, said, f"{fix} --policy file://policy.json")
    if mine:
        name, holder = mine[0]
        said = f"whether {holder.principal} may {name} there cannot be decided ({len(mine)} such): {holder.text}"
        return Opinion(Verdict.UNKNOWN, said, show)
    writers = [holder.principal for holder in groups[1][1]]
    return Opinion(
        Verdict.PASS, f"its policy lets nobody of account {account} write or change; writers: {_names(writers)}"
    )


def _of_stream(facts: RouteFacts, holders: Sequence[Holder]) -> str:
    """Say so when it is the export itself that writes from there: then the stream has to move, not only the policy."""
    streams = [a.stream.value for a in facts.eks.streams if isinstance(a.stream, Known) and a.stream.value]
    roles = {stream.role for stream in streams if stream.role}
    mine = sorted({holder.principal for holder in holders} & roles)
    return f" ({mine[0]} is the delivery stream's role: move the stream to the archive's account)" if mine else ""


_RIGHTS: Final = (("read", READ), ("write", WRITE), ("change", CHANGE))


def _list(holders: Sequence[Holder]) -> str:
    shown = (holder.words + ("" if holder.certain else " perhaps") for holder in holders)
    return "; ".join(shown) or "nobody by the policy"


def _names(names: Sequence[str]) -> str:
    return ", ".join(dict.fromkeys(names)) or "nobody by the policy"


def _show_replicas(rules: tuple[Replica, ...]) -> str:
    shown = (
        f"to {rule.bucket} of {rule.account or 'an account not named'} ({'on' if rule.enabled else 'off'}, prefix "
        f"{rule.prefix!r}, delete markers {'copied' if rule.deletes else 'not copied'})"
        for rule in rules
    )
    return " | ".join(shown) or "no replication rules"


def _show_access(access: PublicAccess) -> str:
    return f"{'blocked' if access.blocked else 'not blocked'}: {access.words}"
