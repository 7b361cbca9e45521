"""Write cases.json: events that each detection must see, and events that are almost such."""

import json
from pathlib import Path

from support.detection_events import (
    ALICE,
    NODE,
    ROBOT,
    Json,
    gke_entry,
    kube_event,
    pod,
    signing_request,
)

_HERE = Path(__file__).resolve().parent

_RBAC, _CERT = "rbac.authorization.k8s.io", "certificates.k8s.io"
_CLIENT, _KUBELET = "kubernetes.io/kube-apiserver-client", "kubernetes.io/kube-apiserver-client-kubelet"
_ADMISSION = "admissionregistration.k8s.io"
_CSR = f"certificatesigningrequests.{_CERT}"
_WEBHOOK = f"validatingwebhookconfigurations.{_ADMISSION}"
_NOBODY = "system:anonymous"
_TOKEN, _OTHER_TOKEN, _KEY = "JTI=6c0a3a5e-0001", "JTI=6c0a3a5e-0002", f"X509SHA256={7:064x}"
_FORBIDDEN = 'secrets is forbidden: User "a" cannot list resource'

Scene = tuple[str, str, str, list[Json]]  # detection, severity or "", why, records


def _single() -> list[Scene]:
    exec_, pods = "pods/exec", "/api/v1/pods"
    return [
        ("anonymous-allowed", "high", "nobody lists pods", [kube_event("list", "pods", _NOBODY, requestURI=pods)]),
        ("anonymous-allowed", "", "health is open", [kube_event("get", "", _NOBODY, requestURI="/readyz?verbose")]),
        ("anonymous-allowed", "", "it was refused", [kube_event("list", "pods", _NOBODY, requestURI=pods, code=403)]),
        ("pod-shell", "medium", "kubectl exec is a GET now", [kube_event("get", exec_, ns="a", name="p", code=101)]),
        ("pod-shell", "medium", "kubectl exec of old", [kube_event("create", exec_, ns="a", name="p", code=101)]),
        ("pod-shell", "", "a log is no shell", [kube_event("get", "pods/log", ns="a", name="p")]),
        ("pod-shell", "", "a shell that was refused", [kube_event("get", exec_, ns="a", name="p", code=403)]),
        ("pod-shell", "medium", "only its beginning is there yet", [
            kube_event("get", exec_, ns="a", name="p", code=101, stage="ResponseStarted")]),
        ("proxy", "high", "a GET to a kubelet can run commands", [kube_event("get", "nodes/proxy", ROBOT, name="n")]),
        ("proxy", "medium", "a service by its proxy", [kube_event("get", "services/proxy", ns="a", name="s")]),
        ("proxy", "", "the API server's own", [kube_event("get", "nodes/proxy", "system:apiserver", name="n")]),
        ("secrets-listing", "high", "all secrets", [kube_event("list", "secrets", level="Metadata")]),
        ("secrets-listing", "", "those of one namespace", [kube_event("list", "secrets", ns="a", level="Metadata")]),
        ("token-minting", "medium", "a person takes a token", [
            kube_event("create", "serviceaccounts/token", ns="shop", name="web", code=201, note=_issued(_TOKEN))]),
        ("token-minting", "high", "and one of kube-system", [
            kube_event("create", "serviceaccounts/token", ns="kube-system", name="x", code=201, note=_issued(_TOKEN))]),
        ("token-minting", "", "a kubelet does its work", [
            kube_event("create", "serviceaccounts/token", NODE, ns="shop", name="w", code=201, note=_issued(_TOKEN))]),
        ("impersonation", "medium", "as Bob", [
            kube_event("get", "pods", impersonatedUser={"username": "bob", "groups": ["dev"]})]),
        ("impersonation", "high", "as an administrator", [
            kube_event("get", "pods", impersonatedUser={"username": "x", "groups": ["system:masters"]})]),
        ("impersonation", "", "a controller for somebody", [
            kube_event("get", "pods", ROBOT, impersonatedUser={"username": "bob", "groups": []})]),
        ("admission-tampering", "high", "a webhook is gone", [kube_event("delete", _WEBHOOK, name="guard")]),
        ("admission-tampering", "", "a look at it", [kube_event("get", _WEBHOOK, name="guard")]),
        ("identity-mapping", "high", "who is who on EKS", [
            kube_event("patch", "configmaps", ns="kube-system", name="aws-auth")]),
        ("identity-mapping", "", "another namespace's", [kube_event("patch", "configmaps", ns="a", name="aws-auth")]),
    ]  # fmt: skip


def _bodied() -> list[Scene]:
    mirror: Json = {"metadata": {"annotations": {"kubernetes.io/config.mirror": "1"}}, "spec": {"containers": []}}
    strong = pod(containers=[{"securityContext": {"capabilities": {"add": ["SYS_ADMIN"]}}}])
    weak = pod(containers=[{"securityContext": {"privileged": False, "capabilities": {"add": ["NET_BIND_SERVICE"]}}}])
    template = {"spec": {"template": pod(volumes=[{"name": "v", "hostPath": {"path": "/"}}])}}
    job = {"spec": {"jobTemplate": {"spec": {"template": pod(hostPID=True)}}}}
    maker = "system:serviceaccount:kube-system:daemon-set-controller"
    return [
        ("privileged-workload", "high", "a strong capability", [
            kube_event("create", "pods", ns="a", requestObject=strong)]),
        ("privileged-workload", "high", "a folder of the node, in a template", [
            kube_event("patch", "deployments.apps", ROBOT, ns="a", name="d", responseObject=template)]),
        ("privileged-workload", "high", "the node's processes, in a cron job", [
            kube_event("create", "cronjobs.batch", ns="a", requestObject=job)]),
        ("privileged-workload", "", "a harmless capability", [
            kube_event("create", "pods", ns="a", requestObject=weak)]),
        ("privileged-workload", "", "made of a template seen before", [
            kube_event("create", "pods", maker, ns="a", requestObject=strong)]),
        ("privileged-workload", "", "the body was left out", [
            kube_event("create", "pods", ns="a", requestObject="skipped-too-big-size-object")]),
        ("static-pod", "low", "a node's own pod", [kube_event("create", "pods", NODE, ns="a", requestObject=mirror)]),
        ("static-pod", "", "a node makes no other pods", [kube_event("create", "pods", NODE, requestObject=pod())]),
    ]  # fmt: skip


def _rights() -> list[Scene]:
    masters = [{"kind": "Group", "name": "system:authenticated"}]
    mighty = signing_request("bob", "system:masters", _CLIENT, "bob")
    return [
        ("admin-grant", "high", "cluster-admin", [
            kube_event("create", f"clusterrolebindings.{_RBAC}", requestObject=_binding("cluster-admin", []))]),
        ("admin-grant", "high", "to everybody who logged in", [
            kube_event("patch", f"rolebindings.{_RBAC}", ns="a", responseObject=_binding("view", masters))]),
        ("admin-grant", "", "a small role to one person", [
            kube_event("create", f"rolebindings.{_RBAC}", ns="a", requestObject=_binding("view", [{"name": "bob"}]))]),
        ("powerful-role", "medium", "may take tokens", [kube_event("create", f"clusterroles.{_RBAC}", requestObject={
            "rules": [{"verbs": ["create"], "resources": ["serviceaccounts/token"]}]})]),
        ("powerful-role", "", "may read pods", [kube_event("create", f"clusterroles.{_RBAC}", requestObject={
            "rules": [{"verbs": ["get"], "resources": ["pods"]}]})]),
        ("certificate-minting", "medium", "for herself", [
            kube_event("create", _CSR, requestObject=signing_request(ALICE, "dev", _CLIENT, ""))]),
        ("certificate-minting", "high", "for a system component", [
            kube_event("create", _CSR, requestObject=signing_request("system:gke-hook", "dev", _CLIENT, ALICE))]),
        ("certificate-minting", "high", "approves an administrator", [
            kube_event("update", f"{_CSR}/approval", requestObject=mighty)]),
        ("certificate-minting", "", "a kubelet's own", [
            kube_event("create", _CSR, NODE, requestObject=signing_request(NODE, "system:nodes", _KUBELET, NODE))]),
    ]  # fmt: skip


def _logins(number: int) -> list[Json]:
    return [kube_event("list", "pods", "", n, code=401, stage="ResponseStarted") for n in range(number)]


def _refused(number: int) -> list[Json]:
    return [kube_event("list", f"things{n % 10}", n=n, code=403, level="Metadata") for n in range(number)]


def _reads(number: int) -> list[Json]:
    return [kube_event("get", "secrets", n=n, ns="a", name=f"s{n}", level="Metadata") for n in range(number)]


def _uses(user: str, *places: tuple[str, str, str]) -> list[Json]:
    return [
        kube_event("get", "services", user, n, credential=credential, ip=ip, agent=f"{agent}/v1")
        for n, (credential, ip, agent) in enumerate(places)
    ]


def _several() -> list[Scene]:
    token, key = (_TOKEN, "10.0.0.1", "a"), (_KEY, "10.0.0.1", "a")
    return [
        ("failed-logins", "medium", "ten tries", _logins(10)),
        ("failed-logins", "", "nine tries", _logins(9)),
        ("failed-logins", "", "one try, delivered ten times", _logins(1) * 10),
        ("forbidden-burst", "medium", "ten kinds", _refused(10)),
        ("forbidden-burst", "", "nine kinds, many times", _refused(9) * 5),
        ("secrets-enumeration", "high", "twenty secrets", _reads(20)),
        ("secrets-enumeration", "", "one secret twenty times", _reads(1) * 20),
        ("shared-credential", "high", "two addresses", _uses(ROBOT, token, (_TOKEN, "10.0.0.2", "a"))),
        ("shared-credential", "", "two tokens", _uses(ROBOT, token, (_OTHER_TOKEN, "10.0.0.2", "a"))),
        ("shared-credential", "", "a node's two addresses", _uses(NODE, key, (_KEY, "10.0.0.9", "a"))),
        ("two-credentials", "medium", "two networks", _uses(ALICE, key, (_TOKEN, "203.0.113.1", "a"))),
        ("two-credentials", "", "one network", _uses(ALICE, key, (_TOKEN, "10.0.9.1", "a"))),
        ("changing-agent", "low", "two programs", _uses(ROBOT, token, (_TOKEN, "10.0.0.1", "curl"))),
        ("changing-agent", "", "a person's tools", _uses(ALICE, key, (_KEY, "10.0.0.1", "helm"))),
    ]


def _of_google() -> list[Scene]:
    login = [gke_entry("io.k8s.core.v1.pods.list", "core/v1/namespaces/a/pods", "", 16, n=n) for n in range(10)]
    quota = 'pods "x" is forbidden: exceeded quota'
    shell, pods = "core/v1/namespaces/a/pods/p/exec", "io.k8s.core.v1.pods"
    return [
        ("pod-shell", "medium", "exec by GET", [gke_entry(f"{pods}.exec.get", shell, ALICE)]),
        ("failed-logins", "medium", "code 16", login),
        ("forbidden-burst", "medium", "code 7", [
            gke_entry(f"io.k8s.core.v1.t{n}.list", f"core/v1/t{n}", ALICE, 7, _FORBIDDEN, n) for n in range(10)]),
        ("forbidden-burst", "", "a quota gives 7 too", [
            gke_entry(f"io.k8s.core.v1.t{n}.list", f"core/v1/t{n}", ALICE, 7, quota, n) for n in range(10)]),
    ]  # fmt: skip


def _issued(credential: str) -> Json:
    return {"authentication.kubernetes.io/issued-credential-id": credential}


def _binding(role: str, subjects: list[dict[str, str]]) -> Json:
    return {"roleRef": {"name": role}, "subjects": subjects}


def main() -> None:
    """Write the file."""
    cases = [
        {
            "detection": detection,
            "kind": "hit" if severity else "miss",
            "why": why,
            "shape": shape,
            "signs": [f"{detection}/{severity}"] if severity else [],
            "records": [json.dumps(record, separators=(",", ":")) for record in records],
        }
        for shape, scenes in (("kube", [*_single(), *_bodied(), *_rights(), *_several()]), ("gke", _of_google()))
        for detection, severity, why, records in scenes
    ]
    text = ",\n".join(json.dumps(case, separators=(",", ":"), sort_keys=True) for case in cases)
    (_HERE / "cases.json").write_text(f"[\n{text}\n]\n")


if __name__ == "__main__":
    main()
