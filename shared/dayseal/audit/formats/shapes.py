"""The archive shapes, and how one is recognised from an object's first bytes."""

import enum
import re
from collections.abc import Iterator
from typing import Final

HEAD_BYTES: Final = 64 * 1024  # how much of the text is looked at
BOM: Final = b"\xef\xbb\xbf"

ENVELOPE_START: Final = re.compile(
    rb'\{"(?:messageType|owner|logGroup|logStream|subscriptionFilters|policyLevel|logEvents)":'
)


class Shape(enum.StrEnum):
    """A way of laying out records in an object; also the name of the splitter that cuts it."""

    FIREHOSE = "eks-cloudwatch-firehose"
    EXPORT = "eks-cloudwatch-export"
    GKE = "gke-sink-lines"
    AKS = "aks-diagnostic-lines"
    KUBE = "kube-apiserver-lines"
    UNKNOWN = "unknown-lines"

    @property
    def splitter(self) -> str:
        """The name and version that go into an object's descriptor."""
        return f"{self.value}/1"


_EXPORT_LINE = re.compile(rb"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,9})?Z ")
_TOKEN = re.compile(rb'"((?:[^"\\]|\\.)*+)"|[{}\[\]:]', re.DOTALL)
_BY_NAME: Final = {
    **dict.fromkeys((b"messageType", b"logGroup", b"logStream", b"logEvents", b"subscriptionFilters"), Shape.FIREHOSE),
    **dict.fromkeys((b"logName", b"insertId", b"protoPayload", b"receiveTimestamp"), Shape.GKE),
    **dict.fromkeys((b"category", b"resourceId", b"operationName", b"properties"), Shape.AKS),
    **dict.fromkeys(
        (
            *(b"kind", b"apiVersion", b"level", b"auditID", b"stage", b"requestURI", b"verb", b"objectRef"),
            *(b"sourceIPs", b"requestReceivedTimestamp", b"stageTimestamp"),
        ),
        Shape.KUBE,
    ),
}


def recognise(head: bytes) -> Shape:
    """Tell the shape of the text that begins with `head` (no byte order mark, at most `HEAD_BYTES` are read).

    The first line that tells decides: a line that starts like a CloudWatch export line, or one
    that starts with `{` and has a telling member name at its top level (the first such name
    decides). Else an envelope's start anywhere means Firehose. Else the shape is unknown.
    """
    head = head[:HEAD_BYTES]
    for line in head.split(b"\n"):
        if _EXPORT_LINE.match(line):
            return Shape.EXPORT
        for name in _top_names(line):
            if name in _BY_NAME:
                return _BY_NAME[name]
    return Shape.FIREHOSE if ENVELOPE_START.search(head) else Shape.UNKNOWN


def after_export_time(line: bytes) -> int:
    """Give where the event starts in a CloudWatch export line, or 0 if the line is none."""
    match = _EXPORT_LINE.match(line)
    return match.end() if match else 0


def _top_names(line: bytes) -> Iterator[bytes]:
    """Give the member names of the object that `line` starts with, in order; the line may be cut short."""
    if not line.lstrip(b" \t\r").startswith(b"{"):
        return
    depth, last = 0, b""
    for token in _TOKEN.finditer(line):
        mark = token[0]
        if mark in (b"{", b"["):
            depth += 1
        elif mark in (b"}", b"]"):
            depth -= 1
            if depth <= 0:
                return
        elif mark == b":":
            if depth == 1:
                yield last
        else:
            last = token[1]
