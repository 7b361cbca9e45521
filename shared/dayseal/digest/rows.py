"""What one event is counted under, from the fields that were decoded."""

from typing import NamedTuple

from dayseal.audit.names import gke_target, path_class, user_class
from dayseal.audit.wire import EntryWire, EventWire
from dayseal.digest.bounded import MAX_TEXT, short
from dayseal.digest.tally import EventKey

_LEASES = "leases"
_UPDATES = frozenset({"update", "patch"})
_RENEWING_METHODS = (".leases.update", ".leases.patch")


class Identity(NamedTuple):
    """What decides where records are counted; few in number, for only leases are told apart by name.

    `path` is the path class where there is no resource, `lease` is `namespace/name` of a renewed lease.
    """

    level: str
    stage: str
    verb: str
    username: str
    identified: bool
    group: str
    resource: str
    subresource: str
    path: str
    lease: str


class Row(NamedTuple):
    """Where an event is counted; `lease` is `namespace/name` of a lease it renews, else empty."""

    key: EventKey
    user: str
    identified: bool
    lease: str


def event_identity(event: EventWire) -> Identity:
    """Pick what decides where an event is counted."""
    ref, user, verb = event.object_ref, event.user, event.verb
    extra, resource = user.extra, ref.resource
    parts = (
        event.level,
        event.stage,
        verb,
        user.username,
        bool(extra.credential or extra.access_key),
        ref.api_group,
        resource,
        ref.subresource,
        "" if resource else path_class(event.request_uri),
        f"{ref.namespace}/{ref.name}" if resource == _LEASES and verb in _UPDATES else "",
    )
    return tuple.__new__(Identity, parts)  # what the constructor does, without its detour through Python


def entry_identity(entry: EntryWire) -> Identity:
    """Pick what decides where a GKE entry is counted; it has no level and no stage."""
    payload = entry.proto_payload
    method = payload.method_name
    target = gke_target(method, payload.resource_name)
    return Identity(
        "",
        "",
        target.verb,
        payload.authentication_info.principal_email,
        bool(entry.labels.credential),
        target.group,
        target.resource,
        target.subresource,
        "",
        f"{target.namespace}/{target.name}" if method.endswith(_RENEWING_METHODS) else "",
    )


def row_of(identity: Identity) -> Row:
    """Say where records of this identity are counted."""
    level, stage, verb, username, identified, group, resource, subresource, path, lease = identity
    if not resource:
        resource = path
    elif subresource:
        resource = f"{resource}/{subresource}"
    parts = (group, resource, verb, user_class(username), level, stage)
    if max(map(len, (*parts, username, lease))) > MAX_TEXT:
        parts = (short(group), short(resource), short(verb), parts[3], short(level), short(stage))
        username, lease = short(username), short(lease)
    return Row(tuple.__new__(EventKey, parts), username, identified, lease)
