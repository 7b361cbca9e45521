"""Request and response bodies: pods, jobs, deployments, replica sets and their statuses, as clusters send them."""

from typing import Final

from dayseal.demo.generator.acts import Body
from dayseal.demo.generator.stored import stored_object

_NEVER: Final = None
_CONDITIONS: Final = (
    ("MemoryPressure", "False", "KubeletHasSufficientMemory", "kubelet has sufficient memory available"),
    ("DiskPressure", "False", "KubeletHasNoDiskPressure", "kubelet has no disk pressure"),
    ("PIDPressure", "False", "KubeletHasSufficientPID", "kubelet has sufficient PID available"),
    ("Ready", "True", "KubeletReady", "kubelet is posting ready status"),
)


def node_status_patch(images: int) -> Body:
    """Give a kubelet's five-minute patch of its node: heartbeats of four conditions and the images it holds."""
    heard = "<<second>>Z"
    conditions = [
        {
            "lastHeartbeatTime": heard,
            "lastTransitionTime": "2026-09-14T06:12:41Z",
            "message": message,
            "reason": reason,
            "status": status,
            "type": kind,
        }
        for kind, status, reason, message in _CONDITIONS
    ]
    names = [f"registry.example.net/platform/component-{number}:v1.{number}.0" for number in range(images)]
    return {
        "metadata": {"resourceVersion": "<<rv>>"},
        "status": {
            "$setElementOrder/conditions": [{"type": kind} for kind, *_ in _CONDITIONS],
            "conditions": conditions,
            "images": [{"names": [name], "sizeBytes": 31457280 + 4096 * len(name)} for name in names],
        },
    }


def pod_status_patch(node_ip: str) -> Body:
    """Give a kubelet's patch of a pod that has become ready."""
    at = "<<second>>Z"
    kinds = ("PodReadyToStartContainers", "Initialized", "Ready", "ContainersReady", "PodScheduled")
    return {
        "metadata": {"uid": "<<uid>>"},
        "status": {
            "$setElementOrder/conditions": [{"type": kind} for kind in kinds],
            "conditions": [
                {
                    "lastProbeTime": _NEVER,
                    "lastTransitionTime": at,
                    "observedGeneration": 1,
                    "status": "True",
                    "type": k,
                }
                for k in kinds[:4]
            ],
            "containerStatuses": [_container_status(name, at) for name in ("report", "log-shipper")],
            "hostIP": node_ip,
            "hostIPs": [{"ip": node_ip}],
            "phase": "Running",
            "podIP": "<<pod_ip>>",
            "podIPs": [{"ip": "<<pod_ip>>"}],
            "startTime": at,
        },
    }


def pod(
    name: str, service_account: str, *, node: str = "", owner: tuple[str, str] = ("Job", "report")
) -> dict[str, object]:
    """Give a pod: as its controller asks for it, or (with a `node`) as the API server stores it."""
    metadata: dict[str, object] = {
        "labels": {
            "app.kubernetes.io/name": "report",
            "app.kubernetes.io/part-of": "billing",
            "batch.kubernetes.io/controller-uid": "<<uid>>",
            "batch.kubernetes.io/job-name": "report-<<run>>",
        },
        "ownerReferences": [_owner(*owner)],
        "generateName": name.removesuffix("<<sfx>>"),
    }
    spec = _pod_spec(service_account)
    if not node:
        metadata["creationTimestamp"] = _NEVER
        return {"kind": "Pod", "apiVersion": "v1", "metadata": metadata, "spec": spec, "status": {}}
    spec["nodeName"] = node
    spec["tolerations"] = [
        {"key": f"node.kubernetes.io/{taint}", "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 300}
        for taint in ("not-ready", "unreachable")
    ]
    status = {"phase": "Pending", "qosClass": "Burstable"}
    return stored_object("Pod", "v1", name, metadata, spec, status)


def job(name: str, service_account: str, *, stored: bool) -> dict[str, object]:
    """Give a job of the reporting cron job: as asked for, or as stored."""
    metadata: dict[str, object] = {
        "annotations": {"batch.kubernetes.io/cronjob-scheduled-timestamp": "<<second>>Z"},
        "ownerReferences": [_owner("CronJob", "report")],
    }
    spec: dict[str, object] = {
        "backoffLimit": 2,
        "completionMode": "NonIndexed",
        "completions": 1,
        "parallelism": 1,
        "template": {"metadata": {"creationTimestamp": _NEVER}, "spec": _pod_spec(service_account)},
        "ttlSecondsAfterFinished": 600,
    }
    if stored:
        return stored_object("Job", "batch/v1", name, metadata, spec, {"ready": 0, "uncountedTerminatedPods": {}})
    metadata.update(name=name, namespace="billing", creationTimestamp=_NEVER)
    return {"kind": "Job", "apiVersion": "batch/v1", "metadata": metadata, "spec": spec, "status": {}}


def workload(kind: str, name: str, replicas: int) -> dict[str, object]:
    """Give a stored Deployment or ReplicaSet."""
    labels = {"app.kubernetes.io/name": "web", "app.kubernetes.io/part-of": "shop"}
    metadata: dict[str, object] = {
        "annotations": {"deployment.kubernetes.io/revision": "17", "deployment.kubernetes.io/max-replicas": "4"},
        "labels": labels,
        "generation": 41,
    }
    spec: dict[str, object] = {
        "replicas": replicas,
        "selector": {"matchLabels": labels},
        "template": {"metadata": {"creationTimestamp": _NEVER, "labels": labels}, "spec": _pod_spec("web")},
    }
    counts = ("replicas", "fullyLabeledReplicas", "readyReplicas", "availableReplicas")
    status = {**dict.fromkeys(counts, replicas), "observedGeneration": 41}
    return stored_object(kind, "apps/v1", name, metadata, spec, status)


def binding(pod_name: str, node: str) -> Body:
    """Give the scheduler's decision where a pod runs."""
    return {
        "kind": "Binding",
        "apiVersion": "v1",
        "metadata": {"name": pod_name, "namespace": "billing", "uid": "<<uid>>", "creationTimestamp": _NEVER},
        "target": {"kind": "Node", "name": node},
    }


def cluster_admin_binding(name: str, user: str, *, stored: bool) -> dict[str, object]:
    """Give a binding of one user to cluster-admin."""
    group = "rbac.authorization.k8s.io"
    metadata: dict[str, object] = {"name": name, "creationTimestamp": _NEVER}
    if stored:
        metadata = {"name": name, "uid": "<<uid>>", "resourceVersion": "<<rv>>", "creationTimestamp": "<<second>>Z"}
    return {
        "kind": "ClusterRoleBinding",
        "apiVersion": f"{group}/v1",
        "metadata": metadata,
        "subjects": [{"kind": "User", "apiGroup": group, "name": user}],
        "roleRef": {"apiGroup": group, "kind": "ClusterRole", "name": "cluster-admin"},
    }


def _container_status(name: str, at: str) -> Body:
    return {
        "containerID": "containerd://<<digest>>",
        "image": f"registry.example.net/billing/{name}:2026.11",
        "imageID": f"registry.example.net/billing/{name}@sha256:<<digest>>",
        "lastState": {},
        "name": name,
        "ready": True,
        "restartCount": 0,
        "started": True,
        "state": {"running": {"startedAt": at}},
    }


def _owner(kind: str, name: str) -> Body:
    version = "apps/v1" if kind == "ReplicaSet" else "batch/v1"
    full = f"{name}-<<run>>" if kind == "Job" else name
    return {
        "apiVersion": version,
        "kind": kind,
        "name": full,
        "uid": "<<uid>>",
        "controller": True,
        "blockOwnerDeletion": True,
    }


def _pod_spec(service_account: str) -> dict[str, object]:
    return {
        "containers": [_container("report", 8080), _container("log-shipper", 9102)],
        "dnsPolicy": "ClusterFirst",
        "restartPolicy": "Never",
        "schedulerName": "default-scheduler",
        "securityContext": {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}},
        "serviceAccount": service_account,
        "serviceAccountName": service_account,
        "terminationGracePeriodSeconds": 30,
        "volumes": [
            {"name": "config", "configMap": {"name": "report-config", "defaultMode": 420}},
            {"name": "scratch", "emptyDir": {"sizeLimit": "1Gi"}},
        ],
    }


def _container(name: str, port: int) -> dict[str, object]:
    return {
        "name": name,
        "image": f"registry.example.net/billing/{name}:2026.11",
        "args": ["--month=2026-11", '--format="csv"', "--out=/scratch/report & totals.csv"],
        "env": [
            {"name": "REGION", "value": "eu"},
            {"name": "DB_PASSWORD", "valueFrom": {"secretKeyRef": {"name": "billing-db", "key": "password"}}},
        ],
        "ports": [{"name": "http", "containerPort": port, "protocol": "TCP"}],
        "resources": {"limits": {"memory": "512Mi"}, "requests": {"cpu": "100m", "memory": "256Mi"}},
        "securityContext": {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}},
        "terminationMessagePath": "/dev/termination-log",
        "terminationMessagePolicy": "File",
        "volumeMounts": [{"name": "config", "mountPath": "/etc/report"}, {"name": "scratch", "mountPath": "/scratch"}],
    }


def access_review(*, stored: bool) -> Body:
    """Give an add-on's question whether somebody may look at pods, and with `stored` its answer."""
    review: dict[str, object] = {
        "kind": "SubjectAccessReview",
        "apiVersion": "authorization.k8s.io/v1",
        "metadata": {},
        "spec": {
            "resourceAttributes": {"namespace": "shop", "verb": "get", "version": "v1", "resource": "pods"},
            "user": "system:serviceaccount:shop:web",
        },
        "status": {"allowed": stored},
    }
    return review
