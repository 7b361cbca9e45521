"""Audit events in which something is done that a detection looks for."""

import base64
import datetime as dt
import hashlib
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

_KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))  # made up, protects nothing
START = dt.datetime(2026, 11, 22, 6, tzinfo=dt.UTC)
ALICE = "alice@example.com"
NODE = "system:node:node-1"
ROBOT = "system:serviceaccount:shop:web"
CREDENTIAL = "authentication.kubernetes.io/credential-id"

Json = dict[str, object]


def kube_event(verb: str, resource: str, user: str = ALICE, n: int = 0, **fields: Any) -> Json:  # noqa: ANN401 - members of any JSON type
    """Make event `n` (a second each) about `resource.group/subresource`.

    `fields` are members of the event, or `ns`, `name`, `code`, `groups`, `credential`, `note`, `ip`, `agent`.
    """
    head, _, subresource = resource.partition("/")
    kind, _, group = head.partition(".")
    at = f"{START + dt.timedelta(seconds=n):%Y-%m-%dT%H:%M:%S.%fZ}"
    code = fields.pop("code", 200)
    ref: Json = {"resource": kind, "apiGroup": group, "subresource": subresource}
    ref |= {"namespace": fields.pop("ns", ""), "name": fields.pop("name", "")}
    who: Json = {"username": user, "groups": fields.pop("groups", ["system:authenticated"])}
    if credential := fields.pop("credential", ""):
        who["extra"] = {CREDENTIAL: [credential]}
    note = {"authorization.k8s.io/decision": "forbid" if code == 403 else "allow", **dict(fields.pop("note", {}))}
    event: Json = {
        "kind": "Event",
        "level": "RequestResponse",
        "auditID": f"00000000-0000-4000-8000-{n:012}",
        "stage": "ResponseComplete",
        "requestURI": f"/apis/{group}/v1/{kind}",
        "verb": verb,
        "user": who,
        "sourceIPs": [fields.pop("ip", "198.51.100.7")],
        "userAgent": fields.pop("agent", "kubectl/v1.34.1 (linux/amd64)"),
        "objectRef": {key: value for key, value in ref.items() if value},
        "responseStatus": {"code": code},
        "stageTimestamp": at,
        "annotations": note,
    }
    return event | fields


def gke_entry(method: str, resource: str, user: str, code: int = 0, message: str = "", n: int = 0) -> Json:
    """Make a Cloud Logging entry."""
    at = f"{START + dt.timedelta(seconds=n):%Y-%m-%dT%H:%M:%S.%fZ}"
    return {
        "insertId": f"id{n}",
        "logName": "projects/p/logs/cloudaudit.googleapis.com%2Factivity",
        "protoPayload": {
            "authenticationInfo": {"principalEmail": user} if user else {},
            "methodName": method,
            "requestMetadata": {"callerIp": "198.51.100.7"},
            "resourceName": resource,
            "status": {"code": code, "message": message} if code else {},
        },
        "resource": {"labels": {"cluster_name": "c", "location": "l", "project_id": "p"}, "type": "k8s_cluster"},
        "timestamp": at,
        "receiveTimestamp": at,
    }


def signed(name: str, organisation: str, asked_by: str) -> tuple[Json, str]:
    """Make the body of a request whose certificate was issued, and the id by which events name that certificate."""
    subject = x509.Name(
        [x509.NameAttribute(NameOID.ORGANIZATION_NAME, organisation), x509.NameAttribute(NameOID.COMMON_NAME, name)]
    )
    builder = x509.CertificateBuilder(subject, subject, _KEY.public_key(), 7, START, START + dt.timedelta(days=365))
    certificate = builder.sign(_KEY, None)
    body = signing_request(name, organisation, "kubernetes.io/kube-apiserver-client", asked_by)
    body["status"] = {"certificate": base64.b64encode(certificate.public_bytes(Encoding.PEM)).decode()}
    return body, "X509SHA256=" + hashlib.sha256(certificate.public_bytes(Encoding.DER)).hexdigest()


def signing_request(name: str, organisation: str, signer: str, asked_by: str) -> Json:
    """Make the body of a CertificateSigningRequest."""
    subject = x509.Name(
        [x509.NameAttribute(NameOID.ORGANIZATION_NAME, organisation), x509.NameAttribute(NameOID.COMMON_NAME, name)]
    )
    request = x509.CertificateSigningRequestBuilder().subject_name(subject).sign(_KEY, None)
    pem = base64.b64encode(request.public_bytes(Encoding.PEM)).decode()
    return {"spec": {"signerName": signer, "request": pem, "username": asked_by}}


def pod(**spec: object) -> Json:
    """Make the body of a pod."""
    return {"metadata": {"name": "p"}, "spec": {"containers": [{"name": "c", "image": "i"}], **spec}}
