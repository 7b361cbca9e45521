"""What all clusters of one account and Region share: asked once a run, whoever asks first."""

import datetime as dt
import functools
import itertools
from collections.abc import Mapping
from typing import Any, Final

from dayseal.clouds.aws.calls import Calls, Json
from dayseal.clouds.aws.places import Place
from dayseal.model.route import (
    AccountPolicy,
    Alarm,
    Answer,
    Call,
    Detector,
    ExportTask,
    Known,
    LogGroup,
    PolicyKind,
)
from dayseal.once import Once

_GROUPS: Final = "/aws/eks/"
_ALARMED: Final = frozenset({"AWS/Logs", "AWS/Firehose"})
_EPOCH: Final = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


class SharedFacts:
    """Asks about an account and Region, each question once."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls
        self._groups: Once[Place, Answer[Mapping[str, LogGroup]]] = Once()
        self._policies: Once[Place, Answer[tuple[AccountPolicy, ...]]] = Once()
        self._exports: Once[Place, Answer[tuple[tuple[str, ExportTask], ...]]] = Once()
        self._alarms: Once[Place, Answer[tuple[tuple[str, Alarm], ...]]] = Once()
        self._detectors: Once[Place, Answer[tuple[Detector, ...]]] = Once()

    def log_groups(self, place: Place) -> Answer[Mapping[str, LogGroup]]:
        """Give the EKS log groups by name; 50 come with one request."""
        return self._groups.get(place, lambda: self._ask_groups(place))

    def policies(self, place: Place) -> Answer[tuple[AccountPolicy, ...]]:
        """Give the account policies of all four kinds; without one kind there is no answer, it would say too much."""
        return self._policies.get(place, lambda: self._ask_policies(place))

    def exports(self, place: Place) -> Answer[tuple[tuple[str, ExportTask], ...]]:
        """Give the export tasks that CloudWatch Logs still knows, each with its log group."""
        return self._exports.get(place, lambda: self._ask_exports(place))

    def alarms(self, place: Place) -> Answer[tuple[tuple[str, Alarm], ...]]:
        """Give the alarms on log groups and streams, each with the name of what it watches."""
        return self._alarms.get(place, lambda: self._ask_alarms(place))

    def detectors(self, place: Place) -> Answer[tuple[Detector, ...]]:
        """Give the GuardDuty detectors; a Region has one at most."""
        return self._detectors.get(place, lambda: self._ask_detectors(place))

    def warm(self, place: Place, question: int) -> None:
        """Ask one of the questions (0 to 4) ahead, so that several threads can share the work."""
        asks = (self.log_groups, self.policies, self.exports, self.alarms, self.detectors)
        asks[question](place)

    def _ask_groups(self, place: Place) -> Answer[Mapping[str, LogGroup]]:
        call = Call("logs", "DescribeLogGroups", place.arn("logs", f"log-group:{_GROUPS}*"))
        listed = self._calls.list(place, call, "logGroups", logGroupNamePrefix=_GROUPS)
        return listed.answer(lambda items: {item["logGroupName"]: _group(item) for item in items})

    def _ask_policies(self, place: Place) -> Answer[tuple[AccountPolicy, ...]]:
        call = Call("logs", "DescribeAccountPolicies", place.text)
        found: list[AccountPolicy] = []
        for kind in PolicyKind:
            listed = self._calls.list(place, call, "accountPolicies", policyType=kind.value)
            answer = listed.answer(functools.partial(_policies, kind))
            if not isinstance(answer, Known):
                return answer
            found += answer.value
        return Known(tuple(found), call)

    def _ask_exports(self, place: Place) -> Answer[tuple[tuple[str, ExportTask], ...]]:
        call = Call("logs", "DescribeExportTasks", place.text)
        return self._calls.list(place, call, "exportTasks").answer(
            lambda items: tuple((item["logGroupName"], _export(item)) for item in items)
        )

    def _ask_alarms(self, place: Place) -> Answer[tuple[tuple[str, Alarm], ...]]:
        call = Call("cloudwatch", "DescribeAlarms", place.text)
        return self._calls.list(place, call, "MetricAlarms", AlarmTypes=["MetricAlarm"]).answer(
            lambda items: tuple(itertools.chain.from_iterable(map(_alarms, items)))
        )

    def _ask_detectors(self, place: Place) -> Answer[tuple[Detector, ...]]:
        call = Call("guardduty", "ListDetectors", place.text)
        listed = self._calls.list(place, call, "DetectorIds").answer(tuple)
        if not isinstance(listed, Known):
            return listed
        found: list[Detector] = []
        for name in listed.value:
            ask = Call("guardduty", "GetDetector", place.arn("guardduty", f"detector/{name}"))
            answer = self._calls.ask(place, ask, functools.partial(_detector, name), DetectorId=name)
            if not isinstance(answer, Known):
                return answer
            found.append(answer.value)
        return Known(tuple(found), call)


def _group(item: Json) -> LogGroup:
    return LogGroup(
        name=item["logGroupName"],
        retention_days=item.get("retentionInDays"),
        retention_policy=item.get("retentionPolicyName", ""),
        log_class=item.get("logGroupClass", "STANDARD"),
        data_protection=item.get("dataProtectionStatus", ""),
        deletion_protected=item.get("deletionProtectionEnabled"),
        key=item.get("kmsKeyId") or "",
    )


def _policies(kind: PolicyKind, items: tuple[Json, ...]) -> tuple[AccountPolicy, ...]:
    return tuple(
        AccountPolicy(kind, item["policyName"], item["policyDocument"], item.get("selectionCriteria") or "")
        for item in items
    )


def _export(item: Json) -> ExportTask:
    return ExportTask(
        task_id=item["taskId"],
        start=moment_of(item["from"]),
        end=moment_of(item["to"]),
        bucket=item["destination"],
        status=item["status"]["code"],
        prefix=item.get("destinationPrefix") or "",
    )


def moment_of(milliseconds: int) -> dt.datetime:
    """Give the moment a count of milliseconds since 1970 means."""
    return _EPOCH + dt.timedelta(milliseconds=milliseconds)


def _alarms(item: Json) -> list[tuple[str, Alarm]]:
    inner = (part.get("MetricStat", {}).get("Metric", {}) for part in item.get("Metrics") or ())
    metrics: list[Any] = [item, *inner]
    on_missing, enabled = item.get("TreatMissingData") or "missing", item.get("ActionsEnabled", True)
    return [
        (dimension["Value"], Alarm(item["AlarmName"], metric["MetricName"], on_missing, enabled))
        for metric in metrics
        if metric.get("Namespace") in _ALARMED
        for dimension in metric.get("Dimensions") or ()
    ]


def _detector(name: str, item: Json) -> Detector:
    features = {feature["Name"]: feature["Status"] for feature in item.get("Features") or ()}
    # The older DataSources say off whatever the features say.
    reads = features.get("EKS_AUDIT_LOGS") == "ENABLED"
    return Detector("GuardDuty", name, enabled=item["Status"] == "ENABLED", reads_audit=reads)
