"""How each provider lays events out in an object."""

from collections.abc import Callable, Iterator

from logs.corpus import AKS_ID, EventMaker, Json, Shaped, dump

_BODIES = (("requestObject", "request"), ("responseObject", "response"))
_PART_BYTES = 64 * 1024 * 1024  # lines: one gzip member, unless the object is larger


def _lines(line: Callable[[EventMaker, Json], str]) -> Callable[[EventMaker, int], Iterator[bytes]]:
    def parts(maker: EventMaker, text_bytes: int) -> Iterator[bytes]:
        while text_bytes > 0:
            lines, size = [], 0
            while size < min(_PART_BYTES, text_bytes):
                lines.append(line(maker, maker.event()))
                size += len(lines[-1]) + 1
            yield "".join(f"{one}\n" for one in lines).encode()
            text_bytes -= size

    return parts


def _firehose(maker: EventMaker, text_bytes: int) -> Iterator[bytes]:
    while text_bytes > 0:
        stream = f"kube-apiserver-audit-{maker.chance.randrange(2):032x}"
        events = []
        for _ in range(maker.chance.randrange(20, 200)):
            event_id = f"38{maker.chance.getrandbits(170):054d}"[:56]
            message = dump(maker.event())
            events.append({"id": event_id, "timestamp": int(maker.moment.timestamp() * 1000), "message": message})
        yield dump(_envelope("DATA_MESSAGE", stream, events)).encode()
        text_bytes -= sum(len(str(event["message"])) for event in events)
        if maker.chance.random() < 0.01:  # noqa: PLR2004 - now and then
            message = "CWL CONTROL MESSAGE: Checking health of destination Firehose."
            yield dump(_envelope("CONTROL_MESSAGE", "", [{"id": "", "timestamp": 0, "message": message}])).encode()


def _unpacked_firehose(maker: EventMaker, text_bytes: int) -> Iterator[bytes]:
    yield b"".join(_firehose(maker, text_bytes))


def _envelope(kind: str, stream: str, events: list[dict[str, object]]) -> Json:
    return {
        "messageType": kind,
        "owner": "111122223333",
        "logGroup": "/aws/eks/prod/cluster",
        "logStream": stream,
        "subscriptionFilters": ["archive"],
        "logEvents": events,
    }


def _export(maker: EventMaker, event: Json) -> str:
    return f"{maker.moment:%Y-%m-%dT%H:%M:%S}.{maker.moment.microsecond // 1000:03}Z {dump(event)}"


def _gke(maker: EventMaker, event: Json) -> str:
    ref = event["objectRef"]
    user = event["user"]
    if not isinstance(ref, dict) or not isinstance(user, dict):
        raise TypeError("the maker gives every event an object and a user")
    group, name, sub = ref.get("apiGroup", "core"), ref.get("name", ""), ref.get("subresource")
    place = f"{group}/v1/namespaces/{ref['namespace']}/{ref['resource']}" + "".join(f"/{p}" for p in (name, sub) if p)
    method = f"io.k8s.{str(group).split('.')[0]}.v1.{ref['resource']}{f'.{sub}' if sub else ''}.{event['verb']}"
    payload = {
        "@type": "type.googleapis.com/google.cloud.audit.AuditLog",
        "authenticationInfo": {"principalEmail": user["username"]},
        "authorizationInfo": [{"granted": True, "permission": method, "resource": place}],
        "methodName": method,
        "requestMetadata": {"callerIp": "10.0.3.12", "callerSuppliedUserAgent": event["userAgent"]},
        **{new: event[old] for old, new in _BODIES if old in event},
        "resourceName": place,
        "serviceName": "k8s.io",
        "status": {"code": 0},
    }
    labels = {key: values[0] for key, values in user["extra"].items()}
    return dump(
        {
            "insertId": event["auditID"],
            "labels": {"authorization.k8s.io/decision": "allow", "authorization.k8s.io/reason": "", **labels},
            "logName": "projects/example-project/logs/cloudaudit.googleapis.com%2Factivity",
            "operation": {"first": True, "id": event["auditID"], "last": True, "producer": "k8s.io"},
            "protoPayload": payload,
            "receiveTimestamp": f"{maker.moment:%Y-%m-%dT%H:%M:%S}.{maker.chance.randrange(10**9):09}Z",
            "resource": {
                "labels": {"cluster_name": "prod-1", "location": "us-east1", "project_id": "example-project"},
                "type": "k8s_cluster",
            },
            "timestamp": event["stageTimestamp"],
        }
    )


def _aks(maker: EventMaker, event: Json) -> str:
    return dump(
        {
            "operationName": "Microsoft.ContainerService/managedClusters/diagnosticLogs/Read",
            "category": "kube-audit",
            "ccpNamespace": "5eb120ce57f96500011bde2d",
            "resourceId": AKS_ID,
            "properties": {"log": dump(event) + "\n", "stream": "stdout", "pod": "kube-apiserver-79599f95c7-qn557"},
            "time": f"{maker.moment:%Y-%m-%dT%H:%M:%S.%f}0Z",
            "Cloud": "AzureCloud",
            "Environment": "prod",
            "UnderlayClass": "hcp-underlay",
            "UnderlayName": "hcp-underlay-centralus-cx-104",
        }
    )


SHAPES = (
    Shaped("eks-firehose", _firehose),
    Shaped("eks-firehose-unpacked", _unpacked_firehose),
    Shaped("eks-export", _lines(_export)),
    Shaped("gke-lines", _lines(_gke)),
    Shaped("aks-lines", _lines(_aks)),
    Shaped("kube-lines", _lines(lambda _, event: dump(event))),
)
