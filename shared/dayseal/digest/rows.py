"""What one event is counted under, from the fields that were decoded."""

from typing import NamedTuple

from dayseal.audit.names import gke_target, path_class, user_class
from dayseal.audit.wire import EntryWire, EventWire, ObjectRefWire, UserWire
from dayseal.digest.bounded import short
from dayseal.digest.tally import EventKey

_LEASES = "leases"
_UPDATES = frozenset({"update", "patch"})
_RENEWING_METHODS = (".leases.update", ".leases.patch")
_ENTRY_PARTS = 4


EventIdentity = tuple[str, str, str, UserWire, ObjectRefWire, str]  # level, stage, verb, user, object, path
EntryIdentity = tuple[str, str, str, str]  # method, resource name, principal, credential
Identity = EventIdentity | EntryIdentity
"""The decoded fields that decide where a record is counted; the path class only where there is no resource."""


class Row(NamedTuple):
    """Where an event is counted; `lease` is `namespace/name` of a lease it renews, else empty."""

    key: EventKey
    user: str
    identified: bool
    lease: str


def event_identity(event: EventWire) -> EventIdentity:
    """Pick what decides where an event is counted."""
    ref = event.object_ref
    return event.level, event.stage, event.verb, event.user, ref, "" if ref.resource else path_class(event.request_uri)


def entry_identity(entry: EntryWire) -> EntryIdentity:
    """Pick what decides where a GKE entry is counted."""
    payload = entry.proto_payload
    principal = payload.authentication_info.principal_email
    return payload.method_name, payload.resource_name, principal, entry.labels.credential


def is_renewal(event: EventWire) -> bool:
    """Say whether an event renews a lease: a heartbeat."""
    return event.object_ref.resource == _LEASES and event.verb in _UPDATES


def is_renewing_entry(entry: EntryWire) -> bool:
    """Say whether a GKE entry renews a lease."""
    return entry.proto_payload.method_name.endswith(_RENEWING_METHODS)


def row_of(identity: Identity) -> Row:
    """Say where records of this identity are counted."""
    if len(identity) == _ENTRY_PARTS:
        return _entry_row(*identity)
    return _event_row(*identity)


def _event_row(level: str, stage: str, verb: str, user: UserWire, ref: ObjectRefWire, path: str) -> Row:
    resource = f"{ref.resource}/{ref.subresource}" if ref.subresource else ref.resource
    renews = ref.resource == _LEASES and verb in _UPDATES
    name = user.username
    return Row(
        _key(ref.api_group, resource or path, verb, name, level, stage),
        short(name),
        bool(user.extra.credential or user.extra.access_key),
        short(f"{ref.namespace}/{ref.name}") if renews else "",
    )


def _entry_row(method: str, resource_name: str, principal: str, credential: str) -> Row:
    target = gke_target(method, resource_name)
    resource = f"{target.resource}/{target.subresource}" if target.subresource else target.resource
    return Row(
        _key(target.group, resource, target.verb, principal, "", ""),  # an entry has no level and no stage
        short(principal),
        bool(credential),
        short(f"{target.namespace}/{target.name}") if method.endswith(_RENEWING_METHODS) else "",
    )


def _key(group: str, resource: str, verb: str, username: str, level: str, stage: str) -> EventKey:
    return EventKey(short(group), short(resource), short(verb), user_class(username), short(level), short(stage))
