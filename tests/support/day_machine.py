"""The day's state machine in moto's Step Functions, its Lambda tasks run by the real handlers in this process."""

import dataclasses
import importlib.util
import io
import json
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any, Final

import pytest
from moto.awslambda_simple.models import LambdaSimpleBackend
from moto.core.config import default_user_config

from support.moto_world import EU, World

FUNCTIONS: Final = Path(__file__).resolve().parents[2] / "functions" / "aws"
NAMES: Final = ("discover", "check", "plan", "digest", "seal", "recorder", "pulse", "reverify", "extend")
Meddle = Callable[[str, dict[str, Any]], None]


@dataclasses.dataclass(slots=True)
class Context:
    """What Lambda hands to a handler beside the event."""

    function_name: str
    remaining_ms: int = 900_000
    aws_request_id: str = "request-1"
    memory_limit_in_mb: int = 1769
    invoked_function_arn: str = "arn:aws:lambda:eu-central-1:111122223333:function:any"

    def get_remaining_time_in_millis(self) -> int:
        """Give the time that is left."""
        return self.remaining_ms


class DayMachine:
    """The handlers as they stand in functions/aws, and the state machine over them.

    `meddle` is called with the function's name and its event before the handler is, and may raise; `invoked` keeps
    what was called with what, `log` what the functions logged.
    """

    def __init__(self, world: World) -> None:
        self._world = world
        self.log = io.StringIO()
        self._handlers = {name: _load(name, self.log).handler for name in NAMES}
        self.meddle: Meddle = lambda _name, _event: None
        self.invoked: list[tuple[str, dict[str, Any]]] = []

    def call(self, name: str, event: dict[str, Any] | None = None, *, remaining_ms: int = 900_000) -> dict[str, Any]:
        """Invoke a handler as Lambda would: event and answer go through JSON."""
        said = json.loads(json.dumps(event or {}))
        self.invoked.append((name, said))
        self.meddle(name, said)
        answer = self._handlers[name](said, Context(name, remaining_ms))
        return dict(json.loads(json.dumps(answer)))

    def run(self, name: str, **given: str) -> dict[str, Any]:
        """Start the state machine under an execution's name, wait for its end, and give status, output and cause."""
        sfn = self._world.client("stepfunctions", self._world.home)
        machine = sfn.create_state_machine(
            name=f"day-{self._world.number}-{name}",
            definition=definition(),
            roleArn=f"arn:aws:iam::{self._world.home}:role/day",
        )["stateMachineArn"]
        started = sfn.start_execution(stateMachineArn=machine, name=name, input=json.dumps(given))["executionArn"]
        for _ in range(1_200):
            found: dict[str, Any] = sfn.describe_execution(executionArn=started)
            if found["status"] != "RUNNING":
                return found
            time.sleep(0.1)
        pytest.fail(f"the execution {name} did not end within two minutes")

    def _answer(self, name: str, body: str | bytes, headers: dict[str, Any]) -> bytes:
        try:
            return json.dumps(self.call(name, json.loads(body or "{}"))).encode()
        except BaseException as exc:  # noqa: BLE001 - Lambda turns everything that a handler raises into an answer
            headers["x-amz-function-error"] = "Unhandled"
            return json.dumps({"errorMessage": str(exc), "errorType": type(exc).__name__}).encode()


def playing_lambda(world: World, patch: pytest.MonkeyPatch) -> DayMachine:
    """Let moto execute state machines and answer invocations by our handlers, in the world's first account."""
    machine = DayMachine(world)
    patch.setitem(default_user_config, "stepfunctions", {"execute_state_machine": True})
    patch.setitem(default_user_config, "lambda", {"use_docker": False})
    patch.setenv("MOTO_PORT", world.address.rpartition(":")[2])
    world.gate.keys["ak"] = world.home  # the key that moto's state machines call with

    def invoke(
        _self: object, name: str, _qualifier: object, body: str, _headers: object, answer: dict[str, Any]
    ) -> bytes:
        return machine._answer(name.rpartition(":")[2], body, answer)

    patch.setattr(LambdaSimpleBackend, "invoke", invoke)
    return machine


def definition() -> str:
    """Give the state machine with functions of ours in the place of ARNs, impatient where it waits before a retry."""
    text = (FUNCTIONS / "day.asl.json").read_text()
    for name in NAMES:
        arn = f"arn:aws:lambda:{EU}:111122223333:function:{name}"
        text = text.replace(f"${{{name.capitalize()}FunctionArn}}", arn)
    document = json.loads(text)
    for retry in _retries(document):
        if retry.get("MaxAttempts"):
            retry.update({"IntervalSeconds": 1, "MaxAttempts": 1, "BackoffRate": 1.0})
    return json.dumps(document)


def _retries(part: Any) -> Iterator[dict[str, Any]]:  # noqa: ANN401 - any JSON
    if isinstance(part, dict):
        yield from part.get("Retry", ())
        for value in part.values():
            yield from _retries(value)
    elif isinstance(part, list):
        for value in part:
            yield from _retries(value)


def _load(name: str, log: io.StringIO) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"functions_aws_{name}", FUNCTIONS / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    module.logger.registered_handler.setStream(log)
    return module
