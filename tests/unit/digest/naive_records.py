"""Another reading of the splitter rules, from the whole object in memory, with the standard library only."""

import gzip
import hashlib
import itertools
import json
import re
import zlib
from collections.abc import Iterator

from dayseal.audit.formats.shapes import Shape

_STARTS = re.compile(rb'\{"(?:messageType|owner|logGroup|logStream|subscriptionFilters|policyLevel|logEvents)":')
_SAFE = 2**53 - 1
Leaf = tuple[bytes, bytes]  # context, record


def naive_text(stored: bytes) -> bytes:
    """Undo up to three layers of gzip, symbol by symbol, and the byte order mark."""
    for _ in range(3):
        if not stored.startswith(b"\x1f\x8b"):
            break
        stored = b"".join(_members(stored))
    return stored.removeprefix(b"\xef\xbb\xbf")


def naive_leaves(text: bytes, shape: Shape) -> list[Leaf]:
    """Cut the text into contexts and records."""
    if shape is not Shape.FIREHOSE:
        return [(b"", line) for line in text.split(b"\n") if line]
    cuts = [0, *(m.start() for m in _STARTS.finditer(text) if m.start()), len(text)]
    found: list[Leaf] = []
    for start, end in itertools.pairwise(cuts):
        found.extend(_segment(text[start:end]))
    return found


def naive_leaf_hashes(stored: bytes, shape: Shape) -> list[bytes]:
    """Hash the leaves as ledger-formats section 9 says."""
    return [
        hashlib.sha256(b"\0" + len(context).to_bytes(4, "big") + context + record).digest()
        for context, record in naive_leaves(naive_text(stored), shape)
    ]


def compressed(text: bytes, member_sizes: list[int]) -> bytes:
    """Compress text as gzip members over pieces of these sizes, the last one over the rest."""
    members, at = [], 0
    for size in member_sizes:
        members.append(gzip.compress(text[at : at + size], mtime=0))
        at += size
    return b"".join([*members, gzip.compress(text[at:], mtime=0)])


def _members(stored: bytes) -> Iterator[bytes]:
    while stored.startswith(b"\x1f\x8b"):
        decoder = zlib.decompressobj(31)
        for at in range(len(stored)):
            try:
                yield decoder.decompress(stored[at : at + 1])
            except zlib.error:
                return
            if decoder.eof:
                stored = stored[at + 1 :]
                break
        else:
            return


def _segment(segment: bytes) -> Iterator[Leaf]:
    head, rest = _head(segment)
    if head is not None:
        yield from head
    for line in rest.split(b"\n"):
        if line.strip(b" \t\r"):
            yield b"", line


def _head(segment: bytes) -> tuple[list[Leaf] | None, bytes]:
    if not _STARTS.match(segment):
        return None, segment
    text = segment.decode("latin-1")  # keeps positions; the parts are decoded for good below
    try:
        _, end = json.JSONDecoder().raw_decode(text)
        whole = json.loads(segment[:end].decode("utf-8"))
        return _log_events(whole, segment[:end].decode("utf-8")), segment[end:]
    except (ValueError, KeyError, TypeError):
        return None, segment


def _log_events(envelope: dict[str, object], text: str) -> list[Leaf]:
    owner, group, stream, events = (envelope[name] for name in ("owner", "logGroup", "logStream", "logEvents"))
    if re.search(r"NaN|Infinity", re.sub(r'"(?:[^"\\]|\\.)*"', "", text)):
        raise ValueError("not JSON")
    if envelope["messageType"] not in ("DATA_MESSAGE", "CONTROL_MESSAGE") or not isinstance(events, list):
        raise ValueError("not an envelope")
    if not all(isinstance(one, str) for one in (owner, group, stream)):
        raise TypeError("not strings")
    others = {**envelope, "logEvents": [{**event, "message": isinstance(event["message"], str)} for event in events]}
    json.dumps(others, ensure_ascii=False).encode()  # half a surrogate pair outside a message: ValueError
    leaves = []
    for event, raw in zip(events, _raw_elements(text), strict=True):
        if not isinstance(event["id"], str) or not isinstance(event["message"], str):
            raise TypeError("not strings")
        if type(event["timestamp"]) is not int or abs(event["timestamp"]) > _SAFE:
            raise TypeError("not a safe integer")
        fields = {
            "id": event["id"],
            "logGroup": group,
            "logStream": stream,
            "owner": owner,
            "timestamp": event["timestamp"],
        }
        context = json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode("utf-8")
        half = any("\ud800" <= char <= "\udfff" for char in event["message"])
        leaves.append((context, (raw if half else event["message"]).encode("utf-8")))
    return leaves if envelope["messageType"] == "DATA_MESSAGE" else []


def _raw_elements(text: str) -> list[str]:
    """Cut the array `logEvents` into the JSON texts of its elements."""
    at = [match.end() for match in re.finditer(r'"logEvents"\s*:\s*\[\s*', text)][-1]
    found = []
    while text[at] != "]":
        _, end = json.JSONDecoder().raw_decode(text, at)
        found.append(text[at:end])
        at = end + len(text[end:]) - len(text[end:].lstrip(" \t\r\n,"))
    return found
