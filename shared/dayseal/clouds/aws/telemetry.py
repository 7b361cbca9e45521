"""What a function counted, as metrics of CloudWatch."""

from typing import Any, Final

from aws_lambda_powertools import Metrics
from aws_lambda_powertools.metrics import MetricUnit

from dayseal.model.outcomes import Outcome

NAMESPACE: Final = "dayseal"
SERVICE: Final = "dayseal"
_UNITS: Final = {"Count": MetricUnit.Count, "Seconds": MetricUnit.Seconds, "Bytes": MetricUnit.Bytes}


def make_metrics() -> Metrics:
    """Give the metrics of one function: namespace and service `dayseal`, whatever the environment says."""
    return Metrics(namespace=NAMESPACE, service=SERVICE)


def publish(metrics: Metrics, outcome: Outcome) -> dict[str, Any]:
    """Write an outcome's counts to the log, where CloudWatch reads metrics, and give its answer.

    A function that fails counts nothing: a metric that is missing is what the alarms look for.
    """
    for count in outcome.counts:
        metrics.add_metric(name=count.name, unit=_UNITS[count.unit], value=count.value)
    metrics.flush_metrics()
    return outcome.answer
