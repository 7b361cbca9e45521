"""Logging's gRPC as far as dayseal asks it: entries of some resources, filtered by what our filters say."""

import concurrent.futures
import contextlib
import datetime as dt
import json
import re
import time
from collections.abc import Iterator
from typing import Any

import grpc
from google.cloud.audit import audit_log_pb2  # noqa: F401 - makes AuditLog known to the reader of JSON below
from google.cloud.logging_v2 import types
from google.iam.v1.logging import audit_data_pb2  # noqa: F401 - as above, of AuditData
from google.protobuf import json_format

from support.gcp_gate import Fault, Gate

_CALL = "logging:entries.list"
_METHODS = re.compile(r"methodName ?= ?\(([^)]*)\)")
_SINCE = re.compile(r'timestamp ?(>=|<) ?"([^"]+)"')
_LOG = re.compile(r'log_id\("([^"]+)"\)')


class Entries:
    """What the logs of each resource hold, as the REST API would show it."""

    def __init__(self, gate: Gate) -> None:
        self.gate = gate
        self.held: dict[str, list[dict[str, Any]]] = {}

    def list(self, request: types.ListLogEntriesRequest, context: grpc.ServicerContext) -> types.ListLogEntriesResponse:
        """Answer one request."""
        names = list(request.resource_names)
        rule = self.gate.enter(_CALL, f"{' '.join(names)} {request.filter}")
        if rule is not None and rule.fault is Fault.DELAYED:
            time.sleep(rule.seconds)
        elif rule is not None:
            codes = {403: grpc.StatusCode.PERMISSION_DENIED, 429: grpc.StatusCode.RESOURCE_EXHAUSTED}
            context.abort(codes.get(rule.status, grpc.StatusCode.UNAVAILABLE), "somebody@example.com may not")
        found = [entry for name in names for entry in self.held.get(name, []) if _fits(entry, request.filter)]
        found.sort(key=lambda entry: entry["timestamp"], reverse=request.order_by == "timestamp desc")
        start, size = int(request.page_token or 0), min(request.page_size or 50, self.gate.pages.get(_CALL, 1_000))
        shown = [_parse(entry) for entry in found[start : start + size]]
        following = str(start + size) if start + size < len(found) else ""
        return types.ListLogEntriesResponse(entries=shown, next_page_token=following)


@contextlib.contextmanager
def serving_entries(entries: Entries) -> Iterator[str]:
    """Serve until the block ends; gives host and port."""
    method = grpc.unary_unary_rpc_method_handler(
        entries.list, types.ListLogEntriesRequest.deserialize, types.ListLogEntriesResponse.serialize
    )
    handler = grpc.method_handlers_generic_handler("google.logging.v2.LoggingServiceV2", {"ListLogEntries": method})
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        server = grpc.server(pool)
        server.add_generic_rpc_handlers((handler,))
        port = server.add_insecure_port("127.0.0.1:0")
        server.start()
        try:
            yield f"127.0.0.1:{port}"
        finally:
            server.stop(None).wait()


def _fits(entry: dict[str, Any], text: str) -> bool:
    payload = entry.get("protoPayload", {})
    methods, log = _METHODS.search(text), _LOG.search(text)
    if methods and payload.get("methodName") not in re.findall('"([^"]+)"', methods[1]):
        return False
    if log and not entry["logName"].endswith(f"/logs/{log[1].replace('/', '%2F')}"):
        return False
    at = _moment(entry["timestamp"])
    return all(at >= _moment(when) if sign == ">=" else at < _moment(when) for sign, when in _SINCE.findall(text))


def _moment(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text)


def _parse(entry: dict[str, Any]) -> types.LogEntry:
    return types.LogEntry(json_format.Parse(json.dumps(entry), types.LogEntry.pb(types.LogEntry())))
