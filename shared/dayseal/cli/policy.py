"""`dayseal policy`: what an audit policy records, which rule decides, what changes, what is probably not meant."""

import re
from pathlib import Path
from typing import Annotated, Final

import typer

from dayseal.audit.policy import (
    NEWEST_MINOR,
    PROFILES,
    Policy,
    Request,
    Severity,
    changes_between,
    explain,
    implied_groups,
    lint_policy,
    load_policy,
    never_recorded,
    profile_of,
    profile_policy,
    profile_text,
    request_of_event,
    verb_of,
)
from dayseal.audit.policy.builtin import groups_of
from dayseal.audit.policy.yaml_text import MAX_BYTES
from dayseal.cli.options import FormatOption
from dayseal.cli.output import EXIT_FAILED, EXIT_OK, Format, print_json
from dayseal.cli.policy_views import (
    change_documents,
    explanation_document,
    finding_documents,
    policy_document,
    print_changes,
    print_explanation,
    print_findings,
    print_policy,
)
from dayseal.errors import AccessError, UsageError

app = typer.Typer(help="Look into audit policies: the providers' and your own.", no_args_is_help=True)
PolicyText = Annotated[str, typer.Argument(help=f"A profile ({', '.join(PROFILES)}) or a policy file.")]
KubernetesOption = Annotated[
    str, typer.Option("--kubernetes", help="The kube-apiserver version that runs the policy, like 1.34.")
]
_NEWEST: Final = f"1.{NEWEST_MINOR}"
_VERSION: Final = re.compile(r"v?1\.([1-9][0-9]?)(?:\.[0-9]{1,3})?\Z", re.ASCII)
_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "CONNECT", "TRACE"})


@app.command("show")
def show(policy: PolicyText, kubernetes: KubernetesOption = _NEWEST, output: FormatOption = Format.TABLE) -> None:
    """List the rules, what they never record, and for a profile what is known about it."""
    minor = _minor(kubernetes)
    rules = _policy(policy, minor)
    profile = profile_of(policy) if policy in PROFILES else None
    unseen = never_recorded(rules, minor=minor)
    if output is Format.JSON:
        print_json(policy_document(rules, profile, unseen))
    else:
        print_policy(rules, profile, unseen)


@app.command("explain")
def explain_request(
    policy: PolicyText,
    verb: Annotated[str, typer.Option("--verb", help="As in events (create, watch), or an HTTP method in capitals.")],
    uri: Annotated[str, typer.Option("--uri", help="The request URI.")] = "",
    resource: Annotated[str, typer.Option("--resource", help="Instead of a URI: pods/exec, deployments.apps.")] = "",
    namespace: Annotated[str, typer.Option("--namespace", help="With --resource.")] = "",
    name: Annotated[str, typer.Option("--name", help="With --resource: the name in the request's path.")] = "",
    user: Annotated[str, typer.Option("--user", help="Who asks; without it nobody is authenticated.")] = "",
    group: Annotated[list[str] | None, typer.Option("--group", help="A group of the user; may be repeated.")] = None,
    kubernetes: KubernetesOption = _NEWEST,
    output: FormatOption = Format.TABLE,
) -> None:
    """Say which rule decides a request, and why the rules before it do not."""
    minor = _minor(kubernetes)
    groups = tuple(dict.fromkeys((*implied_groups(user), *(group or ()))))
    if bool(uri) == bool(resource):
        raise UsageError("policy explain: --uri and --resource are both given or both missing, one promised")
    if uri and (namespace or name):
        raise UsageError("policy explain: --namespace and --name beside --uri, which holds them already")
    if group and not user:
        raise UsageError("policy explain: --group without --user, nobody is in no group")
    if resource:
        request = _named(resource, verb=verb, user=user, groups=groups, namespace=namespace, name=name)
    else:
        said = verb_of(verb, uri) if verb in _METHODS else verb
        request = request_of_event(verb=said, request_uri=uri, user=user, groups=groups)
    explanation = explain(_policy(policy, minor), request, minor=minor)
    if output is Format.JSON:
        print_json(explanation_document(request, explanation))
    else:
        print_explanation(request, explanation)


@app.command("diff")
def diff(
    old: PolicyText, new: PolicyText, kubernetes: KubernetesOption = _NEWEST, output: FormatOption = Format.TABLE
) -> None:
    """Say for which requests something else is recorded: a difference is an answer, so the exit code is 0."""
    minor = _minor(kubernetes)
    changes = changes_between(_policy(old, minor), _policy(new, minor), minor=minor)
    if output is Format.JSON:
        print_json(change_documents(changes))
    else:
        print_changes(changes)


@app.command("lint")
def lint(policy: PolicyText, kubernetes: KubernetesOption = _NEWEST, output: FormatOption = Format.TABLE) -> None:
    """Find what is probably not meant. Exit 1 if there is a problem; notes alone leave 0."""
    findings = lint_policy(_bytes(policy), subject=policy, minor=_minor(kubernetes))
    if output is Format.JSON:
        print_json(finding_documents(findings))
    else:
        print_findings(findings)
    problems = any(finding.severity is Severity.PROBLEM for finding in findings)
    raise typer.Exit(EXIT_FAILED if problems else EXIT_OK)


def _policy(policy: str, minor: int) -> Policy:
    if policy in PROFILES:
        return profile_policy(policy)
    return load_policy(_bytes(policy), subject=policy, minor=minor)


def _bytes(policy: str) -> bytes:
    if policy in PROFILES:
        return profile_text(policy)
    path = Path(policy)
    try:
        with path.open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except FileNotFoundError as exc:
        hint = f"the profiles are {', '.join(PROFILES)}"
        raise UsageError(f"{policy}: no such file, a profile or a policy file promised", hint=hint) from exc
    except OSError as exc:
        raise AccessError(f"{policy}: cannot be read ({exc.strerror})") from exc


def _named(resource: str, *, verb: str, user: str, groups: tuple[str, ...], namespace: str, name: str) -> Request:
    """Build the request for `pods/exec` or `deployments.apps/scale`; a bare name is looked up."""
    whole, _, subresource = resource.partition("/")
    plain, dot, api_group = whole.partition(".")
    if not dot:
        api_group = next(iter(groups_of(plain)), "")
    is_namespace = (api_group, plain) == ("", "namespaces")
    return Request(
        user or None,
        groups,
        verb,
        is_resource=True,
        group=api_group,
        resource=plain,
        subresource=subresource,
        namespace=name if is_namespace else namespace,
        name=name,
    )


def _minor(version: str) -> int:
    found = _VERSION.match(version)
    if found is None:
        raise UsageError(f"--kubernetes: {version!r}, a version like 1.34 promised")
    return int(found[1])
