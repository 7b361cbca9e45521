"""What one event shows beside its counts: signs, parts of a burst, a credential it made, secrets it holds."""

from typing import Final, NamedTuple

from dayseal.audit.detections import (
    Act,
    BurstItem,
    Mint,
    Secret,
    Sign,
    act_of_entry,
    act_of_event,
    burst_items,
    is_watched,
    mint_of,
    secrets_of,
    signs_of,
)
from dayseal.audit.detections.acts import MINTING, is_watched_entry
from dayseal.audit.detections.credentials import holds_token
from dayseal.audit.names import Target
from dayseal.audit.wire import EntryWire, EventWire
from dayseal.audit.wire_reading import NULL

_REFUSED: Final = frozenset({401, 403})
_NO_SECRET: Final[tuple[Secret, ...]] = ()


class Trace(NamedTuple):
    """What an event shows. `time` is its time as text; `text` says who did what, PERSONAL, as `items` are."""

    time: str
    text: str
    signs: tuple[Sign, ...]
    items: tuple[BurstItem, ...]
    mint: Mint | None
    secrets: tuple[Secret, ...]


def trace_of_event(event: EventWire) -> Trace | None:
    """Give what an event shows, None if nothing."""
    if is_watched(event):
        return _trace(act_of_event(event))
    # Nodes patch a status with nothing but what they measure: the bulk of all bodies.
    if event.request_object is NULL or event.object_ref.subresource == "status":
        return None
    return _trace(act_of_event(event)) if holds_token(bytes(event.request_object)) else None


def trace_of_entry(entry: EntryWire, target: Target) -> Trace | None:
    """Give what a GKE entry shows, None if nothing."""
    payload = entry.proto_payload
    if is_watched_entry(entry, target):
        return _trace(act_of_entry(entry, target))
    if payload.request is NULL or target.subresource == "status":
        return None
    return _trace(act_of_entry(entry, target)) if holds_token(bytes(payload.request)) else None


def _trace(act: Act | None) -> Trace | None:
    if act is None:
        return None
    signs = signs_of(act)
    items = burst_items(act) if act.code in _REFUSED or act.target.resource == "secrets" else ()
    mint = mint_of(act) if act.target.resource in MINTING else None
    secrets = secrets_of(act) if act.request or act.response else _NO_SECRET
    if not (signs or items or mint or secrets):
        return None
    return Trace(act.time, act.text, signs, items, mint, secrets)
