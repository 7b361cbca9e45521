"""The look-up API: what the ledger says of clusters and days, each answer with its proof; it changes nothing."""

from typing import Annotated, Any

import lookup_evidence
import lookup_files
from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.event_handler.openapi.params import Path, Query
from aws_lambda_powertools.utilities.typing import LambdaContext
from lookup_answers import CLUSTER_PATTERN, DAY_PATTERN, answer, catch_problems, json_of
from lookup_files import ledger

from dayseal.lookup.documents import ClusterPage, DayDocument, DayPage

app = APIGatewayHttpResolver(enable_validation=True)
app.include_router(lookup_files.router)
app.include_router(lookup_evidence.router)
catch_problems(app)

Cluster = Annotated[str, Path(pattern=CLUSTER_PATTERN, description="A cluster's `id`, as `GET /clusters` lists it.")]
Day = Annotated[str, Path(pattern=DAY_PATTERN, description="A UTC day.")]
First = Annotated[str | None, Query(alias="from", pattern=DAY_PATTERN, description="First day.")]
Last = Annotated[str | None, Query(alias="to", pattern=DAY_PATTERN, description="Last day, included.")]
Cursor = Annotated[str | None, Query(max_length=1800, description="The `cursor` of the page before.")]
Limit = Annotated[int, Query(ge=1, le=200, description="How many rows a page has at most.")]


@app.get("/clusters", summary="Expected clusters, each with its newest day", responses=json_of(ClusterPage))
def clusters(limit: Limit = 100, cursor: Cursor = None) -> Response[Any]:
    """List clusters."""
    return answer(ledger().clusters(limit=limit, cursor=cursor))


@app.get("/clusters/<cluster>/days", summary="Days of a cluster, missing ones too", responses=json_of(DayPage))
def days(
    cluster: Cluster, first: First = None, last: Last = None, limit: Limit = 31, cursor: Cursor = None
) -> Response[Any]:
    """List days."""
    return answer(ledger().days(cluster, first=first, last=last, limit=limit, cursor=cursor))


@app.get("/clusters/<cluster>/days/<day>", summary="Envelopes and proofs of a day", responses=json_of(DayDocument))
def show_day(cluster: Cluster, day: Day) -> Response[Any]:
    """Prove a day."""
    return answer(ledger().day(cluster, day))


def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Answer one request of API Gateway (HTTP API, payload 2.0)."""
    return app.resolve(event, context)
