"""One audit event in full, read the slow and clear way: for searches, proofs and people."""

import dataclasses
from collections.abc import Mapping
from typing import Final, Protocol

from dayseal.audit.event_times import event_time_us
from dayseal.audit.formats.shapes import Shape, after_export_time, recognise
from dayseal.audit.json_text import JsonValue, parse_json
from dayseal.audit.names import Target, gke_target, path_class, user_class
from dayseal.audit.wire import CREDENTIAL_KEY
from dayseal.errors import FormatError

_MAX_DESCRIBED: Final = 200  # characters of any one part


class ShapedRecord(Protocol):
    """A record and the shape of the object it lies in."""

    @property
    def data(self) -> bytes:
        """The record, exactly as archived."""
        ...

    @property
    def shape(self) -> Shape:
        """The shape of its object."""
        ...


@dataclasses.dataclass(frozen=True, slots=True)
class Event:
    """What a record says happened; what it does not say is empty or None.

    `audit_id` is chosen by the client and proves nothing. GKE entries have no `level` and no `stage`; their
    `audit_id` is the operation's id (else the insert id) and `code` is a google.rpc code (0 = fine).
    Times are microseconds since 1970. `credential` names the credential where the provider logs it.
    """

    audit_id: str
    level: str
    stage: str
    request_uri: str
    user: str
    user_class: str
    groups: tuple[str, ...]
    source_ips: tuple[str, ...]
    user_agent: str
    target: Target
    code: int | None
    time_us: int | None
    received_us: int | None
    credential: str

    @property
    def text(self) -> str:
        """The event in one line, printable: who did what to which object, with what result."""
        target = self.target
        resource = f"{target.resource}/{target.subresource}" if target.subresource else target.resource
        name = "/".join(part for part in (target.namespace, target.name) if part)
        code = "" if self.code is None else str(self.code)
        parts = (self.user or "(no user)", target.verb, resource, name, code, self.stage, self.audit_id)
        return " ".join(_printable(part) for part in parts if part)


def parse_event(record: ShapedRecord) -> Event | None:
    """Read the event in a record of any shape; None when there is none that can be read."""
    return _read(record.data, record.shape)


def describe_record(data: bytes) -> str:
    """Say in one printable line what a record holds; its shape is judged from the record alone."""
    shape = recognise(data)
    event = _read(data, shape)
    return event.text if event else f"{len(data)} bytes that are no event"


def _read(data: bytes, shape: Shape) -> Event | None:
    if shape is Shape.UNKNOWN:
        return None
    if shape is Shape.EXPORT:
        start = after_export_time(data)
        data = data[start:] if start else b""
    value = _object(data)
    if value is None:
        return None
    if shape is Shape.GKE:
        return _of_google(value)
    return _of_azure(value) if shape is Shape.AKS else _of_kubernetes(value)


def _of_azure(value: Mapping[str, JsonValue]) -> Event | None:
    log = _child(value, "properties").get("log")
    inner = _object(log.encode("utf-8")) if isinstance(log, str) else log
    return _of_kubernetes(inner) if isinstance(inner, dict) else None


def _of_kubernetes(value: Mapping[str, JsonValue]) -> Event:
    user, ref = _child(value, "user"), _child(value, "objectRef")
    extra = _child(user, "extra")
    name = _text(user, "username")
    uri = _text(value, "requestURI")
    received = event_time_us(_text(value, "requestReceivedTimestamp"))
    times = ("stageTimestamp", "requestReceivedTimestamp", "timestamp")
    resource = _text(ref, "resource")
    written = next((text for field in times if (text := _text(value, field))), "")
    return Event(
        audit_id=_text(value, "auditID"),
        level=_text(value, "level"),
        stage=_text(value, "stage"),
        request_uri=uri,
        user=name,
        user_class=user_class(name),
        groups=_texts(user, "groups"),
        source_ips=_texts(value, "sourceIPs"),
        user_agent=_text(value, "userAgent"),
        target=Target(
            verb=_text(value, "verb"),
            group=_text(ref, "apiGroup"),
            resource=resource or path_class(uri),
            subresource=_text(ref, "subresource") if resource else "",
            namespace=_text(ref, "namespace"),
            name=_text(ref, "name"),
        ),
        code=_number(_child(value, "responseStatus"), "code"),
        time_us=event_time_us(written),
        received_us=received,
        credential=next(iter((*_texts(extra, CREDENTIAL_KEY), *_texts(extra, "accessKeyId"))), ""),
    )


def _of_google(value: Mapping[str, JsonValue]) -> Event:
    payload = _child(value, "protoPayload")
    request = _child(payload, "requestMetadata")
    caller = _text(request, "callerIp")
    name = _text(_child(payload, "authenticationInfo"), "principalEmail")
    resource = _text(payload, "resourceName")
    return Event(
        audit_id=_text(_child(value, "operation"), "id") or _text(value, "insertId"),
        level="",
        stage="",
        request_uri="",
        user=name,
        user_class=user_class(name),
        groups=(),
        source_ips=(caller,) if caller else (),
        user_agent=_text(request, "callerSuppliedUserAgent"),
        target=gke_target(_text(payload, "methodName"), resource),
        code=_number(_child(payload, "status"), "code"),
        time_us=event_time_us(_text(value, "timestamp")),
        received_us=None,
        credential=_text(_child(value, "labels"), CREDENTIAL_KEY),
    )


def _object(data: bytes) -> dict[str, JsonValue] | None:
    try:
        value = parse_json(data)
    except FormatError:
        return None
    return value if isinstance(value, dict) else None


def _child(value: Mapping[str, JsonValue], name: str) -> Mapping[str, JsonValue]:
    child = value.get(name)
    return child if isinstance(child, dict) else {}


def _text(value: Mapping[str, JsonValue], name: str) -> str:
    text = value.get(name)
    return text if isinstance(text, str) else ""


def _texts(value: Mapping[str, JsonValue], name: str) -> tuple[str, ...]:
    texts = value.get(name)
    return tuple(text for text in texts if isinstance(text, str)) if isinstance(texts, list) else ()


def _number(value: Mapping[str, JsonValue], name: str) -> int | None:
    number = value.get(name)
    return number if isinstance(number, int) and not isinstance(number, bool) else None


def _printable(text: str) -> str:
    shown = text if len(text) <= _MAX_DESCRIBED else text[:_MAX_DESCRIBED] + "..."
    return "".join(char if char.isprintable() else "?" for char in shown)
