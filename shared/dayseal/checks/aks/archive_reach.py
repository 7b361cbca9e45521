"""Check 7 for an Azure container: another subscription, closed to the public and to those who run the cluster."""

from collections.abc import Sequence
from typing import Final

from dayseal.checks.aks.archive_lock import create_container
from dayseal.checks.aks.rights import Right, gives, rules_cluster, within, words
from dayseal.checks.aks.ways import account_name
from dayseal.checks.route_words import FactSheet, Opinion, az, worst
from dayseal.model import Finding, Verdict
from dayseal.model.route import ArchiveFacts, Known, Missing, PublicAccess, RoleAssignment, RouteFacts

_HARM: Final = (Right.WRITE, Right.DELETE, Right.CHANGE)
_MAX_NAMED: Final = 3
_MAX_LISTED: Final = 20


def azure_archive_central(facts: RouteFacts, archive: ArchiveFacts, sheet: FactSheet) -> Finding:
    """Judge check 7 by whose subscription the account lies in, whether it can be public, and who may change it.

    FAIL: the cluster's own subscription, public access possible, or harm to the archive in the hands of the cluster's
    own identities or of a principal that a role within the cluster's subscription sets over the cluster. Roles given
    further up, such as at a management group, belong to no subscription: they are listed. UNKNOWN: otherwise, when a
    role or an assignment could not be read, or a condition decides.
    """
    sheet.add("exists", archive.exists)
    if isinstance(archive.exists, Known) and not archive.exists.value:
        said = f"archive {archive.uri} does not exist, one in another subscription promised"
        return sheet.finding(Verdict.FAIL, said, create_container(archive))
    sheet.add("owner", archive.owner)
    sheet.add("publicAccess", archive.public_access, _show_access)
    sheet.add("archiveRights", facts.aks.archive_rights, lambda found: f"{len(found)} role assignments")
    sheet.add("clusterRights", facts.aks.cluster_rights, lambda found: f"{len(found)} role assignments")
    _write_rights(facts, archive, sheet)
    answer = worst([_owner(archive, facts), _public(archive), _rights(facts, archive)])
    if sheet.missing and answer.verdict is not Verdict.FAIL:
        told = f"; {answer.said}" if answer.verdict is Verdict.UNKNOWN and answer.said else ""
        return sheet.unknown(f"whether {archive.uri} is out of the cluster owner's reach", more=told)
    return sheet.finding(answer.verdict, answer.said, answer.fix)


def _owner(archive: ArchiveFacts, facts: RouteFacts) -> Opinion:
    if isinstance(archive.owner, Missing):
        return Opinion(Verdict.UNKNOWN, "")
    owner, mine = archive.owner.value, facts.cluster.account
    if owner.casefold() == mine.casefold():
        said = f"archive {archive.uri} lies in the cluster's own subscription {mine}, another promised"
        make = az("storage account create", subscription="OTHER", name="ACCOUNT", resource_group="GROUP")
        return Opinion(Verdict.FAIL, said, f"{make}; then point the diagnostic setting at that account")
    return Opinion(Verdict.PASS, f"the archive lies in subscription {owner}, the cluster in {mine}")


def _public(archive: ArchiveFacts) -> Opinion:
    if isinstance(archive.public_access, Missing):
        return Opinion(Verdict.UNKNOWN, "")
    access = archive.public_access.value
    if access.blocked:
        return Opinion(Verdict.PASS, "public access is blocked")
    fix = f"{az('storage account update', name=account_name(archive))} --allow-blob-public-access false"
    return Opinion(Verdict.FAIL, f"public access is not blocked ({access.words}), blocked promised", fix)


def _rights(facts: RouteFacts, archive: ArchiveFacts) -> Opinion:
    if isinstance(facts.aks.archive_rights, Missing):
        return Opinion(Verdict.UNKNOWN, "")
    keys = _keys_work(facts, archive)
    harmful = [(a, _may_harm(a, keys_work=keys)) for a in facts.aks.archive_rights.value]
    rulers = _rulers(facts)
    identities = _identities(facts)
    mine = [(a, sure) for a, sure in harmful if sure is not False and a.principal.casefold() in {*rulers, *identities}]
    certain = {p for p, over in rulers.items() if over} | identities
    sure_ones = [a for a, sure in mine if sure and a.principal.casefold() in certain]
    if sure_ones:
        told = "; ".join(words(a) for a in sure_ones[:_MAX_NAMED])
        more = f" and {len(sure_ones) - _MAX_NAMED} more" if len(sure_ones) > _MAX_NAMED else ""
        said = f"who runs the cluster may write or change the archive: {told}{more}; neither promised"
        return Opinion(Verdict.FAIL, said, _remove(sure_ones[0]))
    if mine:
        said = f"whether {words(mine[0][0])}, set over the cluster too, may write or change there cannot be decided"
        return Opinion(Verdict.UNKNOWN, said, _show(mine[0][0]))
    if isinstance(facts.aks.cluster_rights, Missing):
        return Opinion(Verdict.UNKNOWN, "")
    if isinstance(facts.aks.cluster, Missing):
        return Opinion(Verdict.UNKNOWN, f"the cluster's own identities are not known: {facts.aks.cluster.text}")
    others = len({a.principal for a, sure in harmful if sure is not False})
    if others and not _all_told(facts):
        said = "the cluster does not tell every identity it acts as (a service principal's is not shown)"
        return Opinion(Verdict.UNKNOWN, f"{said}, and {others} others may write or change the archive")
    said = "neither the cluster's identities nor anybody set over it in its subscription may write or change there"
    return Opinion(Verdict.PASS, f"{said}; others that may: {others}")


def _rulers(facts: RouteFacts) -> dict[str, bool]:
    """Give the principals that a role within the cluster's subscription sets over it, each with how sure that is."""
    found: dict[str, bool] = {}
    rights = facts.aks.cluster_rights
    for assignment in rights.value if isinstance(rights, Known) else ():
        over = rules_cluster(assignment) if within(assignment.scope, facts.cluster.account) else False
        if over is not False:
            name = assignment.principal.casefold()
            found[name] = found.get(name, False) or over is True
    return found


def _all_told(facts: RouteFacts) -> bool:
    cluster = facts.aks.cluster
    return isinstance(cluster, Known) and (cluster.value is None or cluster.value.all_identities)


def _identities(facts: RouteFacts) -> set[str]:
    cluster = facts.aks.cluster
    if isinstance(cluster, Missing) or cluster.value is None:
        return set()
    return {name.casefold() for name in cluster.value.identities}


def _keys_work(facts: RouteFacts, archive: ArchiveFacts) -> bool | None:
    """Say whether the account's keys work, None where the account did not answer."""
    for answer in facts.aks.accounts:
        named = answer.account.rpartition("/")[2].casefold() == account_name(archive)
        if named and isinstance(answer.state, Known) and answer.state.value is not None:
            return answer.state.value.shared_key
    return None


def _may_harm(assignment: RoleAssignment, *, keys_work: bool | None) -> bool | None:
    results = [gives(assignment, right, keys_work=keys_work) for right in _HARM]
    return True if True in results else None if None in results else False


def _write_rights(facts: RouteFacts, archive: ArchiveFacts, sheet: FactSheet) -> None:
    rights = facts.aks.archive_rights
    if isinstance(rights, Missing):
        return
    keys = _keys_work(facts, archive)
    for right in Right:
        sheet.write(f"mayBy.{right.value}", rights.source, _holders(rights.value, right, keys_work=keys))


def _holders(found: Sequence[RoleAssignment], right: Right, *, keys_work: bool | None) -> str:
    held = [(a, gives(a, right, keys_work=keys_work)) for a in found]
    shown = [f"{words(a)}{'' if sure else ' perhaps'}" for a, sure in held if sure is not False]
    return "; ".join(shown[:_MAX_LISTED]) or "nobody seen"


def _remove(assignment: RoleAssignment) -> str:
    # A user's id stays out of the ledger; the list shows it to whoever may read it.
    if assignment.kind.casefold() == "user":
        return _show(assignment)
    scope, role = assignment.scope, assignment.role
    return az("role assignment delete", assignee=assignment.principal, role=role, scope=scope)


def _show(assignment: RoleAssignment) -> str:
    return az("role assignment list", scope=assignment.scope, role=assignment.role)


def _show_access(access: PublicAccess) -> str:
    return f"{'blocked' if access.blocked else 'not blocked'}: {access.words}"
