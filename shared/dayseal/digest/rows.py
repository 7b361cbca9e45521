"""What one event is counted under, from the fields that were decoded."""

import functools
import hashlib
import re
from typing import Final, NamedTuple

from dayseal.audit.names import Target, gke_target, path_class, user_class
from dayseal.audit.wire import EntryWire, EventWire
from dayseal.digest.bounded import short
from dayseal.digest.policies import NOT_COMPARED, Judgement
from dayseal.digest.tally_keys import EventKey
from dayseal.digest.tracing import Used, used

_LEASES: Final = "leases"
_UPDATES: Final = frozenset({"update", "patch"})
_RENEWING_METHODS: Final = (".leases.update", ".leases.patch")
_NODE_LEASES: Final = "kube-node-lease"

# Clients choose these parts, so what stands there may be anybody's name or address.
_OTHER: Final = "other"
_NOTHING: Final = ("",)
_MASTERS: Final = "system:masters"
_MAX_ROWS: Final = 2_048  # remembered
_MAX_REMEMBERED: Final = 1_200  # characters of all parts
_WORD: Final = re.compile(r"[A-Za-z]{0,40}\Z")
_RESOURCE: Final = re.compile(r"[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?(?:/[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?)?\Z")
_GROUP: Final = re.compile(r"(?:[a-z0-9](?:[-a-z0-9.]{0,251}[a-z0-9])?)?\Z")
_ADDRESS: Final = re.compile(r"[0-9]{1,3}[-._][0-9]{1,3}[-._][0-9]{1,3}[-._][0-9]{1,3}")

# Pseudonyms of leases. A uid is random, so nobody can go through all of them; the names on GKE hold no addresses, and
# the few digits kept of their hash fit many names.
_UID_DIGITS: Final = 16
_NAME_DIGITS: Final = 4


class Identity(NamedTuple):
    """What decides where records are counted; few in number, for only leases are told apart by object.

    `credential` is the id of what the user proved itself with, `source` the last address, `powerful` says that the user
    is one of system:masters. `path` is the path class where there is no resource. `lease` is `node` or `other` for a
    renewed lease, else empty; `lease_id` is what tells it apart: its uid, or, after a space, its name. `comparison` and
    `expected` say how the record compares with the provider's policy.
    """

    level: str
    stage: str
    verb: str
    username: str
    credential: str
    group: str
    resource: str
    subresource: str
    path: str
    lease: str
    lease_id: str = ""
    comparison: str = ""
    expected: str = ""
    source: str = ""
    agent: str = ""
    powerful: bool = False


class Row(NamedTuple):
    """Where an event is counted; `lease` is the label of a lease it renews, else empty."""

    key: EventKey
    user: str
    used: Used
    lease: str


def event_identity(event: EventWire, judgement: Judgement = NOT_COMPARED) -> Identity:
    """Pick what decides where an event is counted."""
    ref, user, verb = event.object_ref, event.user, event.verb
    extra, resource = user.extra, ref.resource
    lease = lease_id = ""
    if resource == _LEASES and verb in _UPDATES:
        lease, lease_id = _lease_kind(ref.namespace), ref.uid
    parts = (
        event.level,
        event.stage,
        verb,
        user.username,
        (extra.credential or extra.access_key or _NOTHING)[0],
        ref.api_group,
        resource,
        ref.subresource,
        "" if resource else path_class(event.request_uri),
        lease,
        lease_id,
        *judgement,
        (event.source_ips or _NOTHING)[-1],
        event.user_agent,
        _MASTERS in user.groups,
    )
    return tuple.__new__(Identity, parts)  # what the constructor does, without its detour through Python


def entry_identity(entry: EntryWire, target: Target, judgement: Judgement = NOT_COMPARED) -> Identity:
    """Pick what decides where a GKE entry about `target` is counted; it has no level and no stage."""
    payload = entry.proto_payload
    renews = payload.method_name.endswith(_RENEWING_METHODS)
    return Identity(
        "",
        "",
        target.verb,
        payload.authentication_info.principal_email,
        entry.labels.credential,
        target.group,
        target.resource,
        target.subresource,
        "",
        _lease_kind(target.namespace) if renews else "",
        f" {target.namespace}/{target.name}" if renews else "",
        *judgement,
        payload.request_metadata.caller_ip,
        payload.request_metadata.caller_supplied_user_agent,
    )


def entry_target(entry: EntryWire) -> Target:
    """Read what a GKE entry is about."""
    return gke_target(entry.proto_payload.method_name, entry.proto_payload.resource_name)


def row_of(identity: Identity) -> Row:
    """Say where records of this identity are counted; what repeats, and is not long, is remembered."""
    if len("".join(identity[:-1])) > _MAX_REMEMBERED:  # all parts but the last are texts
        return _row_of(identity)
    return _remembered(identity)


def _row_of(identity: Identity) -> Row:
    level, stage, verb, username, credential, group, resource, subresource, path, lease, lease_id = identity[:11]
    if not resource:
        resource = path
    elif subresource:
        resource = f"{resource}/{subresource}"
    parts = (
        group if _GROUP.match(group) and not _ADDRESS.search(group) else _OTHER,
        resource if _is_resource(resource) else _OTHER,
        verb if _WORD.match(verb) else _OTHER,
        user_class(username),
        level if _WORD.match(level) else _OTHER,
        stage if _WORD.match(stage) else _OTHER,
    )
    key = tuple.__new__(EventKey, parts)
    label = f"{lease}/{_pseudonym(lease_id)}" if lease else ""
    use = used(credential, username, key.user_class, identity.source, identity.agent, powerful=identity.powerful)
    return Row(key, short(username), use, label)


_remembered: Final = functools.lru_cache(maxsize=_MAX_ROWS)(_row_of)


def _is_resource(text: str) -> bool:
    if text.startswith("/"):
        return path_class(text) == text
    return _RESOURCE.match(text) is not None and not _ADDRESS.search(text)


def _lease_kind(namespace: str) -> str:
    return "node" if namespace == _NODE_LEASES else "other"


def _pseudonym(lease_id: str) -> str:
    if not lease_id:
        return ""
    digits = _NAME_DIGITS if lease_id.startswith(" ") else _UID_DIGITS
    return hashlib.sha256(lease_id.encode("utf-8", "surrogatepass")).hexdigest()[:digits]
