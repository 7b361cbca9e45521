"""Every hour: does each cluster's export deliver now? Tells what does not; writes nothing down."""

from typing import Any

from aws_lambda_powertools import Logger, Tracer
from aws_lambda_powertools.utilities.typing import LambdaContext

from dayseal.clouds.aws.telemetry import make_metrics, publish
from dayseal.wiring.functions_care import pulse

logger, tracer, metrics = Logger(), Tracer(), make_metrics()


@logger.inject_lambda_context
@tracer.capture_lambda_handler
def handler(_event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
    """Ask."""
    outcome = pulse()
    logger.info("asked", **outcome.answer)
    return publish(metrics, outcome)
