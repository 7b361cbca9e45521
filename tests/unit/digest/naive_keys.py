"""Another reading of what events are counted under: without regular expressions, from the clear path's events."""

import hashlib
import itertools
import string

from dayseal.audit.event import Event
from dayseal.digest.tally import EventKey

_NAME = string.ascii_lowercase + string.digits
_PATHS = ["api", "apis", "healthz", "livez", "readyz", "version", "openapi", "metrics", "logs", "swagger.json", "debug"]


def naive_key(event: Event) -> EventKey:
    """Give the key of an event; what no name in Kubernetes looks like becomes `other`."""
    target = event.target
    resource = f"{target.resource}/{target.subresource}" if target.subresource else target.resource
    return EventKey(
        "other" if target.group and not _is_name(target.group, _NAME + "-.", 253) else target.group,
        resource if _is_resource(resource) else "other",
        _word(target.verb),
        event.user_class,
        _word(event.level),
        _word(event.stage),
    )


def naive_lease(namespace: str, uid: str) -> str:
    """Give the label of a renewed lease."""
    kind = "node" if namespace == "kube-node-lease" else "other"
    return f"{kind}/{hashlib.sha256(uid.encode()).hexdigest()[:16]}" if uid else f"{kind}/"


def _is_resource(text: str) -> bool:
    if text.startswith("/"):
        return text[1:] in (*_PATHS, ".well-known", "other", "")
    parts = text.split("/")
    return len(parts) <= 2 and all(_is_name(part, _NAME + "-", 63) for part in parts) and not _has_address(text)


def _is_name(text: str, allowed: str, longest: int) -> bool:
    inside = all(char in allowed for char in text) and len(text) <= longest
    return bool(text) and inside and text[0] in _NAME and text[-1] in _NAME and not _has_address(text)


def _has_address(text: str) -> bool:
    """Say whether four numbers of up to three digits stand there, with one of `-._` between them."""
    runs = ["".join(run) for _, run in itertools.groupby(text, lambda char: "0" <= char <= "9")]
    for at in range(len(runs) - 6):
        numbers, between = runs[at : at + 7 : 2], runs[at + 1 : at + 6 : 2]
        middle = all(len(number) <= 3 for number in numbers[1:3])
        if all(n[0] in string.digits for n in numbers) and middle and all(b in ("-", ".", "_") for b in between):
            return True
    return False


def _word(text: str) -> str:
    return text if len(text) <= 40 and all(char in string.ascii_letters for char in text) else "other"
