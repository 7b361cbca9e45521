"""The owner's own alert rules on a route, and whether they stay quiet when the records stop coming."""

from collections.abc import Sequence
from typing import Final

from dayseal.clouds.azure.calls import Ask, Calls, Listed
from dayseal.clouds.azure.values import Json, flag, part, parts, text, texts
from dayseal.model.route import Alarm, Answer, Call, Known, Missing
from dayseal.once import Once

BREACHING: Final = "breaching"
_IGNORED: Final = "notEvaluated"
_METRICS: Final = frozenset({"ingress", "transactions", "blobcount", "blobcapacity"})
_TABLES: Final = ("AKSAudit", "AzureDiagnostics")
_FEWER: Final = frozenset({"lessthan", "lessthanorequal", "equals", "equal"})
_VERSIONS: Final = {"metricAlerts": "2018-03-01", "scheduledQueryRules": "2022-06-15"}

Rules = tuple[Json, ...]


class Alarms:
    """Lists the alert rules of subscriptions, each once a run."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls
        self._rules: Once[tuple[str, str], Answer[Rules]] = Once()

    def of(self, subscriptions: Sequence[str], resources: Sequence[str]) -> Answer[tuple[Alarm, ...]]:
        """Give the rules in some subscriptions that look at one of the resources, or at what it lies in."""
        found: list[Alarm] = []
        source = Call("insights", "metricAlerts.list", ", ".join(subscriptions) or "no subscription")
        for subscription in subscriptions:
            for kind in _VERSIONS:
                rules = self._listed(subscription, kind)
                if isinstance(rules, Missing):
                    return rules
                found += (alarm for rule in rules.value if _watches(rule, resources) for alarm in read_alarms(rule))
        return Known(tuple(dict.fromkeys(found)), source)

    def _listed(self, subscription: str, kind: str) -> Answer[Rules]:
        return self._rules.get((subscription.casefold(), kind), lambda: self._ask(subscription, kind))

    def _ask(self, subscription: str, kind: str) -> Answer[Rules]:
        where = f"/subscriptions/{subscription}"
        ask = Ask(Call("insights", f"{kind}.list", where), f"{where}/providers/Microsoft.Insights/{kind}",
                  _VERSIONS[kind])  # fmt: skip
        return self._calls.list(ask).answer(_checked)


def read_alarms(rule: Json) -> list[Alarm]:
    """Read what a rule says of the records' way: rules on a store's metrics, and on queries of audit tables.

    A rule on a metric is not evaluated while there are no data; a query that counts rows finds none, which is fewer.
    """
    properties = part(rule, "properties")
    name, on = text(rule, "name"), flag(properties, "enabled") is not False
    found = []
    for criterion in parts(part(properties, "criteria"), "allOf"):
        metric, query = text(criterion, "metricName"), text(criterion, "query")
        table = next((table for table in _TABLES if table.casefold() in query.casefold()), "")
        if table:
            counts = text(criterion, "timeAggregation").casefold() == "count"
            fewer = text(criterion, "operator").casefold() in _FEWER
            found.append(Alarm(name, table, BREACHING if counts and fewer else _IGNORED, on))
        elif metric.casefold() in _METRICS:
            found.append(Alarm(name, metric, _IGNORED, on))
    return found


def _checked(listed: Listed) -> Rules:
    rules: Rules = listed.items()
    for rule in rules:
        read_alarms(rule)  # what cannot be read is no answer, whomever it concerns
    return rules


def _watches(rule: Json, resources: Sequence[str]) -> bool:
    scopes = [scope.casefold().rstrip("/") for scope in texts(part(rule, "properties"), "scopes")]
    wanted = [resource.casefold() for resource in resources if resource]
    return any(_meet(scope, resource) for scope in scopes for resource in wanted)


def _meet(scope: str, resource: str) -> bool:
    return scope == resource or resource.startswith(f"{scope}/") or scope.startswith(f"{resource}/")
