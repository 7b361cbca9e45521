"""Compares, judges, attests and submits what the tasks before found: `{"run", "day"}`."""

from typing import Any

from aws_lambda_powertools import Logger, Tracer
from aws_lambda_powertools.utilities.typing import LambdaContext

from dayseal.clouds.aws.telemetry import make_metrics, publish
from dayseal.wiring.functions_day import seal

logger, tracer, metrics = Logger(), Tracer(), make_metrics()


@logger.inject_lambda_context
@tracer.capture_lambda_handler
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Seal the day; the recorder takes it from the inbox."""
    outcome = seal(str(event["run"]), str(event["day"]), context.get_remaining_time_in_millis)
    logger.info("sealed", **outcome.answer)
    return publish(metrics, outcome)
