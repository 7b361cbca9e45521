import dataclasses
import json

import pytest

from dayseal.audit.event import describe_record, parse_event
from dayseal.audit.formats.shapes import Shape
from dayseal.audit.names import Target


@dataclasses.dataclass(frozen=True)
class Kept:
    """A record and its shape."""

    data: bytes
    shape: Shape


EVENT = {
    "kind": "Event",
    "auditID": "a-1",
    "level": "Request",
    "stage": "ResponseComplete",
    "requestURI": "/api/v1/namespaces/default/pods/p/exec?command=sh",
    "verb": "get",
    "user": {
        "username": "anna@example.com",
        "groups": ["admins", 7],
        "extra": {"authentication.kubernetes.io/credential-id": ["JTI=1"], "accessKeyId": ["ASIA"]},
    },
    "sourceIPs": ["10.0.0.1"],
    "userAgent": "kubectl",
    "objectRef": {"resource": "pods", "subresource": "exec", "namespace": "default", "name": "p"},
    "responseStatus": {"code": 101},
    "requestReceivedTimestamp": "2026-11-22T06:00:00.000001Z",
    "stageTimestamp": "2026-11-22T06:00:00.5Z",
}
ENTRY = {
    "insertId": "i",
    "operation": {"id": "a-2"},
    "labels": {"authentication.kubernetes.io/credential-id": "X509SHA256=00"},
    "protoPayload": {
        "authenticationInfo": {"principalEmail": "system:node:n"},
        "methodName": "io.k8s.core.v1.pods.status.patch",
        "resourceName": "core/v1/namespaces/default/pods/p/status",
        "requestMetadata": {"callerIp": "10.0.0.2", "callerSuppliedUserAgent": "kubelet"},
        "status": {"code": 7},
    },
    "timestamp": "2026-11-22T06:00:00.123456789Z",
}


@pytest.mark.parametrize(
    ("data", "shape"),
    [
        (json.dumps(EVENT).encode(), Shape.KUBE),
        (json.dumps(EVENT).encode(), Shape.FIREHOSE),
        (b"2026-11-22T06:00:01.000Z " + json.dumps(EVENT).encode(), Shape.EXPORT),
        (json.dumps({"properties": {"log": json.dumps(EVENT) + "\n"}}).encode(), Shape.AKS),
        (json.dumps({"properties": {"log": EVENT}}).encode(), Shape.AKS),
    ],
)
def test_an_event_reads_the_same_out_of_every_shape(data: bytes, shape: Shape) -> None:
    """People search by audit id, whatever their provider."""
    event = parse_event(Kept(data, shape))
    assert event is not None
    assert (event.audit_id, event.level, event.stage, event.code) == ("a-1", "Request", "ResponseComplete", 101)
    assert (event.user, event.user_class, event.groups) == ("anna@example.com", "human", ("admins",))
    assert event.target == Target("get", "", "pods", "exec", "default", "p")
    assert (event.time_us, event.received_us) == (1_795_327_200_500_000, 1_795_327_200_000_001)
    assert (event.credential, event.source_ips, event.user_agent) == ("JTI=1", ("10.0.0.1",), "kubectl")
    assert event.text == "anna@example.com get pods/exec default/p 101 ResponseComplete a-1"


def test_a_google_entry_is_an_event_without_level_and_stage() -> None:
    """Cloud Logging keeps neither; the audit id lives on as the operation's id."""
    event = parse_event(Kept(json.dumps(ENTRY).encode(), Shape.GKE))
    assert event is not None
    assert (event.audit_id, event.level, event.stage, event.code) == ("a-2", "", "", 7)
    assert (event.user_class, event.credential) == ("node", "X509SHA256=00")
    assert event.target == Target("patch", "", "pods", "status", "default", "p")
    assert event.time_us == 1_795_327_200_123_456


@pytest.mark.parametrize(
    ("data", "shape"),
    [
        (b"", Shape.KUBE),
        (b"[]", Shape.KUBE),
        (b"{}", Shape.UNKNOWN),
        (json.dumps(EVENT).encode(), Shape.EXPORT),
        (b'{"properties":{"log":"{cut"}}', Shape.AKS),
        (b'{"properties":{"log":"\\ud800"}}', Shape.AKS),
        (b'{"properties":[]}', Shape.AKS),
        (b"\xff", Shape.GKE),
    ],
)
def test_what_is_no_event_is_none(data: bytes, shape: Shape) -> None:
    """A search goes on past garbage; the tally has counted it."""
    assert parse_event(Kept(data, shape)) is None


def test_fields_of_another_type_count_as_absent() -> None:
    """An event is what somebody's program wrote; the old ones have no stage and other times."""
    odd = {"kind": 0, "auditID": 1, "user": [], "objectRef": "x", "responseStatus": {"code": True}, "sourceIPs": "x"}
    event = parse_event(Kept(json.dumps(odd).encode(), Shape.KUBE))
    assert event is not None
    assert (event.audit_id, event.user, event.user_class, event.code, event.time_us) == (
        "",
        "",
        "anonymous",
        None,
        None,
    )
    assert event.target.resource == "/"


def test_a_record_is_described_in_one_printable_line() -> None:
    """A terminal must not be steered by what is in a log."""
    record = json.dumps({**EVENT, "user": {"username": "a\x1b[31m\n" + "b" * 500}}).encode()
    said = describe_record(record)
    assert said.isprintable()
    assert len(said) < 400
    assert describe_record(b"\x1b") == "1 bytes that are no event"
