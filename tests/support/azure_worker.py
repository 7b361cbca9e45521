"""What Azure's host does with function_app.py, in a process of its own: a program, run in the source's folder.

It reads one request a line (JSON) and answers each with one line. With Microsoft's worker library
(azure-functions-runtime, Python 3.13) that library indexes and invokes; without it azure-functions itself is used.
Only the standard library is imported at the top: the Python that runs this may be another than the tests'.
"""

import asyncio
import importlib
import importlib.util
import json
import logging
import pathlib
import sys
import types
from collections.abc import Iterator
from typing import Any

TIMER = json.dumps({"Schedule": {"AdjustForDST": True}, "ScheduleStatus": None, "IsPastDue": False})


_CONSTANTS: dict[str, dict[str, Any]] = {
    "StatusResult": {"Failure": 0, "Success": 1, "Cancelled": 2},
    "BindingInfo": {
        "undefined": 0,
        "out": 1,
        "inout": 2,
        "string": 1,
        "binary": 2,
        "stream": 3,
        "DataType": types.SimpleNamespace(undefined=0, string=1, binary=2, stream=3),
        "Direction": types.SimpleNamespace(**{"in": 0, "out": 1, "inout": 2}),
    },
}


class _Message:
    """A protobuf message as far as the library looks into it."""

    def __init__(self, **fields: Any) -> None:  # noqa: ANN401 - any field
        self.__dict__.update(fields)


class _Protos:
    """FunctionRpc_pb2, whose messages are made when they are asked for."""

    def __getattr__(self, name: str) -> type[_Message]:
        made = type(name, (_Message,), _CONSTANTS.get(name, {}))
        setattr(self, name, made)
        return made


class _Typed:
    """TypedData: one value of one kind."""

    def __init__(self, kind: str, value: Any) -> None:  # noqa: ANN401 - of that kind
        self._kind = kind
        setattr(self, kind, value)

    def WhichOneof(self, _: str) -> str:  # noqa: N802 - protobuf's name
        return self._kind

    def HasField(self, name: str) -> bool:  # noqa: N802 - protobuf's name
        return name == self._kind


class Library:
    """Microsoft's worker library."""

    def __init__(self, folder: str) -> None:
        self._runtime = importlib.import_module("azure_functions_runtime")
        self._loop = asyncio.new_event_loop()
        told = types.SimpleNamespace(worker_init_request=_Message(capabilities={}, function_app_directory=folder))
        ready = types.SimpleNamespace(properties={"host": "127.0.0.1", "protos": _Protos()}, request=told)
        self._done(self._runtime.worker_init_request(ready))
        asked = _Message(functions_metadata_request=_Message(function_app_directory=folder))
        found = self._done(self._runtime.functions_metadata_request(types.SimpleNamespace(request=asked)))
        self._found = {one.name: one for one in found.function_metadata_results}
        self._runtime.start_threadpool_executor()

    def functions(self) -> dict[str, list[str]]:
        """Give each function's bindings."""
        return {name: list(one.raw_bindings) for name, one in self._found.items()}

    def fire(self, name: str) -> str:
        """Run a function as its timer does; gives what went wrong."""
        said = self._invoke(name, "timer", _Typed("json", TIMER))
        return "" if said.result.status == 1 else str(said.result.exception.message)

    def give(self, name: str, message: str) -> str:
        """Run a function as its queue does; gives what went wrong."""
        said = self._invoke(name, "message", _Typed("string", message))
        return "" if said.result.status == 1 else str(said.result.exception.message)

    def ask(self, method: str, url: str, query: dict[str, str], body: str) -> dict[str, Any]:
        """Send a request to the look-up."""
        nothing: dict[str, Any] = {f"nullable_{part}": {} for part in ("headers", "params", "query")}
        kind = {"content-type": "application/json"} if body else {}
        request = _Message(
            method=method, url=url, headers=kind, params={}, query=query, body=_Typed("bytes", body.encode()),
            rawBody=None, identities=[], **nothing,
        )  # fmt: skip
        said = self._invoke("lookup", "request", _Typed("http", request))
        if said.result.status != 1:
            return {"status": 500, "body": str(said.result.exception.message), "headers": {}}
        answer = said.return_value.http
        headers = {name.lower(): _text(value) for name, value in dict(answer.headers).items()}
        return {"status": int(answer.status_code), "headers": headers, "body": _text(answer.body)}

    def _invoke(self, name: str, argument: str, value: _Typed) -> Any:  # noqa: ANN401 - the library's
        given = types.SimpleNamespace(name=argument, data=value, WhichOneof=lambda _: "data")
        asked = _Message(
            invocation_id="1",
            function_id=self._found[name].function_id,
            input_data=[given],
            trigger_metadata={},
            trace_context=_Message(trace_parent="", trace_state="", attributes={}),
            retry_context=_Message(retry_count=0, max_retry_count=0, exception=None),
        )
        request = types.SimpleNamespace(request=_Message(invocation_request=asked))
        return self._done(self._runtime.invocation_request(request))

    def _done(self, work: Any) -> Any:  # noqa: ANN401 - the library's
        return self._loop.run_until_complete(work)


class InProcess:
    """Azure's own package, without the worker: what is registered is called."""

    def __init__(self) -> None:
        self._azure = importlib.import_module("azure.functions")
        app = importlib.import_module("function_app").app
        self._found = {one.get_function_name(): one for one in app.get_functions()}

    def functions(self) -> dict[str, list[str]]:
        """Give each function's bindings."""
        return {name: [str(one) for one in found.get_raw_bindings()] for name, found in self._found.items()}

    def fire(self, name: str) -> str:
        """Run a function as its timer does; gives what went wrong."""
        decode = importlib.import_module("azure.functions.timer").TimerRequestConverter.decode
        return self._call(name, decode(self._datum(TIMER, "json"), trigger_metadata=None))

    def give(self, name: str, message: str) -> str:
        """Run a function as its queue does; gives what went wrong."""
        decode = importlib.import_module("azure.functions.queue").QueueMessageInConverter.decode
        return self._call(name, decode(self._datum(message, "string"), trigger_metadata={}))

    def _datum(self, value: str, kind: str) -> Any:  # noqa: ANN401 - Azure's own
        return importlib.import_module("azure.functions.meta").Datum(value, kind)

    def _call(self, name: str, given: Any) -> str:  # noqa: ANN401 - what the trigger gives
        ours: Any = importlib.import_module("dayseal.errors")
        try:
            self._found[name].get_user_function()(given)
        except ours.DaysealError as error:
            return f"{type(error).__name__}: {error}"
        return ""

    def ask(self, method: str, url: str, query: dict[str, str], body: str) -> dict[str, Any]:
        """Send a request to the look-up."""
        headers = {"content-type": "application/json"} if body else {}
        request = self._azure.HttpRequest(method=method, url=url, params=query, headers=headers, body=body.encode())
        said = self._found["lookup"].get_user_function()(request)
        told = {"content-type": said.mimetype} | {name.lower(): value for name, value in said.headers.items()}
        return {"status": said.status_code, "headers": told, "body": said.get_body().decode()}


def _text(value: Any) -> str:  # noqa: ANN401 - protobuf's messages or plain values
    for kind in ("bytes", "string", "value"):
        value = getattr(value, kind, value)
    return value.decode() if isinstance(value, bytes) else str(value)


def _answers(host: Library | InProcess) -> Iterator[Any]:
    for line in sys.stdin:
        asked = json.loads(line)
        yield getattr(host, asked.pop("do"))(**asked)


def main(log: str) -> None:
    """Serve until the input ends; what the functions say goes into a file."""
    handler = logging.FileHandler(log)
    handler.setFormatter(logging.Formatter("%(levelname)s %(message)s"))
    logging.getLogger("dayseal").addHandler(handler)
    folder = str(pathlib.Path.cwd())
    sys.path[0] = folder  # as the worker starts, instead of where this program lies
    known = importlib.util.find_spec("azure_functions_runtime") is not None
    host: Library | InProcess = Library(folder) if known else InProcess()
    out = sys.stdout
    sys.stdout = sys.stderr
    print(json.dumps({"library": known, "functions": host.functions()}), file=out, flush=True)
    for answer in _answers(host):
        print(json.dumps(answer), file=out, flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
