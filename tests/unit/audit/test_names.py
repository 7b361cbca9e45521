import pytest

from dayseal.audit.names import Target, gke_target, path_class, user_class


@pytest.mark.parametrize(
    ("username", "expected"),
    [
        ("", "anonymous"),
        ("system:anonymous", "anonymous"),
        ("system:serviceaccount:kube-system:coredns", "service-account"),
        ("system:node:ip-10-0-0-1", "node"),
        ("system:nodes", "control-plane"),
        ("system:kube-scheduler", "control-plane"),
        ("eks:node-manager", "control-plane"),
        ("aksService", "control-plane"),
        ("service-1@container-engine-robot.iam.gserviceaccount.com", "control-plane"),
        ("builder@project.iam.gserviceaccount.com", "other"),
        ("anna@example.com", "human"),
        ("arn:aws:sts::111122223333:assumed-role/admin/anna", "human"),
        ("kubernetes-admin", "human"),
        ("0d6c7f4a-1111-2222-3333-444455556666", "human"),
        ("jenkins", "other"),
    ],
)
def test_users_fall_into_classes(username: str, expected: str) -> None:
    """Names of people stay out of the ledger: what is counted there is their class."""
    assert user_class(username) == expected


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/healthz?x=1", "/healthz"),
        ("/apis/metrics.k8s.io/v1beta1", "/apis"),
        ("/", "/"),
        ("", "/"),
        ("/vendor/phpunit", "/other"),
        ("//api", "/api"),
    ],
)
def test_paths_fall_into_classes(path: str, expected: str) -> None:
    """A scanner asks for thousands of paths; a tally has one row for them."""
    assert path_class(path) == expected


@pytest.mark.parametrize(
    ("method", "resource", "expected"),
    [
        (
            "io.k8s.coordination.v1.leases.update",
            "coordination.k8s.io/v1/namespaces/kube-system/leases/x",
            Target("update", "coordination.k8s.io", "leases", "", "kube-system", "x"),
        ),
        ("io.k8s.core.v1.nodes.list", "core/v1/nodes", Target("list", "", "nodes", "", "", "")),
        ("io.k8s.core.v1.namespaces.get", "core/v1/namespaces/a", Target("get", "", "namespaces", "", "", "a")),
        ("io.k8s.get", "readyz", Target("get", "", "/readyz", "", "", "")),
        ("", "", Target("", "", "/", "", "", "")),
        ("x.y", "a/b/c/d", Target("y", "", "/other", "", "", "")),
    ],
)
def test_google_names_are_taken_apart(method: str, resource: str, expected: Target) -> None:
    """A GKE entry has no objectRef: group, resource and name stand in two strings."""
    assert gke_target(method, resource) == expected
