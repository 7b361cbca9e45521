"""What lint finds, by examples; each has a near miss that must stay silent."""

import pytest
from hypothesis import given, settings

from dayseal.audit.policy import PROFILES, Check, Policy, Severity, lint_policy, profile_text
from dayseal.audit.policy.lint_coverage import Coverage
from dayseal.audit.policy.lint_values import value_findings
from support.policy_examples import POLICIES

_HEAD = "apiVersion: audit.k8s.io/v1\nkind: Policy\nomitStages: [RequestReceived]\nrules:\n"
_SECRETS = '- {level: Metadata, resources: [{group: "", resources: [secrets, serviceaccounts/token]}]}\n'
_REVIEWS = "- {level: Metadata, resources: [{group: authentication.k8s.io, resources: [tokenreviews]}]}\n"
_REST = f"{_SECRETS}{_REVIEWS}- {{level: RequestResponse}}\n"


def _found(rules: str, *, minor: int = 36) -> list[tuple[str, str]]:
    return [(f.check.value, f.path) for f in lint_policy((_HEAD + rules).encode(), subject="p", minor=minor)]


def test_a_careful_policy_has_no_findings() -> None:
    """A linter that always complains is switched off."""
    assert _found(_REST) == []
    assert _found("- {level: Metadata}\n") == []


@pytest.mark.parametrize(
    ("rule", "path"),
    [
        ('verbs: ["*"]', "rules[0].verbs[0]"),
        ("verbs: [get, read]", "rules[0].verbs[1]"),
        ("verbs: [Get, list]", "rules[0].verbs[0]"),
        ("verbs: [create, post], nonResourceURLs: [/x]", "rules[0].verbs[0]"),
        ("verbs: [post, list], namespaces: [x]", "rules[0].verbs[0]"),
        ('users: [a, "system:serviceaccount:*"]', "rules[0].users[1]"),
        ("users: [a, system:nodes]", "rules[0].users[1]"),
        ("users: [a, system:serviceaccounts:x]", "rules[0].users[1]"),
        ("users: [a, system:serviceaccount:x]", "rules[0].users[1]"),
        ("userGroups: [a, system:serviceaccount:x:y]", "rules[0].userGroups[1]"),
        ('userGroups: [a, "*"]', "rules[0].userGroups[1]"),
        ('namespaces: [a, "kube-*"]', "rules[0].namespaces[1]"),
        ("resources: [{group: core}, {group: apps}]", "rules[0].resources[0].group"),
        ("resources: [{group: v1}, {group: apps}]", "rules[0].resources[0].group"),
        ('resources: [{resources: [pods, "po*"]}]', "rules[0].resources[0].resources[1]"),
        ('resources: [{resources: [pods, "*/*"]}]', "rules[0].resources[0].resources[1]"),
        ('resources: [{resources: [pods, "pods/ex*"]}]', "rules[0].resources[0].resources[1]"),
        ("resources: [{resources: [pods, pods/a/b]}]", "rules[0].resources[0].resources[1]"),
        ("resources: [{resources: [pods, pods/]}]", "rules[0].resources[0].resources[1]"),
        ("namespaces: [x], resources: [{resources: [pods, nodes]}]", "rules[0].resources[0].resources[1]"),
        (
            "verbs: [create], resources: [{resources: [pods], resourceNames: [x]}]",
            "rules[0].resources[0].resourceNames",
        ),
        ("nonResourceURLs: [/x, /api/v1/pods]", "rules[0].nonResourceURLs[1]"),
        ('nonResourceURLs: [/x, "/apis/apps/v1/de*"]', "rules[0].nonResourceURLs[1]"),
    ],
)
def test_a_value_no_request_can_have_is_found(rule: str, path: str) -> None:
    """The rule looks as if it did something."""
    assert ("never-matches", path) in _found(f"- {{level: Metadata, {rule}}}\n{_REST}")


@pytest.mark.parametrize(
    "rule",
    [
        "verbs: [get, deletecollection, proxy], namespaces: [x]",
        "verbs: [get, head, post], nonResourceURLs: [/x]",
        "users: [system:serviceaccount:x:y, system:kube-scheduler, 'system:node:a']",
        "userGroups: [system:nodes, system:serviceaccounts, system:serviceaccounts:x]",
        'namespaces: ["", x], resources: [{resources: [nodes]}]',
        "namespaces: [x], resources: [{resources: [namespaces]}]",
        'resources: [{resources: ["*/status", "pods/*", pods/exec]}, {group: example.com, resources: ["*", things]}]',
        "verbs: [create], resources: [{resources: [pods/exec], resourceNames: [x]}]",
        "verbs: [create, update], resources: [{resources: [pods], resourceNames: [x]}]",
        'nonResourceURLs: [/x, "/api*", "/apis/apps/v1", "/api/v1/*", "*"]',
        "resources: [{group: extensions, resources: [ingresses]}]",
    ],
)
def test_an_ordinary_value_is_left_alone(rule: str) -> None:
    """The near misses of the above."""
    found = _found(f"- {{level: Metadata, {rule}}}\n{_REST}")
    assert [one for one in found if one[0] in ("never-matches", "unknown-resource", "shadowed")] == []


@pytest.mark.parametrize(
    ("item", "severity", "fix"),
    [
        ("resources: [secret]", Severity.PROBLEM, "secrets may be meant"),
        ("resources: [deployments]", Severity.PROBLEM, "name the group apps"),
        ("resources: [Pods]", Severity.PROBLEM, "pods may be meant"),
        ("group: batch, resources: [frobnications]", Severity.NOTE, ""),
    ],
)
def test_a_resource_its_group_does_not_have_is_found(item: str, severity: Severity, fix: str) -> None:
    """One letter too few, or the wrong group, and secrets are recorded by the next rule."""
    data = (_HEAD + f"- {{level: Metadata, resources: [{{{item}}}]}}\n{_REST}").encode()
    (finding,) = [f for f in lint_policy(data, subject="p") if f.check is Check.UNKNOWN_RESOURCE]
    assert (finding.severity, finding.fix) == (severity, fix)


@pytest.mark.parametrize(
    ("rules", "found"),
    [
        ("- {level: Metadata}\n- {level: Request, users: [a]}\n", ("shadowed", "rules[1]")),
        ('- {level: Request, verbs: ["*"]}\n' + _REST, ("never-matches", "rules[0]")),
        ("- {level: Metadata, verbs: [get]}\n", ("no-catch-all", "rules")),
        ("- {level: Metadata, resources: [{}]}\n" + _SECRETS + _REVIEWS, ("no-catch-all", "rules")),
        ("- {level: Request}\n", ("secret-bodies", "rules[0]")),
        (_SECRETS + "- {level: RequestResponse}\n", ("secret-bodies", "rules[1]")),
        ("- {level: None, verbs: [get, list, watch]}\n" + _REST, ("exec-invisible", "rules[0]")),
        ("- {level: None, users: [robot]}\n" + _REST, ("exec-invisible", "rules[0]")),
        ("- {level: None, resources: [{resources: [secrets]}]}\n" + _REST, ("sensitive-invisible", "rules[0]")),
        ("- {level: Metadata, omitStages: [ResponseStarted]}\n", ("failed-logins-invisible", "rules[0]")),
        ("- {level: Metadata, userGroups: [system:authenticated]}\n", ("failed-logins-invisible", "rules")),
        ("- {level: Metadata, omitStages: [ResponseComplete]}\n", ("outcome-missing", "rules[0].omitStages")),
        ('- {level: Metadata, resources: [{group: "*"}]}\n' + _REST, ("shadowed", "rules[1]")),
    ],
)
def test_a_policy_that_records_too_much_or_too_little_is_found(rules: str, found: tuple[str, str]) -> None:
    """Each of these is what an auditor would ask about."""
    assert found in _found(rules)


def test_what_the_server_refuses_or_ignores_is_found() -> None:
    """Lint reads what would not load, too."""
    assert _found("- {level: Meta, verb: [get]}\n") == [
        ("refused", "rules[0].level"),
        ("ignored-field", "rules[0].verb"),
    ]
    assert _found('- {level: Metadata, resources: [{group: "*"}]}\n', minor=35) == [
        ("refused", "rules[0].resources[0].group")
    ]


def test_a_stage_recorded_twice_is_found_with_its_rules() -> None:
    """It doubles the log and adds nothing."""
    data = b"apiVersion: audit.k8s.io/v1\nkind: Policy\nrules:\n- {level: None, users: [a]}\n- {level: Metadata}\n"
    messages = [f.message for f in lint_policy(data, subject="p") if f.check is Check.REQUEST_RECEIVED]
    assert len(messages) == 1
    assert messages[0].startswith("rule 2: each request is recorded twice")


def test_the_providers_policies_are_linted_as_known() -> None:
    """What AWS and Microsoft published has oddities; a new one here means that a rule was misread."""
    found = {
        name: [(f.check.value, f.path) for f in lint_policy(profile_text(name), subject=name)] for name in PROFILES
    }
    assert found == {
        "eks": [("request-received", "omitStages")],
        "gke": [],
        "aks": [
            ("shadowed", "rules[6]"),
            ("request-received", "omitStages"),
            ("exec-invisible", "rules[0]"),
            ("sensitive-invisible", "rules[0]"),
        ],
    }


@settings(max_examples=60)
@given(POLICIES)
def test_any_policy_is_linted(policy: Policy) -> None:
    """Findings are sentences about a policy, whatever it says."""
    for finding in (*value_findings(policy), *Coverage(policy).findings()):
        assert finding.path
        assert finding.message
