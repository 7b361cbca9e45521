"""The few fields of a record that are counted, decoded fast; what that refuses is read the slow way.

Both ways give the same frozen values. A field of another JSON type than the one named here counts
as absent, in both. The fast way must only see valid UTF-8: it does not look inside strings it skips.
"""

from typing import Final

import msgspec

from dayseal.audit.wire_reading import NULL, WireReader, is_there, is_utf8, whole_number

# Everything about the wire is asked for here.
__all__ = [
    "CREDENTIAL_KEY",
    "DECISION_KEY",
    "DIAGNOSTICS",
    "ENTRIES",
    "EVENTS",
    "ISSUED_KEY",
    "ISSUED_KEY_OLD",
    "NO_USER",
    "AnnotationsWire",
    "AuthenticationWire",
    "CallerWire",
    "EntryLabelsWire",
    "EntryStatusWire",
    "EntryWire",
    "EventWire",
    "ExtraWire",
    "LabelsWire",
    "ObjectRefWire",
    "PayloadWire",
    "PropertiesWire",
    "RecordWire",
    "ResourceWire",
    "SplitWire",
    "StatusWire",
    "UserWire",
    "WireReader",
    "is_there",
    "is_utf8",
    "whole_number",
]

CREDENTIAL_KEY: Final = "authentication.kubernetes.io/credential-id"
ISSUED_KEY: Final = "authentication.kubernetes.io/issued-credential-id"
ISSUED_KEY_OLD: Final = "authentication.k8s.io/issued-credential-id"  # before Kubernetes 1.30
DECISION_KEY: Final = "authorization.k8s.io/decision"


class ExtraWire(msgspec.Struct, frozen=True, gc=False):
    """The members of `user.extra` (GKE: of the entry's labels) that name a credential."""

    credential: tuple[str, ...] = msgspec.field(default=(), name=CREDENTIAL_KEY)
    access_key: tuple[str, ...] = msgspec.field(default=(), name="accessKeyId")


class UserWire(msgspec.Struct, frozen=True, gc=False):
    """Who asked."""

    username: str = ""
    groups: tuple[str, ...] = ()
    extra: ExtraWire = ExtraWire()


NO_USER: Final = UserWire()


class ObjectRefWire(msgspec.Struct, frozen=True, gc=False, rename="camel"):
    """What was asked for; `resource` is empty where the request had no resource. `uid` is the object's own."""

    resource: str = ""
    namespace: str = ""
    name: str = ""
    uid: str = ""
    subresource: str = ""
    api_group: str = ""


class AnnotationsWire(msgspec.Struct, frozen=True, gc=False):
    """The annotations that are read: what the authorizer decided, which token was issued, that bodies were left out."""

    issued: str = msgspec.field(default="", name=ISSUED_KEY)
    issued_old: str = msgspec.field(default="", name=ISSUED_KEY_OLD)
    decision: str = msgspec.field(default="", name=DECISION_KEY)
    truncated: str = msgspec.field(default="", name="audit.k8s.io/truncated")


class StatusWire(msgspec.Struct, frozen=True, gc=False):
    """How a request ended: an HTTP code, or a google.rpc code where GKE says it."""

    code: msgspec.Raw = NULL


class EventWire(msgspec.Struct, frozen=True, gc=False, rename="camel"):
    """An audit.k8s.io Event: EKS messages, kube-apiserver lines, the inner event of AKS.

    AKS writes a string in the place of a body that was too big.
    """

    # In the order in which the API server writes them, which is the fastest to read.
    level: str = ""
    audit_id: str = msgspec.field(default="", name="auditID")
    stage: str = ""
    request_uri: str = msgspec.field(default="", name="requestURI")
    verb: str = ""
    user: UserWire = UserWire()
    impersonated_user: UserWire = NO_USER
    source_ips: tuple[str, ...] = msgspec.field(default=(), name="sourceIPs")
    user_agent: str = ""
    object_ref: ObjectRefWire = ObjectRefWire()
    response_status: StatusWire = StatusWire()
    request_object: msgspec.Raw = NULL
    response_object: msgspec.Raw = NULL
    request_received_timestamp: str = ""
    stage_timestamp: str = ""
    timestamp: str = ""
    annotations: AnnotationsWire = AnnotationsWire()

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


class CallerWire(msgspec.Struct, frozen=True, gc=False, rename="camel"):
    """Where a GKE entry's caller came from."""

    caller_ip: str = ""
    caller_supplied_user_agent: str = ""


class EntryStatusWire(StatusWire, frozen=True, gc=False):
    """How a GKE entry's request ended, in words too."""

    message: str = ""


class PayloadWire(msgspec.Struct, frozen=True, gc=False, rename="camel"):
    """A GKE entry's AuditLog."""

    method_name: str = ""
    resource_name: str = ""
    authentication_info: AuthenticationWire = AuthenticationWire()
    request_metadata: CallerWire = CallerWire()
    status: EntryStatusWire = EntryStatusWire()
    request: msgspec.Raw = NULL
    response: msgspec.Raw = NULL


class EntryLabelsWire(msgspec.Struct, frozen=True, gc=False):
    """The labels of a GKE entry that name a credential, used or issued, and the authorizer's decision."""

    credential: str = msgspec.field(default="", name=CREDENTIAL_KEY)
    issued: str = msgspec.field(default="", name=ISSUED_KEY)
    issued_old: str = msgspec.field(default="", name=ISSUED_KEY_OLD)
    decision: str = msgspec.field(default="", name=DECISION_KEY)


class SplitWire(msgspec.Struct, frozen=True, gc=False, rename="camel"):
    """Which part of an entry that was too large for one this is; `uid` is empty where it is whole."""

    uid: str = ""
    index: msgspec.Raw = NULL  # left out for the first part
    total_splits: msgspec.Raw = NULL


class EntryWire(msgspec.Struct, frozen=True, gc=False, rename="camel"):
    """A Cloud Logging LogEntry."""

    insert_id: str = ""
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


EVENTS: Final = WireReader(EventWire)
ENTRIES: Final = WireReader(EntryWire)
DIAGNOSTICS: Final = WireReader(RecordWire)
