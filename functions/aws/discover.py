"""First task of a day's run: which clusters, which archives. `{"run"?, "input": {"day"?}}`, or `{"day"?}` by hand."""

from typing import Any

from aws_lambda_powertools import Logger, Tracer
from aws_lambda_powertools.utilities.typing import LambdaContext

from dayseal.wiring.functions_day import discover

logger, tracer = Logger(), Tracer()


@logger.inject_lambda_context
@tracer.capture_lambda_handler
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Find what there is to do, of the newest frozen day if none is named; `run` is the state machine's execution."""
    asked = event.get("input") or event
    found = discover(str(event.get("run") or context.aws_request_id), asked.get("day") or None)
    logger.info("discovered", run=found["run"], day=found["day"], clusters=found["clusters"])
    return found
