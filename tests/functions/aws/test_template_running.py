import json
import re
from pathlib import Path
from typing import Any, Final

import pytest

from support.iam_policies import Request, is_allowed
from support.stack_template import ACCOUNT, REGION, ROOT, RUNNING, Stack, source

FOLDER: Final = ROOT / "functions" / "aws"
MACHINES: Final = {"DayStateMachine": "day.asl.json", "ExtendStateMachine": "extend.asl.json"}
# By whom each alarm's metric is written: functions of dayseal, or AWS itself.
MISSING_IS_GOOD: Final = {"Undelivered"}


@pytest.fixture(scope="module")
def stack() -> Stack:
    """Give the stack as it runs."""
    return Stack(**RUNNING)


def test_every_function_has_its_module_and_every_handler_its_function(stack: Stack) -> None:
    """A handler that no function names is never deployed; a function without one fails in the cloud."""
    functions = stack.of_type("AWS::Lambda::Function")
    handlers = {name: function["Handler"] for name, function in functions.items()}
    assert handlers == {name: f"{name.removesuffix('Function').lower()}.handler" for name in functions}
    modules = {path.stem for path in FOLDER.glob("*.py") if "def handler(" in path.read_text()}
    assert {handler.removesuffix(".handler") for handler in handlers.values()} == modules


@pytest.mark.parametrize(("architecture", "layer"), [("arm64", "DaysealLayerArm64"), ("x86_64", "DaysealLayerX86")])
def test_functions_run_on_one_python_and_the_architecture_of_their_layer(architecture: str, layer: str) -> None:
    """A layer of the other architecture fails at the first import, in the cloud."""
    stack = Stack(**RUNNING, Architecture=architecture)
    layers = stack.of_type("AWS::Lambda::LayerVersion")
    assert [one["CompatibleArchitectures"] for one in layers.values()] == [[architecture]]
    assert next(iter(layers)).startswith(layer)
    for function in stack.of_type("AWS::Lambda::Function").values():
        assert (function["Runtime"], function["Architectures"]) == ("python3.13", [architecture])
        assert function["Layers"] == [stack.arn(next(iter(layers)))]
        assert function["TracingConfig"] == {"Mode": "Active"}
        assert function["LoggingConfig"] == {"LogGroup": "FunctionLogs"}


def test_a_function_is_told_of_what_it_may_use_and_of_nothing_else(stack: Stack) -> None:
    """A place in the environment without a permission is a promise that is not kept."""
    environments = {n: f["Environment"]["Variables"] for n, f in stack.of_type("AWS::Lambda::Function").items()}
    told = {
        variable: {n for n, e in environments.items() if variable in e} for e in environments.values() for variable in e
    }
    assert told["DAYSEAL_LOG_KEY"] == told["DAYSEAL_LOG_KEY_PUBLIC"] == told["DAYSEAL_GUARD"] == {"RecorderFunction"}
    assert told["DAYSEAL_ATTESTOR_KEY"] == {"SealFunction", "ReverifyFunction"}
    assert told["DAYSEAL_DETAILS"] == {"SealFunction"}
    for variable, bucket in (("LEDGER", "Ledger"), ("INBOX", "Inbox"), ("WORK", "Work"), ("EVIDENCE", "Evidence")):
        arn = stack.arn(f"{bucket}Bucket")
        for name in environments:
            listing = Request(stack.arn(name.replace("Function", "Role")), "s3:ListBucket", arn)
            assert is_allowed(stack, listing) == (name in told[f"DAYSEAL_{variable}"]), (name, variable)


def test_the_recorder_runs_alone_unless_the_account_cannot_reserve(stack: Stack) -> None:
    """New accounts have ten concurrent functions and can reserve none; the recorder is safe without."""
    reserved = "ReservedConcurrentExecutions"
    functions = stack.of_type("AWS::Lambda::Function")
    assert {name: f[reserved] for name, f in functions.items() if reserved in f} == {"RecorderFunction": 1}
    assert reserved not in Stack(**RUNNING, ReserveRecorder="no").properties("RecorderFunction")


def test_nothing_runs_before_the_ledger_is_founded(stack: Stack) -> None:
    """A stack that cries wolf for a day teaches people to ignore it; and a rule wants the pins first."""
    new = Stack(BreakGlassArn=RUNNING["BreakGlassArn"])
    for one, wanted in ((new, "DISABLED"), (stack, "ENABLED")):
        states = {s["State"] for s in one.of_type("AWS::Scheduler::Schedule").values()}
        assert states | {one.properties("InboxRule")["State"]} == {wanted}
        alarms = one.of_type("AWS::CloudWatch::Alarm").values()
        assert {alarm["ActionsEnabled"] for alarm in alarms} == {wanted == "ENABLED"}
    rule = source()["Rules"]["FoundedBeforeRunning"]
    assert rule["RuleCondition"] == {"Fn::Equals": [{"Ref": "Schedules"}, "ENABLED"]}
    asserted = json.dumps([one["Assert"] for one in rule["Assertions"]])
    assert all(name in asserted for name in ("LogKeyPublic", "AttestorKeyPublic", "AttestorId", "FounderArn"))


def test_what_a_schedule_could_not_start_is_kept(stack: Stack) -> None:
    """EventBridge Scheduler drops what it cannot deliver, without a word."""
    targets = {name: one["Target"] for name, one in stack.of_type("AWS::Scheduler::Schedule").items()}
    assert {name: t["Arn"].rsplit(":", 1)[1] for name, t in targets.items()} == {
        "DayScheduled": "dayseal-day",
        "RecorderScheduled": "RecorderFunction",
        "PulseScheduled": "PulseFunction",
        "ReverifyScheduled": "ReverifyFunction",
        "ExtendScheduled": "dayseal-extend",
    }
    assert {t["DeadLetterConfig"]["Arn"] for t in targets.values()} == {stack.arn("DeadLetters")}
    for target in targets.values():
        action = "states:StartExecution" if ":stateMachine:" in target["Arn"] else "lambda:InvokeFunction"
        assert is_allowed(stack, Request(stack.arn("ScheduleRole"), action, target["Arn"]))
        assert is_allowed(stack, Request(stack.arn("ScheduleRole"), "sqs:SendMessage", stack.arn("DeadLetters")))


def test_what_a_function_failed_at_when_nobody_waited_is_kept(stack: Stack) -> None:
    """Lambda tries three times and then forgets; only the recorder's events may be forgotten, the next run looks."""
    failures = {
        one["FunctionName"]: one.get("DestinationConfig", {}).get("OnFailure", {}).get("Destination")
        for one in stack.of_type("AWS::Lambda::EventInvokeConfig").values()
    }
    queue = stack.arn("DeadLetters")
    assert failures.pop("RecorderFunction") is None
    assert failures == dict.fromkeys(["EvidenceFunction", "PulseFunction", "ReverifyFunction"], queue)
    for name in failures:
        assert is_allowed(stack, Request(stack.arn(name.replace("Function", "Role")), "sqs:SendMessage", queue))


@pytest.mark.parametrize(("machine", "file"), list(MACHINES.items()))
def test_a_state_machine_gets_every_function_it_names_and_may_call_it(stack: Stack, machine: str, file: str) -> None:
    """A substitution that is missing stays text, and fails at the first run."""
    definition = (FOLDER / file).read_text()
    properties = stack.properties(machine)
    given = properties["DefinitionSubstitutions"]
    assert set(re.findall(r"\$\{(\w+)\}", definition)) == set(given)
    for arn in given.values():
        assert is_allowed(stack, Request(properties["RoleArn"], "lambda:InvokeFunction", arn))
    if "DISTRIBUTED" in definition:
        itself = f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:{properties['StateMachineName']}"
        assert is_allowed(stack, Request(properties["RoleArn"], "states:StartExecution", itself))
    assert (properties["StateMachineType"], properties["TracingConfiguration"]) == ("STANDARD", {"Enabled": True})
    assert properties["LoggingConfiguration"]["IncludeExecutionData"] is False


def test_silence_is_the_worst_an_alarm_can_hear(stack: Stack) -> None:
    """What stopped sends nothing, and an alarm that waits for bad news would wait for ever."""
    alarms = stack.of_type("AWS::CloudWatch::Alarm")
    assert {n for n, one in alarms.items() if one["TreatMissingData"] != "breaching"} == MISSING_IS_GOOD
    assert {tuple(one["AlarmActions"]) for one in alarms.values()} == {(stack.arn("Topic"),)}
    assert {"NoRollCall", "RecorderErrors", "InboxAge", "ReverifySilent", "Throttles"} <= set(alarms)
    roll_call = alarms["NoRollCall"]
    assert (roll_call["Period"], roll_call["EvaluationPeriods"], roll_call["Threshold"]) == (3600, 26, 1)
    for alarm in alarms.values():  # CloudWatch looks back one day, or seven with periods of an hour and more
        periods = [
            alarm.get("Period", 0),
            *(m["MetricStat"]["Period"] for m in alarm.get("Metrics", []) if "MetricStat" in m),
        ]
        assert max(periods) * alarm["EvaluationPeriods"] <= (604_800 if max(periods) >= 3600 else 86_400)


def test_alarms_listen_to_metrics_that_somebody_sends(stack: Stack) -> None:
    """An alarm on a misspelled metric hears nothing, and would ring for ever."""
    said = "\n".join(
        path.read_text() for path in sorted((ROOT / "shared" / "dayseal" / "wiring").glob("functions*.py"))
    )
    ours = [one for one in stack.of_type("AWS::CloudWatch::Alarm").values() if one.get("Namespace") == "dayseal"]
    assert len(ours) == 5
    for alarm in ours:
        assert f'Count("{alarm["MetricName"]}"' in said
        assert alarm["Dimensions"] == [{"Name": "service", "Value": "dayseal"}]
    variables = stack.properties("RecorderFunction")["Environment"]["Variables"]
    assert (variables["POWERTOOLS_METRICS_NAMESPACE"], variables["POWERTOOLS_SERVICE_NAME"]) == ("dayseal", "dayseal")


def test_every_fail_and_unknown_is_an_event_that_is_kept(stack: Stack) -> None:
    """People read the topic; systems need the event, later too."""
    rule = stack.properties("VerdictRule")
    assert rule["EventPattern"] == {"source": ["dayseal"], "detail": {"verdict": ["FAIL", "UNKNOWN"]}}
    assert [target["Arn"] for target in rule["Targets"]] == [stack.arn("VerdictLogs")]


def test_the_inbox_wakes_the_recorder_for_statements_only(stack: Stack) -> None:
    """An attestor submits objects beside each statement, which mean nothing before it."""
    pattern: dict[str, Any] = stack.properties("InboxRule")["EventPattern"]
    assert pattern["detail"] == {"bucket": {"name": ["inboxbucket"]}, "object": {"key": [{"suffix": ".json"}]}}
    assert Path("inbox/a/b/00000001.json").suffix == ".json"
