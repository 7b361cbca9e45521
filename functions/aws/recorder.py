"""The recorder: takes the inbox into the ledger, on any event; `{"rollCall": "YYYY-MM-DD"}` then calls the roll."""

from typing import Any

from aws_lambda_powertools import Logger, Tracer
from aws_lambda_powertools.utilities.typing import LambdaContext

from dayseal.clouds.aws.telemetry import make_metrics, publish
from dayseal.wiring.functions_care import record

logger, tracer, metrics = Logger(), Tracer(), make_metrics()


@logger.inject_lambda_context
@tracer.capture_lambda_handler
def handler(event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
    """Record; many events at once need one run."""
    outcome = record(event.get("rollCall") or None)
    logger.info("recorded", **outcome.answer)
    return publish(metrics, outcome)
