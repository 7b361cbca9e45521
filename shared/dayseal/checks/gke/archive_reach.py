"""Check 7 for a Cloud Storage archive: another project, closed to the public and to the cluster's own project."""

from collections.abc import Sequence
from typing import Final

from dayseal.checks.gke.iam import PUBLIC, Grant, Grants, Right, of_project, read_grants
from dayseal.checks.gke.sink_opinions import create_bucket
from dayseal.checks.route_words import FactSheet, Opinion, gcloud, known, name_missing, worst
from dayseal.errors import FormatError
from dayseal.model import Finding, Verdict
from dayseal.model.route import ArchiveFacts, Known, Missing, PublicAccess, RouteFacts

_AGENT: Final = "@gcp-sa-logging.iam.gserviceaccount.com"  # Cloud Logging's own: nobody can act as it
_HARM: Final = (Right.CREATE, Right.DELETE, Right.CHANGE)
_MAX_NAMED: Final = 3
_MAX_LISTED: Final = 20


def gcs_archive_central(facts: RouteFacts, archive: ArchiveFacts, sheet: FactSheet) -> Finding:
    """Judge check 7 by who owns the bucket, whether it can be public, and who may write or change it.

    FAIL: the cluster's own project, everybody, or a service account of the cluster's project with such a right.
    Cloud Logging's own writers count for nobody. People and groups belong to no project: they are listed.
    UNKNOWN: otherwise, when a policy could not be read, a custom role or a condition decides, or single objects
    may have access lists.
    """
    sheet.add("exists", archive.exists)
    if isinstance(archive.exists, Known) and not archive.exists.value:
        said = f"archive {archive.uri} does not exist, one in another project promised"
        return sheet.finding(Verdict.FAIL, said, create_bucket(archive))
    sheet.add("owner", archive.owner)
    sheet.add("publicAccess", archive.public_access, _show_access)
    sheet.add("policy", archive.policy, lambda text: text or "none")
    if archive.inherited is not None:
        sheet.add("inherited", archive.inherited, lambda above: ", ".join(p.scope for p in above) or "nothing")
    if archive.object_acls is not None:
        sheet.add("objectAcls", archive.object_acls, lambda on: "possible" if on else "off (uniform access)")
    try:
        grants = read_grants(archive)
    except FormatError as exc:
        return sheet.finding(Verdict.UNKNOWN, str(exc), _show_command(archive))
    _write_rights(grants, archive, sheet)
    answer = worst([_owner(archive, facts), _public(archive, grants), _rights(archive, facts, grants), _acls(archive)])
    if sheet.missing and answer.verdict is not Verdict.FAIL:
        told = f"; {answer.said}" if answer.verdict is Verdict.UNKNOWN and answer.said else ""
        return sheet.unknown(f"whether {archive.uri} is out of the cluster owner's reach", more=told)
    return sheet.finding(answer.verdict, answer.said, answer.fix)


def _owner(archive: ArchiveFacts, facts: RouteFacts) -> Opinion:
    if not isinstance(archive.owner, Known):
        return Opinion(Verdict.UNKNOWN, "")
    owner, mine = archive.owner.value, facts.cluster.account
    if owner in _names(facts):
        said = f"archive {archive.uri} lies in the cluster's own project {mine}, another promised"
        return Opinion(Verdict.FAIL, said, f"{create_bucket(archive)}; then point the sink at that bucket")
    if owner.isdigit() and isinstance(facts.gke.project_number, Missing):
        number = facts.gke.project_number
        return Opinion(Verdict.UNKNOWN, f"whether project {owner} is {mine} is not known: {name_missing([number])}")
    return Opinion(Verdict.PASS, f"the archive lies in project {owner}, the cluster in {mine}")


def _public(archive: ArchiveFacts, grants: Grants) -> Opinion:
    fix = f"{gcloud('storage buckets update', f'gs://{archive.name}')} --public-access-prevention"
    open_to = sorted({grant.words for grant in grants.seen if grant.member in PUBLIC})
    access = archive.public_access
    if isinstance(access, Known) and access.value.blocked:
        return Opinion(Verdict.PASS, "public access is prevented")
    if open_to:
        return Opinion(Verdict.FAIL, f"open to everybody: {', '.join(open_to[:_MAX_NAMED])}; nobody promised", fix)
    if not isinstance(access, Known):
        return Opinion(Verdict.UNKNOWN, "")
    if access.value.inherited:
        said = f"nobody outside is let in, but only an organisation policy may prevent it ({access.value.words})"
        return Opinion(Verdict.UNKNOWN, f"{said}, which was not read; prevention on the bucket promised", fix)
    return Opinion(Verdict.FAIL, f"public access is not prevented ({access.value.words}), prevented promised", fix)


def _rights(archive: ArchiveFacts, facts: RouteFacts, grants: Grants) -> Opinion:
    names, account = _names(facts), facts.cluster.account
    harmful = [g for g in grants.seen if not g.member.endswith(_AGENT) and _may_harm(g) is not False]
    mine = [(grant, of_project(grant.member, names)) for grant in harmful if grant.member not in PUBLIC]
    sure = [g for g, own in mine if own and _may_harm(g) and not g.condition]
    doubtful = [g for g, own in mine if own is not False and g not in sure]
    if sure:
        told = "; ".join(grant.words for grant in sure[:_MAX_NAMED])
        more = f" and {len(sure) - _MAX_NAMED} more" if len(sure) > _MAX_NAMED else ""
        said = f"the cluster's project {account} may write or change there: {told}{more}; neither promised"
        return Opinion(Verdict.FAIL, said, _remove_command(archive, sure[0]))
    if doubtful:
        said = f"whether {doubtful[0].words} lets project {account} write or change there cannot be decided"
        return Opinion(Verdict.UNKNOWN, said, _show_command(archive))
    if grants.hidden:
        return Opinion(Verdict.UNKNOWN, f"who else may write there is not known: {name_missing(grants.hidden)}")
    writers = sorted({grant.member for grant in grants.seen if grant.gives(Right.CREATE)})
    return Opinion(
        Verdict.PASS, f"no account of project {account} may write or change there; writers: {_some(writers)}"
    )


def _acls(archive: ArchiveFacts) -> Opinion:
    if archive.object_acls is None or known(archive.object_acls, otherwise=True) is False:
        return Opinion(Verdict.PASS, "")
    fix = f"{gcloud('storage buckets update', f'gs://{archive.name}')} --uniform-bucket-level-access"
    said = "single objects may have access lists of their own, which were not read; uniform access promised"
    return Opinion(Verdict.UNKNOWN, said if isinstance(archive.object_acls, Known) else "", fix)


def _may_harm(grant: Grant) -> bool | None:
    results = [grant.gives(right) for right in _HARM]
    return True if True in results else None if None in results else False


def _names(facts: RouteFacts) -> tuple[str, ...]:
    number = facts.gke.project_number
    return (facts.cluster.account, number.value) if isinstance(number, Known) else (facts.cluster.account,)


def _write_rights(grants: Grants, archive: ArchiveFacts, sheet: FactSheet) -> None:
    if isinstance(archive.policy, Known):
        for right in Right:
            held = [
                f"{g.words}{'' if g.gives(right) else ' perhaps'}" for g in grants.seen if g.gives(right) is not False
            ]
            sheet.write(f"mayBy.{right.value}", archive.policy.source, "; ".join(held[:_MAX_LISTED]) or "nobody seen")


def _some(members: Sequence[str]) -> str:
    more = f" and {len(members) - _MAX_NAMED} more" if len(members) > _MAX_NAMED else ""
    return (", ".join(members[:_MAX_NAMED]) or "nobody seen") + more


def _remove_command(archive: ArchiveFacts, grant: Grant) -> str:
    if not grant.scope.startswith("bucket "):
        return f"take {grant.member} out of {grant.role} in the IAM policy of {grant.scope}"
    bucket = f"gs://{archive.name}"
    return gcloud("storage buckets remove-iam-policy-binding", bucket, member=grant.member, role=grant.role)


def _show_command(archive: ArchiveFacts) -> str:
    return gcloud("storage buckets get-iam-policy", f"gs://{archive.name}")


def _show_access(access: PublicAccess) -> str:
    return f"{'prevented' if access.blocked else 'not prevented'}: {access.words}"
