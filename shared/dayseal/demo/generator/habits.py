"""What happens again and again in a cluster, by audit level, and how often by day and by night."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from dayseal.demo.generator import bodies
from dayseal.demo.generator.acts import Act, Actor, Habit
from dayseal.demo.generator.cast import Cast

_TOO_BIG: Final = "skipped-too-big-size-object"  # what AKS writes in place of a body over 32 KB
_ISSUED: Final = (("authentication.kubernetes.io/issued-credential-id", "JTI=<<jti>>"),)


def habits_of(cast: Cast) -> Mapping[str, tuple[Habit, ...]]:
    """Give a cluster's habits by level; people do less at night, machines do not."""
    return {
        "Metadata": _system_metadata(cast) + _people_metadata(cast) + _strangers(cast),
        "Request": _requests(cast),
        "RequestResponse": _rollouts(cast),
    }


def token_request(node: Actor, namespace: str, account: str) -> Act:
    """Give a kubelet's or controller's request for a service account token, annotated with the id it minted."""
    return Act(
        node,
        "create",
        "serviceaccounts",
        subresource="token",
        namespace=namespace,
        name=account,
        code=201,
        note=_ISSUED,
    )


def open_shell(person: Actor) -> Act:
    """Give `kubectl exec`, which since 1.30 is a GET that is upgraded to a WebSocket."""
    return Act(
        person,
        "get",
        "pods",
        subresource="exec",
        namespace="shop",
        name="web-<<hash>>-<<sfx>>",
        query="command=sh&container=web&stdin=true&stdout=true&tty=true",
        level="Request",
        code=101,
    )


def _system_metadata(cast: Cast) -> tuple[Habit, ...]:
    first, second = cast.addons
    space = first.username.split(":")[2]
    tokens = [Habit(token_request(node, "kube-system", "kube-proxy"), 2, 2) for node in cast.nodes]
    minted = token_request(replace(cast.controller_manager, reason=""), "kube-system", "job-controller")
    slice_name = "web-<<sfx>>"
    slices = Act(
        cast.deployments, "update", "endpointslices", group="discovery.k8s.io", namespace="shop", name=slice_name
    )
    return (
        *tokens,
        Habit(minted, 3, 3),
        Habit(slices, 10, 10),
        Habit(Act(first, "get", "configmaps", namespace=space, name="settings"), 14, 14),
        Habit(Act(second, "update", "configmaps", namespace="kube-system", name="cluster-status"), 14, 14),
        Habit(Act(cast.nodes[0], "get", "secrets", namespace="billing", name="billing-db"), 5, 5),
        Habit(Act(cast.cronjobs, "get", path="/apis/batch/v1?timeout=32s"), 6, 6),
        Habit(Act(cast.deployments, "list", "configmaps", query="limit=500&resourceVersion=0"), 6, 6),
    )


def _people_metadata(cast: Cast) -> tuple[Habit, ...]:
    alice, bruno, chiara = cast.people
    cannot = 'cannot list resource "secrets" in API group "" at the cluster scope'
    message = f'secrets is forbidden: User "{bruno.username}" {cannot}'
    return (
        Habit(Act(alice, "get", path="/apis/apps/v1?timeout=32s"), 6, 2),
        Habit(Act(chiara, "get", path="/openapi/v3?timeout=32s"), 3, 1),
        Habit(Act(alice, "list", "configmaps", namespace="shop", query="limit=500"), 4, 1),
        Habit(Act(chiara, "get", "secrets", namespace="shop", name="tls"), 1, 0.2),
        Habit(Act(bruno, "list", "secrets", query="limit=500", code=403, failure=("Forbidden", message)), 1.5, 0.5),
    )


def _strangers(cast: Cast) -> tuple[Habit, ...]:
    """Nobody's requests: probes (EKS records those of /version, against its published policy), a refused scanner."""
    probe = 'forbidden: User "system:anonymous" cannot get path "/vendor/phpunit/src/Util/PHP/eval-stdin.php"'
    scan = Act(
        cast.anonymous,
        "get",
        path="/vendor/phpunit/src/Util/PHP/eval-stdin.php",
        code=403,
        failure=("Forbidden", probe),
    )
    probed = "/version" if cast.cluster.provider == "eks" else "/livez"
    return (
        Habit(Act(cast.anonymous, "get", path=probed), 2, 2),
        Habit(scan, 1, 1),
    )


def _requests(cast: Cast) -> tuple[Habit, ...]:
    """Kubelets report their node's status; people look at pods, read their logs and open shells; logins fail."""
    statuses = tuple(
        Act(
            node,
            "patch",
            "nodes",
            subresource="status",
            name=node.username.removeprefix("system:node:"),
            query="timeout=10s",
            level="Request",
            request=bodies.node_status_patch(images=4),
        )
        for node in cast.nodes
    )
    alice, bruno, chiara = cast.people
    budgets = Act(
        cast.deployments,
        "list",
        "poddisruptionbudgets",
        group="policy",
        query="limit=500&resourceVersion=0",
        level="Request",
    )
    looks = (
        (budgets, 6, 6),
        (_failed_login(cast), 2, 2),
        (Act(alice, "list", "pods", namespace="shop", query="limit=500", level="Request"), 3, 0.6),
        (Act(bruno, "get", "deployments", group="apps", namespace="shop", name="web", level="Request"), 2, 0.4),
        (Act(chiara, "get", "pods", subresource="log", namespace="shop", name="web-<<hash>>-<<sfx>>",
             query="container=web&follow=true", level="Request"), 2, 0.4),
        (open_shell(alice), 0.25, 0.05),
    )  # fmt: skip
    return tuple(Habit(act, 8, 8) for act in statuses) + tuple(Habit(*look) for look in looks)


def _failed_login(cast: Cast) -> Act:
    return Act(
        cast.unauthenticated,
        "list",
        "pods",
        namespace="default",
        query="limit=500",
        level="Request",
        stage="ResponseStarted",
        code=401,
        failure=("Unauthorized", "Unauthorized"),
    )


def _rollouts(cast: Cast) -> tuple[Habit, ...]:
    alice = cast.people[0]
    deployment = bodies.workload("Deployment", "web", 3)
    rolled = bodies.workload("ReplicaSet", "web-<<hash>>", 3)
    apply = Act(
        alice,
        "patch",
        "deployments",
        group="apps",
        namespace="shop",
        name="web",
        query="fieldManager=kubectl-client-side-apply&fieldValidation=Strict",
        level="RequestResponse",
        request={"spec": deployment["spec"]},
        response=deployment,
    )
    scale = Act(
        cast.deployments,
        "update",
        "replicasets",
        group="apps",
        namespace="shop",
        name="web-<<hash>>",
        level="RequestResponse",
        request=rolled,
        response=rolled,
    )
    habits: tuple[Habit, ...] = (Habit(apply, 2, 0.2), Habit(scale, 4, 4), Habit(_access_review(cast), 4, 4))
    if cast.cluster.provider == "aks":
        habits += (Habit(replace(apply, name="catalogue", request=_TOO_BIG, response=_TOO_BIG), 0.3, 0.05),)
    return habits


def _access_review(cast: Cast) -> Act:
    asked, answered = bodies.access_review(stored=False), bodies.access_review(stored=True)
    return Act(
        cast.addons[0],
        "create",
        "subjectaccessreviews",
        group="authorization.k8s.io",
        level="RequestResponse",
        code=201,
        request=asked,
        response=answered,
    )
