"""The few fields of a record that are counted, decoded fast; what that refuses is read the slow way.

Both ways give the same frozen values. A field of another JSON type than the one named here counts
as absent, in both. The fast way must only see valid UTF-8: it does not look inside strings it skips.
"""

import types
from collections.abc import Callable
from typing import Final, Generic, TypeVar, get_origin

import msgspec

from dayseal.audit.json_text import JsonValue, parse_json
from dayseal.errors import FormatError

CREDENTIAL_KEY: Final = "authentication.kubernetes.io/credential-id"

_NULL: Final = msgspec.Raw(b"null")  # also what an absent member counts as
_MAX_DIGITS: Final = 9


class ExtraWire(msgspec.Struct, frozen=True, gc=False):
    """The members of `user.extra` (GKE: of the entry's labels) that name a credential."""

    credential: tuple[str, ...] = msgspec.field(default=(), name=CREDENTIAL_KEY)
    access_key: tuple[str, ...] = msgspec.field(default=(), name="accessKeyId")


class UserWire(msgspec.Struct, frozen=True, gc=False):
    """Who asked."""

    username: str = ""
    groups: tuple[str, ...] = ()
    extra: ExtraWire = ExtraWire()


class ObjectRefWire(msgspec.Struct, frozen=True, gc=False, rename="camel"):
    """What was asked for; `resource` is empty where the request had no resource. `uid` is the object's own."""

    resource: str = ""
    namespace: str = ""
    name: str = ""
    uid: str = ""
    subresource: str = ""
    api_group: str = ""


class AnnotationsWire(msgspec.Struct, frozen=True, gc=False):
    """The annotation by which kube-apiserver says that it left out bodies."""

    truncated: str = msgspec.field(default="", name="audit.k8s.io/truncated")


class StatusWire(msgspec.Struct, frozen=True, gc=False):
    """How a request ended: an HTTP code, or a google.rpc code where GKE says it."""

    code: msgspec.Raw = _NULL


class EventWire(msgspec.Struct, frozen=True, gc=False, rename="camel"):
    """An audit.k8s.io Event: EKS messages, kube-apiserver lines, the inner event of AKS.

    AKS writes a string in the place of a body that was too big.
    """

    level: str = ""
    stage: str = ""
    verb: str = ""
    request_uri: str = msgspec.field(default="", name="requestURI")
    user: UserWire = UserWire()
    object_ref: ObjectRefWire = ObjectRefWire()
    stage_timestamp: str = ""
    request_received_timestamp: str = ""
    timestamp: str = ""
    annotations: AnnotationsWire = AnnotationsWire()
    response_status: StatusWire = StatusWire()
    request_object: msgspec.Raw = _NULL
    response_object: msgspec.Raw = _NULL

    @property
    def time(self) -> str:
        """When the event was written, else received, as text; empty if it has no time."""
        return self.stage_timestamp or self.request_received_timestamp or self.timestamp


class LabelsWire(msgspec.Struct, frozen=True, gc=False):
    """Which cluster a GKE entry is about."""

    project_id: str = ""
    location: str = ""
    cluster_name: str = ""


class ResourceWire(msgspec.Struct, frozen=True, gc=False):
    """A GKE entry's monitored resource."""

    type: str = ""
    labels: LabelsWire = LabelsWire()


class AuthenticationWire(msgspec.Struct, frozen=True, gc=False, rename="camel"):
    """A GKE entry's caller."""

    principal_email: str = ""


class PayloadWire(msgspec.Struct, frozen=True, gc=False, rename="camel"):
    """A GKE entry's AuditLog."""

    method_name: str = ""
    resource_name: str = ""
    authentication_info: AuthenticationWire = AuthenticationWire()
    status: StatusWire = StatusWire()
    request: msgspec.Raw = _NULL
    response: msgspec.Raw = _NULL


class EntryLabelsWire(msgspec.Struct, frozen=True, gc=False):
    """The label of a GKE entry that names a credential."""

    credential: str = msgspec.field(default="", name=CREDENTIAL_KEY)


class SplitWire(msgspec.Struct, frozen=True, gc=False, rename="camel"):
    """Which part of an entry that was too large for one this is; `uid` is empty where it is whole."""

    uid: str = ""
    index: msgspec.Raw = _NULL  # left out for the first part
    total_splits: msgspec.Raw = _NULL


class EntryWire(msgspec.Struct, frozen=True, gc=False, rename="camel"):
    """A Cloud Logging LogEntry."""

    log_name: str = ""
    timestamp: str = ""
    receive_timestamp: str = ""
    resource: ResourceWire = ResourceWire()
    proto_payload: PayloadWire = PayloadWire()
    labels: EntryLabelsWire = EntryLabelsWire()
    split: SplitWire = SplitWire()


class PropertiesWire(msgspec.Struct, frozen=True, gc=False):
    """An AKS record's properties: `log` is the event as JSON text, or the event itself."""

    log: str | EventWire = ""
    pod: str = ""


class RecordWire(msgspec.Struct, frozen=True, gc=False, rename="camel"):
    """An Azure Monitor diagnostic record."""

    category: str = ""
    resource_id: str = ""
    properties: PropertiesWire = PropertiesWire()


T = TypeVar("T", bound=msgspec.Struct)


class WireReader(Generic[T]):
    """Reads records into one wire type; None stands for a record that is unparsable."""

    def __init__(self, kind: type[T]) -> None:
        self._kind = kind
        self.decode: Final[Callable[[bytes | str], T]] = msgspec.json.Decoder(kind).decode

    def read(self, record: bytes | str) -> T | None:
        """Read one record: fast if it can be, else as `parse_json` reads it."""
        try:
            if record.isascii() or isinstance(record, str) or is_utf8(record):
                return self.decode(record)
        except (msgspec.DecodeError, RecursionError):
            pass  # it has something unusual
        return self.read_slowly(record)

    def read_slowly(self, record: bytes | str) -> T | None:
        """Read one record the slow way: the reference for `read`, which must never differ."""
        try:
            value = parse_json(record if isinstance(record, bytes) else record.encode("utf-8"))
        except FormatError:
            return None
        return _pick(self._kind, value) if isinstance(value, dict) else None


def is_there(member: msgspec.Raw) -> bool:
    """Say whether a member is there and not null."""
    return member is not _NULL and memoryview(member)[:4].tobytes() != b"null"


def whole_number(member: msgspec.Raw) -> int | None:
    """Give a member that is a whole number from 0 to 999,999,999; None stands for everything else."""
    text = bytes(member) if len(memoryview(member)) <= _MAX_DIGITS else b""
    return int(text) if text.isdigit() else None


def is_utf8(data: bytes) -> bool:
    """Say whether `data` is UTF-8."""
    if data.isascii():
        return True
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _pick(kind: type[T], value: dict[str, JsonValue]) -> T:
    """Build `kind` from the members of `value` that have the type it wants; others count as absent."""
    found: dict[str, object] = {}
    for field in msgspec.structs.fields(kind):
        member = value.get(field.encode_name)
        wanted = field.type.__args__ if isinstance(field.type, types.UnionType) else (field.type,)
        for one in wanted:
            if one is str and isinstance(member, str):
                found[field.name] = member
            elif one is msgspec.Raw and member is not None:
                found[field.name] = msgspec.Raw(_raw(member))
            elif isinstance(member, dict) and isinstance(one, type) and issubclass(one, msgspec.Struct):
                found[field.name] = _pick(one, member)
            elif isinstance(member, list) and get_origin(one) is tuple and all(isinstance(m, str) for m in member):
                found[field.name] = tuple(member)
    return kind(**found)


def _raw(member: JsonValue) -> bytes:
    """Give of a member what is looked at: text, a whole number, or that there is something else."""
    if isinstance(member, str):
        return msgspec.json.encode(member)
    return b"%d" % member if isinstance(member, int) and not isinstance(member, bool) else b"{}"


EVENTS: Final = WireReader(EventWire)
ENTRIES: Final = WireReader(EntryWire)
DIAGNOSTICS: Final = WireReader(RecordWire)
