"""A request rebuilt from an event is the one the server's rules saw."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dayseal.audit.names import gke_target
from dayseal.audit.policy import Request, implied_groups, request_of_event, request_of_target, verb_of
from support.vector_files import read_vector

_CASES = read_vector("audit-policy/cases.json")


@pytest.mark.parametrize("case", _CASES["requests"], ids=lambda case: f"{case['verb']} {case['uri']}")
def test_a_uri_is_read_as_the_server_reads_it(case: dict[str, Any]) -> None:
    """A path that is cut differently is decided by another rule."""
    request = request_of_event(verb=case["verb"], request_uri=case["uri"], user="a", groups=())
    if "path" in case:
        assert (request.is_resource, request.path) == (False, case["path"])
    else:
        assert request.is_resource
        fields = ("group", "resource", "subresource", "namespace", "name")
        assert {field: getattr(request, field) for field in fields} == {field: case[field] for field in fields}


@pytest.mark.parametrize("case", _CASES["verbs"], ids=lambda case: f"{case['method']} {case['uri']}")
def test_a_verb_is_derived_as_the_server_derives_it(case: dict[str, Any]) -> None:
    """People ask about GET and POST; rules speak of list and create."""
    assert verb_of(case["method"], case["uri"]) == case["verb"]


@pytest.mark.parametrize("uri", ["/api/v1/watch", "/apis/apps/v1/proxy/"])
def test_a_prefix_without_an_object_is_read_without_failing(uri: str) -> None:
    """The server answers it with an error; a scanner's request must not stop us."""
    request = request_of_event(verb="get", request_uri=uri, user="", groups=())
    assert (request.is_resource, request.resource) == (True, "")
    assert verb_of("GET", uri) in ("watch", "proxy", "list")


@given(st.text(), st.text(max_size=200))
def test_any_text_gives_a_request(verb: str, uri: str) -> None:
    """An archive holds what clients sent, and clients send anything."""
    request = request_of_event(verb=verb, request_uri=uri, user="", groups=())
    assert request.user is None


@given(st.text(alphabet="metadata.name=!,\\abc%5C&;limit0", max_size=40))
def test_any_selector_gives_a_request(selector: str) -> None:
    """Escapes and operators of selectors come from clients too."""
    uri = f"/api/v1/pods?fieldSelector={selector}"
    assert request_of_event(verb="list", request_uri=uri, user="a", groups=()).resource == "pods"


@pytest.mark.parametrize(
    ("user", "groups"),
    [
        ("", ()),
        ("system:anonymous", ("system:unauthenticated",)),
        ("alice", ("system:authenticated",)),
        ("system:node:n", ("system:nodes", "system:authenticated")),
        (
            "system:serviceaccount:x:y",
            ("system:serviceaccounts", "system:serviceaccounts:x", "system:authenticated"),
        ),
    ],
)
def test_a_name_implies_groups(user: str, groups: tuple[str, ...]) -> None:
    """The server adds them to whoever it authenticated."""
    assert implied_groups(user) == groups


def test_a_gke_entry_gives_the_request_without_the_name_google_filled_in() -> None:
    """A create has no name when the policy is asked."""
    created = gke_target("io.k8s.core.v1.configmaps.create", "core/v1/namespaces/x/configmaps/aws-auth")
    assert request_of_target(created, user="a@b.c") == Request(
        "a@b.c", ("system:authenticated",), "create", is_resource=True, resource="configmaps", namespace="x"
    )
    exec_ = gke_target("io.k8s.core.v1.pods.exec.create", "core/v1/namespaces/x/pods/p/exec")
    assert request_of_target(exec_, user="a@b.c").name == "p"
    status = gke_target("io.k8s.core.v1.nodes.status.patch", "core/v1/nodes/n/status")
    assert request_of_target(status, user="system:node:n").groups == ("system:nodes", "system:authenticated")
    namespace = gke_target("io.k8s.core.v1.namespaces.delete", "core/v1/namespaces/x")
    assert request_of_target(namespace, user="a").namespace == "x"
    assert request_of_target(gke_target("io.k8s.get", "healthz"), user="").path == "/healthz"
