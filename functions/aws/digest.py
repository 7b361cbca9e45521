"""Reads one shard: `{"run", "day", "archive", "shard"}`, with `"error"` when that failed, to write down why."""

from typing import Any

from aws_lambda_powertools import Logger, Tracer
from aws_lambda_powertools.utilities.typing import LambdaContext

from dayseal.wiring.functions_day import digest, note_failure

logger, tracer = Logger(), Tracer()


@logger.inject_lambda_context
@tracer.capture_lambda_handler
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Read, or write down why reading failed."""
    run, archive, shard = str(event["run"]), str(event["archive"]), int(event["shard"])
    if "error" in event:
        logger.error("shard not read", run=run, shard=shard)
        return note_failure(run, f"digest/{archive}/{shard}", event["error"])
    return digest(run, archive, shard, context.get_remaining_time_in_millis)
