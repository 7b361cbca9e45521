"""Archived objects made to hurt whoever reads them: small to store, large or endless to read."""

import gzip
import json
import zlib
from collections.abc import Iterable

MIB = 1024 * 1024
GZIP_HEADER = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"
EVENT = b'{"kind":"Event","level":"Metadata","stageTimestamp":"2024-05-01T10:00:00.000000Z"}\n'


def member(data: bytes, level: int = 9) -> bytes:
    """Give one gzip member, the same each time."""
    return gzip.compress(data, level, mtime=0)


def bomb(*parts: tuple[bytes, int]) -> bytes:
    """Give the start of a gzip member that unpacks to each part so many times; its end never comes.

    A flushed deflate block stands for itself, so a terabyte costs no more to write than its first megabyte.
    """
    return GZIP_HEADER + b"".join(_block(data) * times for data, times in parts)


def envelope(events: Iterable[str], **more: str) -> bytes:
    """Give a CloudWatch envelope of an EKS cluster's audit log whose log events are these texts."""
    said = {
        "messageType": "DATA_MESSAGE",
        "owner": "111122223333",
        "logGroup": "/aws/eks/prod/cluster",
        "logStream": "kube-apiserver-audit-0",
    } | more
    fields = "".join(f"{json.dumps(name)}:{json.dumps(value)}," for name, value in said.items())
    return f'{{{fields}"logEvents":[{",".join(events)}]}}'.encode()


def log_event(message: str, number: int = 1) -> str:
    """Give a log event; `message` is JSON text already escaped."""
    return f'{{"id":"{number}","timestamp":1714557600000,"message":"{message}"}}'


def nested(levels: int, inner: bytes = b"") -> bytes:
    """Give arrays within arrays."""
    return b"[" * levels + inner + b"]" * levels


def _block(data: bytes) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    return packer.compress(data) + packer.flush(zlib.Z_FULL_FLUSH)
