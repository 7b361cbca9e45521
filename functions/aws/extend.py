"""Every year: longer locks on the ledger's bucket. `{"after"?}`; `"more": true` in the answer asks to be called on."""

from typing import Any

from aws_lambda_powertools import Logger, Tracer
from aws_lambda_powertools.utilities.typing import LambdaContext

from dayseal.clouds.aws.telemetry import make_metrics, publish
from dayseal.wiring.functions_care import extend

logger, tracer, metrics = Logger(), Tracer(), make_metrics()


@logger.inject_lambda_context
@tracer.capture_lambda_handler
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Extend, as far as the time goes."""
    outcome = extend(event.get("after") or None, context.get_remaining_time_in_millis)
    logger.info("extended", **outcome.answer)
    return publish(metrics, outcome)
