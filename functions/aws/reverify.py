"""Every week: reads a sample of recorded objects again, within a budget of bytes, and attests the result."""

from typing import Any

from aws_lambda_powertools import Logger, Tracer
from aws_lambda_powertools.utilities.typing import LambdaContext

from dayseal.clouds.aws.telemetry import make_metrics, publish
from dayseal.wiring.functions_care import reverify

logger, tracer, metrics = Logger(), Tracer(), make_metrics()


@logger.inject_lambda_context
@tracer.capture_lambda_handler
def handler(_event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Read again."""
    outcome = reverify(context.get_remaining_time_in_millis)
    logger.info("read again", **outcome.answer)
    return publish(metrics, outcome)
