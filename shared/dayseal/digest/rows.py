"""What one event is counted under, from the fields that were decoded."""

from typing import NamedTuple

from dayseal.audit.names import gke_target, path_class, user_class
from dayseal.audit.wire import EntryWire, EventWire, ObjectRefWire, UserWire
from dayseal.digest.bounded import short
from dayseal.digest.tally import EventKey

_LEASES = "leases"
_UPDATES = frozenset({"update", "patch"})


class EventIdentity(NamedTuple):
    """The fields of an audit event that decide where it is counted, as decoded; `path` only if it names no resource."""

    level: str
    stage: str
    verb: str
    user: UserWire
    object_ref: ObjectRefWire
    path: str


class EntryIdentity(NamedTuple):
    """The fields of a GKE entry that decide where it is counted, as decoded."""

    method_name: str
    resource_name: str
    principal: str
    credential: str


class Row(NamedTuple):
    """Where an event is counted; `lease` is `namespace/name` of a lease it renews, else empty."""

    key: EventKey
    user: str
    identified: bool
    lease: str


def event_identity(event: EventWire) -> EventIdentity:
    """Pick what decides where the event is counted."""
    ref = event.object_ref
    path = "" if ref.resource else path_class(event.request_uri)
    return EventIdentity(event.level, event.stage, event.verb, event.user, ref, path)


def entry_identity(entry: EntryWire) -> EntryIdentity:
    """Pick what decides where the entry is counted."""
    payload = entry.proto_payload
    principal = payload.authentication_info.principal_email
    return EntryIdentity(payload.method_name, payload.resource_name, principal, entry.labels.credential)


def is_renewal(event: EventWire) -> bool:
    """Say whether the event renews a lease: a heartbeat."""
    return event.object_ref.resource == _LEASES and event.verb in _UPDATES


def event_row(identity: EventIdentity) -> Row:
    """Say where events of this identity are counted."""
    ref, user = identity.object_ref, identity.user
    resource = f"{ref.resource}/{ref.subresource}" if ref.subresource else ref.resource
    lease = f"{ref.namespace}/{ref.name}" if ref.resource == _LEASES and identity.verb in _UPDATES else ""
    name = user.username
    key = _key(ref.api_group, resource or identity.path, identity.verb, name, identity.level, identity.stage)
    return Row(key, short(name), bool(user.extra.credential or user.extra.access_key), short(lease))


def entry_row(identity: EntryIdentity) -> Row:
    """Say where GKE entries of this identity are counted; they have no level and no stage."""
    target = gke_target(identity.method_name, identity.resource_name)
    resource = f"{target.resource}/{target.subresource}" if target.subresource else target.resource
    lease = f"{target.namespace}/{target.name}" if target.resource == _LEASES and target.verb in _UPDATES else ""
    key = _key(target.group, resource, target.verb, identity.principal, "", "")
    return Row(key, short(identity.principal), bool(identity.credential), short(lease))


def _key(group: str, resource: str, verb: str, username: str, level: str, stage: str) -> EventKey:
    return EventKey(short(group), short(resource), short(verb), user_class(username), short(level), short(stage))
