"""Who acts in one cluster: its nodes, controllers, add-ons and people, as its provider names them."""

from dataclasses import dataclass
from typing import Final

from dayseal.demo.generator.acts import Actor
from dayseal.demo.generator.chance import Chance
from dayseal.model import ClusterId

_NODES: Final = 4
_VERSIONS: Final = {
    "eks": "v1.34.1-eks-113cf36",
    "gke": "v1.34.1-gke.2037000",
    "aks": "v1.34.1",
}
_ADDONS: Final = {
    "eks": (("kube-system", "aws-load-balancer-controller"), ("kube-system", "cluster-autoscaler")),
    "gke": (("kube-system", "pd-csi-driver"), ("gke-managed-system", "policy-controller")),
    "aks": (("kube-system", "disk-csi-driver"), ("kube-system", "cloud-node-manager")),
}
_PEOPLE: Final = ("alice", "bruno", "chiara")
_CREDENTIAL: Final = "authentication.kubernetes.io/credential-id"


@dataclass(frozen=True, slots=True)
class Cast:
    """The actors of one cluster and the names of its two API servers' log streams."""

    cluster: ClusterId
    streams: tuple[str, str]
    nodes: tuple[Actor, ...]
    api_servers: tuple[Actor, Actor]
    controller_manager: Actor
    scheduler: Actor
    addons: tuple[Actor, ...]
    cronjobs: Actor
    jobs: Actor
    deployments: Actor
    dns: Actor
    report: Actor
    people: tuple[Actor, ...]
    anonymous: Actor
    unauthenticated: Actor


def cast_of(cluster: ClusterId, chance: Chance) -> Cast:
    """Give a cluster its actors; ids depend on `chance` alone."""
    version = _VERSIONS[cluster.provider]
    nodes = tuple(_node(cluster, index, version, chance) for index in range(_NODES))
    managers = [_controller(name, version, chance) for name in ("cronjob", "job", "deployment")]
    outside = Actor(
        "system:anonymous", ("system:unauthenticated",), "curl/8.14.1", "198.51.100.23", _role("public-info-viewer")
    )
    return Cast(
        cluster=cluster,
        streams=_streams(cluster.provider, chance),
        nodes=nodes,
        api_servers=(_api_server(0, version, chance), _api_server(1, version, chance)),
        controller_manager=_component("kube-controller-manager", version, 0, chance),
        scheduler=_component("kube-scheduler", version, 1, chance),
        addons=tuple(
            _service_account(space, name, f"{name}/v2.14.0", nodes[index], chance, stream=index)
            for index, (space, name) in enumerate(_ADDONS[cluster.provider])
        ),
        cronjobs=managers[0],
        jobs=managers[1],
        deployments=managers[2],
        dns=_service_account("kube-system", "coredns", "coredns/v1.12.4", nodes[2], chance, stream=0),
        report=_report_job(nodes[1]),
        people=tuple(_person(cluster, name, index, chance) for index, name in enumerate(_PEOPLE)),
        anonymous=outside,
        unauthenticated=Actor("", (), "kubectl/v1.34.1 (linux/amd64) kubernetes/93248f9", "203.0.113.77", stream=1),
    )


def _streams(provider: str, chance: Chance) -> tuple[str, str]:
    if provider == "aks":
        deployment = f"kube-apiserver-{chance.hex(10)}"
        return (f"{deployment}-{chance.suffix()}", f"{deployment}-{chance.suffix()}")
    return (f"kube-apiserver-audit-{chance.hex(32)}", f"kube-apiserver-audit-{chance.hex(32)}")


def _role(name: str) -> str:
    subject = 'Group "system:unauthenticated"' if name == "public-info-viewer" else f'User "system:{name}"'
    return f'RBAC: allowed by ClusterRoleBinding "system:{name}" of ClusterRole "system:{name}" to {subject}'


def _node(cluster: ClusterId, index: int, version: str, chance: Chance) -> Actor:
    names = {
        "eks": f"ip-10-0-{16 * index}-{20 + chance.below(200)}.{cluster.location}.compute.internal",
        "gke": f"gke-{cluster.name}-pool-1-{chance.hex(8)}-{chance.suffix(4)}",
        "aks": f"aks-pool1-{10_000_000 + chance.below(89_999_999)}-vmss00000{index}",
    }
    uid = ""
    extra: tuple[tuple[str, str], ...] = ((_CREDENTIAL, f"X509SHA256={chance.hex(64)}"),)
    if cluster.provider == "eks":  # nodes come through the IAM authenticator: no certificate, no extra
        uid, extra = f"aws-iam-authenticator:{cluster.account}:AROA{chance.token(17)}", ()
    return Actor(
        username=f"system:node:{names[cluster.provider]}",
        groups=("system:nodes", "system:authenticated"),
        agent=f"kubelet/{version} (linux/amd64) kubernetes/93248f9",
        ip=f"10.0.{16 * index}.{10 + index}",
        uid=uid,
        extra=extra,
        stream=index % 2,
    )


def _api_server(index: int, version: str, chance: Chance) -> Actor:
    return Actor(
        username="system:apiserver",
        groups=("system:authenticated", "system:masters"),
        agent=f"kube-apiserver/{version} (linux/amd64) kubernetes/93248f9",
        ip="::1",
        uid=chance.uuid(),
        stream=index,
    )


def _component(name: str, version: str, stream: int, chance: Chance) -> Actor:
    return Actor(
        username=f"system:{name}",
        groups=("system:authenticated",),
        agent=f"{name}/{version} (linux/amd64) kubernetes/93248f9/leader-election",
        ip=f"10.255.0.{11 + stream}",
        reason=_role(name),
        extra=((_CREDENTIAL, f"X509SHA256={chance.hex(64)}"),),
        stream=stream,
    )


def _controller(name: str, version: str, chance: Chance) -> Actor:
    account = f"{name}-controller"
    user, role = f"system:serviceaccount:kube-system:{account}", f"system:controller:{account}"
    subject = f'ServiceAccount "{account}/kube-system"'
    return Actor(
        username=user,
        groups=_groups("kube-system"),
        agent=f"kube-controller-manager/{version} (linux/amd64) kubernetes/93248f9/{user}",
        ip="10.255.0.11",
        reason=f'RBAC: allowed by ClusterRoleBinding "{role}" of ClusterRole "{role}" to {subject}',
        uid=chance.uuid(),
        extra=((_CREDENTIAL, f"JTI={chance.uuid()}"),),
    )


def _groups(namespace: str) -> tuple[str, ...]:
    return ("system:serviceaccounts", f"system:serviceaccounts:{namespace}", "system:authenticated")


def _service_account(namespace: str, name: str, agent: str, node: Actor, chance: Chance, *, stream: int) -> Actor:
    full = f"{name}/{namespace}"
    return Actor(
        username=f"system:serviceaccount:{namespace}:{name}",
        groups=_groups(namespace),
        agent=f"{agent} (linux/amd64)",
        ip=f"10.0.{chance.below(60)}.{1 + chance.below(250)}",
        reason=f'RBAC: allowed by RoleBinding "{full}" of Role "{name}" to ServiceAccount "{full}"',
        uid=chance.uuid(),
        extra=_pod_identity(f"JTI={chance.uuid()}", node, f"{name}-{chance.hex(9)}-{chance.suffix()}", chance.uuid()),
        stream=stream,
    )


def _pod_identity(credential: str, node: Actor, pod: str, pod_uid: str) -> tuple[tuple[str, str], ...]:
    prefix = "authentication.kubernetes.io"
    return (
        (_CREDENTIAL, credential),
        (f"{prefix}/node-name", node.username.removeprefix("system:node:")),
        (f"{prefix}/node-uid", "5f0c1d7e-3b64-4c1e-a1d2-6f0b9f3c2a18"),
        (f"{prefix}/pod-name", pod),
        (f"{prefix}/pod-uid", pod_uid),
    )


def _report_job(node: Actor) -> Actor:
    """Give the cron job's pod, whose token's id is the one its kubelet was issued a moment before."""
    return Actor(
        username="system:serviceaccount:billing:report",
        groups=_groups("billing"),
        agent="python-client/34.1.0",
        ip="<<pod_ip>>",
        reason='RBAC: allowed by RoleBinding "report/billing" of Role "report" to ServiceAccount "report/billing"',
        uid="0b7f1f5a-50f6-4d0c-a0f9-8d1c3f5f6b21",
        extra=_pod_identity("JTI=<<jti>>", node, "report-<<run>>-<<sfx>>", "<<uid>>"),
        stream=node.stream,
    )


def _person(cluster: ClusterId, name: str, index: int, chance: Chance) -> Actor:
    agent = f"kubectl/v1.34.{index} (linux/amd64) kubernetes/d59fe3e"
    ip = f"203.0.113.{20 + index}"
    email = f"{name}@example.com"
    if cluster.provider == "gke":
        return Actor(email, (), agent, ip, "access granted by IAM permissions.", stream=index % 2)
    if cluster.provider == "aks":
        group = f'RBAC: allowed by ClusterRoleBinding "platform" of ClusterRole "platform" to Group "{chance.uuid()}"'
        return Actor(
            email, ("system:authenticated",), agent, ip, group, extra=(("oid", chance.uuid()),), stream=index % 2
        )
    role, identity = "Platform", f"AROA{chance.token(17)}"
    iam = f"arn:aws:iam::{cluster.account}:role/{role}"
    session = f"arn:aws:sts::{cluster.account}:assumed-role/{role}/{name}"
    admin = f'ClusterRole "cluster-admin" to User "{session}"'
    policy = f"{iam}+arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy"
    return Actor(
        username=session,
        groups=("system:authenticated",),
        agent=agent,
        ip=ip,
        reason=f'EKS Access Policy: allowed by ClusterRoleBinding "{policy}" of {admin}',
        uid=f"aws-iam-authenticator:{cluster.account}:{identity}",
        extra=(
            ("accessKeyId", f"ASIA{chance.token(16)}"),
            ("arn", session),
            ("canonicalArn", iam),
            ("principalId", identity),
            ("sessionName", name),
            ("sigs.k8s.io/aws-iam-authenticator/principalId", identity),
        ),
        stream=index % 2,
    )
