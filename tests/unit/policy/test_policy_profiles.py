"""The providers' policies decide what their documentation and real events show."""

import pytest

from dayseal.audit.policy import (
    PROFILES,
    Evaluator,
    Level,
    lint_policy,
    never_recorded,
    profile_of,
    profile_policy,
    profile_text,
)
from dayseal.errors import UsageError

# request URI, verb, user, extra groups; then level and rule of EKS, GKE and AKS
_LEASES = "/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/n"
_TABLE = [
    ("update", _LEASES, "system:node:n", "Metadata 17", "Metadata 17", "Metadata 25"),
    ("get", _LEASES, "aksService", "Metadata 17", "Metadata 17", "None 1"),
    ("patch", "/api/v1/nodes/n/status", "system:node:n", "Request 11", "Request 12", "Request 13"),
    (
        "create",
        "/api/v1/namespaces/x/pods/p/exec",
        "a",
        "RequestResponse 16",
        "RequestResponse 16",
        "RequestResponse 24",
    ),
    ("get", "/api/v1/namespaces/x/pods/p/exec", "a", "Request 15", "Request 15", "Request 23"),
    ("get", "/api/v1/namespaces/x/pods/p/log", "a", "Request 15", "Request 15", "Request 23"),
    ("list", "/api/v1/secrets", "a", "Metadata 13", "Metadata 14", "Metadata 18"),
    ("list", "/api/v1/secrets", "aksService", "Metadata 13", "Metadata 14", "None 1"),
    ("update", "/api/v1/namespaces/x/configmaps/c", "a", "Metadata 13", "Metadata 14", "Metadata 18"),
    (
        "update",
        "/api/v1/namespaces/kube-system/configmaps/aws-auth",
        "a",
        "RequestResponse 1",
        "Metadata 14",
        "Metadata 18",
    ),
    (
        "create",
        "/api/v1/namespaces/x/serviceaccounts/s/token",
        "system:node:n",
        "Request 14",
        "Metadata 14",
        "Metadata 18",
    ),
    ("create", "/api/v1/namespaces/x/serviceaccounts", "a", "RequestResponse 16", "RequestResponse 16", "Metadata 18"),
    ("delete", "/api/v1/namespaces/x/events/e", "a", "None 9", "None 10", "Metadata 10"),
    ("create", "/apis/events.k8s.io/v1/namespaces/x/events", "a", "Metadata 17", "Metadata 17", "None 11"),
    ("create", "/apis/events.k8s.io/v1/namespaces/default/events", "a", "Metadata 17", "Metadata 17", "Metadata 9"),
    ("get", "/version", "", "None 8", "None 9", "None 8"),
    ("get", "/livez", "system:anonymous", "Metadata 17", "Metadata 17", "Metadata 25"),
    ("get", "/api/v1/nodes/n", "system:node:n", "None 4", "None 4", "None 4"),
    ("create", "/apis/node.k8s.io/v1/runtimeclasses", "a", "Metadata 17", "RequestResponse 16", "Metadata 25"),
]


@pytest.mark.parametrize(("verb", "uri", "user", "eks", "gke", "aks"), _TABLE)
def test_requests_that_matter_are_decided_by_the_rule_they_are_known_for(
    verb: str, uri: str, user: str, eks: str, gke: str, aks: str
) -> None:
    """Worked out by hand and with the upstream evaluator, from the published texts."""
    groups = ("system:nodes", "system:authenticated") if user.startswith("system:node:") else ("system:authenticated",)
    for name, expected in (("eks", eks), ("gke", gke), ("aks", aks)):
        decision = Evaluator(profile_policy(name)).decide_event(verb=verb, request_uri=uri, user=user, groups=groups)
        assert f"{decision.level.text} {(decision.rule or 0) + 1}" == expected, name


@pytest.mark.parametrize("name", PROFILES)
def test_a_profile_says_where_it_comes_from(name: str) -> None:
    """A policy nobody can look up again is a rumour."""
    profile = profile_of(name)
    assert (profile.name, len(profile.commit)) == (name, 40)
    assert profile.source.startswith("github.com/")
    assert profile.confidence
    assert profile.behind
    assert len(profile_policy(name).rules) == {"eks": 17, "gke": 17, "aks": 25}[name]


@pytest.mark.parametrize("name", PROFILES)
def test_a_profile_is_a_file_a_server_would_read_strictly(name: str) -> None:
    """Somebody will copy it to a cluster of their own."""
    checks = {finding.check.value for finding in lint_policy(profile_text(name), subject=name)}
    assert not checks & {"refused", "ignored-field", "never-matches", "no-catch-all", "secret-bodies"}


@pytest.mark.parametrize("name", PROFILES)
def test_what_a_profile_never_records_are_its_none_rules(name: str) -> None:
    """AKS has one None rule that decides nothing: rule 7 lies behind rule 1."""
    silent = {index for index, rule in enumerate(profile_policy(name).rules) if rule.level is Level.NONE}
    assert {one.rule for one in never_recorded(profile_policy(name))} == silent - ({6} if name == "aks" else set())


def test_another_profile_is_misuse() -> None:
    """The names are listed."""
    with pytest.raises(UsageError, match="one of eks, gke, aks promised"):
        profile_of("oke")
