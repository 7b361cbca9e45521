"""Asks about the routes of one place's clusters: `{"run", "day", "place"}`, with `"error"` when that failed."""

from typing import Any

from aws_lambda_powertools import Logger, Tracer
from aws_lambda_powertools.utilities.typing import LambdaContext

from dayseal.wiring.functions_day import check, note_failure

logger, tracer = Logger(), Tracer()


@logger.inject_lambda_context
@tracer.capture_lambda_handler
def handler(event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
    """Ask, or write down why asking failed."""
    run, place = str(event["run"]), int(event["place"])
    if "error" in event:
        logger.error("no answer", run=run, place=place)
        return note_failure(run, f"check/{place}", event["error"])
    return check(run, place)
