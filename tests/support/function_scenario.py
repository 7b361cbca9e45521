"""Every function once, in the day's order, in this process: what each of them asked AWS."""

import contextlib
import dataclasses
import importlib
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from aws_lambda_powertools.utilities.parameters import clear_caches

from support.function_cloud import DAY, FUNCTION_PLACES, FunctionCloud, function_cloud
from support.gateway import answer_event, event_of
from support.moto_world_gate import Request
from support.stack_template import ROOT

_MODULES: Final = ("lookup", "lookup_answers", "lookup_files", "lookup_evidence", "evidence")
_RUN: Final = {"run": "run-1", "day": str(DAY)}
_INVOKE: Final = "lambda:POST /2015-03-31/functions/evidence/invocations"


@dataclasses.dataclass(slots=True)
class Scenario:
    """A day by functions; `calls` holds what each of them asked, by name, `invoked` how often each was invoked."""

    cloud: FunctionCloud
    calls: dict[str, list[Request]] = dataclasses.field(default_factory=dict)
    invoked: dict[str, int] = dataclasses.field(default_factory=dict)

    def watched(self, name: str, do: Callable[[], Any]) -> Any:  # noqa: ANN401 - a handler's answer
        """Do something as a function, and keep what it asked."""
        if name not in self.calls:
            clear_caches()  # Powertools'; each function has a process of its own
        log = self.cloud.world.gate.log
        before = len(log)
        answer = do()
        self.calls.setdefault(name, []).extend(log[before:])
        self.invoked[name] = self.invoked.get(name, 0) + 1
        return answer

    def call(self, name: str, event: dict[str, Any]) -> dict[str, Any]:
        """Invoke a function of the day."""
        return dict(self.watched(name, lambda: self.cloud.machine.call(name, event)))


@contextlib.contextmanager
def sealed_day(folder: Path, *, shard_bytes: str = "20000", more: int = 0) -> Iterator[Scenario]:
    """Run a day, from discovery to the roll-call, and nothing else; with `more` clusters than three."""
    with function_cloud(folder, more) as cloud, pytest.MonkeyPatch.context() as patch:
        patch.setenv("DAYSEAL_SHARD_BYTES", shard_bytes)
        ran = Scenario(cloud)
        found = ran.call("discover", {"run": "run-1", "input": {"day": str(DAY)}})
        for place in found["places"]:
            ran.call("check", place)
        for archive in found["archives"]:
            for shard in range(ran.call("plan", archive)["count"]):
                ran.call("digest", {**archive, "shard": shard})
        ran.call("seal", _RUN)
        ran.call("recorder", {"rollCall": str(DAY)})
        yield ran


@contextlib.contextmanager
def every_function(folder: Path) -> Iterator[Scenario]:
    """Run a day and everything around it: what was refused, pulse, reading again, locks, look-ups, evidence."""
    with sealed_day(folder) as ran, pytest.MonkeyPatch.context() as patch:
        cloud = ran.cloud
        note = {"error": {"Error": "States.Timeout", "Cause": ""}}
        ran.call("check", {**_RUN, "place": 99, **note})
        ran.call("digest", {**_RUN, "archive": "central", "shard": 99, **note})
        patch.setenv("DAYSEAL_SHARD_BYTES", "20000")
        again = ran.call("discover", {"run": "run-1", "input": {"day": str(DAY)}})
        ran.call("plan", again["archives"][0])
        ran.call("discover", {"run": "run-2", "input": {"day": str(DAY)}})
        ran.call("seal", {**_RUN, "run": "run-2"})  # nothing was planned: it reads the archives itself
        _refused_submission(cloud)
        for name in ("recorder", "pulse", "reverify"):
            ran.call(name, {})
        _look_up(ran, patch)
        patch.setenv("DAYSEAL_LEDGER", cloud.lock_a_copy()[0])
        ran.call("extend", {})
        yield ran


def _refused_submission(cloud: FunctionCloud) -> None:
    bucket, prefix = cloud.place("inbox")
    key = f"{prefix.rstrip('/')}/inbox/0123456789abcdef/any/00000000.json".lstrip("/")
    cloud.world.client("s3", cloud.world.home).put_object(Bucket=bucket, Key=key, Body=b"{}")


def _look_up(ran: Scenario, patch: pytest.MonkeyPatch) -> None:
    """Look at everything there is, and let both kinds of evidence be made."""
    world, started = ran.cloud.world, list[dict[str, Any]]()
    patch.setenv("DAYSEAL_EVIDENCE", f"s3://{world.add_bucket(world.home, FUNCTION_PLACES['evidence'], lock=False)}/")
    patch.setenv("DAYSEAL_EVIDENCE_FUNCTION", "evidence")
    patch.setenv("POWERTOOLS_TRACE_DISABLED", "true")
    patch.syspath_prepend(str(ROOT / "functions" / "aws"))

    def start(request: Request) -> dict[str, Any]:
        started.append(json.loads(request.text.partition("? ")[2]))
        return {}

    world.gate.additions[_INVOKE] = start
    _forget()
    lookup, evidence = (importlib.import_module(name) for name in ("lookup", "evidence"))

    def ask(method: str, target: str, body: Any = None) -> Any:  # noqa: ANN401 - any JSON
        data = b"" if body is None else json.dumps(body).encode()
        event = event_of(method, target, {"content-type": "application/json"} if data else {}, data)
        reply = answer_event(ran.watched("lookup", lambda: lookup.handler(event, None)))
        assert reply.status < 300, reply
        return reply

    clusters = json.loads(ask("GET", "/clusters").body)["clusters"]
    prod = next(one["id"] for one in clusters if one["id"].startswith("prod"))
    for target in (f"/clusters/{prod}/days", f"/clusters/{prod}/days/{DAY}", "/checkpoint", "/tile/0/000.p/10"):
        ask("GET", target)
    for kind in ("", "/events"):
        reply = ask("POST", f"/evidence{kind}", {"cluster": prod, "from": str(DAY), "to": str(DAY)})
        ran.watched("evidence", lambda: evidence.handler(started.pop(), None))
        assert json.loads(ask("GET", reply.headers["Location"]).body)["state"] == "done"
    _forget()


def _forget() -> None:
    for name in _MODULES:
        sys.modules.pop(name, None)
