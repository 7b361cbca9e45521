"""Cuts one archive's day into shards: `{"run", "day", "archive"}`; gives where the list of them lies."""

from typing import Any

from aws_lambda_powertools import Logger, Tracer
from aws_lambda_powertools.utilities.typing import LambdaContext

from dayseal.wiring.functions_day import plan

logger, tracer = Logger(), Tracer()


@logger.inject_lambda_context
@tracer.capture_lambda_handler
def handler(event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
    """Cut."""
    planned = plan(str(event["run"]), str(event["day"]), str(event["archive"]))
    logger.info("planned", run=planned["run"], archive=planned["archive"], shards=planned["count"])
    return planned
