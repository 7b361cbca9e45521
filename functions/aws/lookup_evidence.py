"""The look-up API's evidence routes: a job is started, looked at, and its bundle fetched by a link.

Bundles with events are behind routes of their own: they hold personal data, and need a permission of their own.
"""

import functools
from typing import Annotated, Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Body, Path
from aws_lambda_powertools.event_handler.router import APIGatewayHttpRouter
from lookup_answers import CLUSTER_PATTERN, DAY_PATTERN, PROBLEMS, answer, json_of

from dayseal.lookup.documents import JobDocument
from dayseal.lookup.jobs import Kind
from dayseal.wiring.functions_lookup import open_evidence_api

router = APIGatewayHttpRouter()
evidence = functools.cache(open_evidence_api)
Cluster = Annotated[str, Body(pattern=CLUSTER_PATTERN, description="A cluster's `id`.")]
First = Annotated[str, Body(alias="from", pattern=DAY_PATTERN, description="First day.")]
Last = Annotated[str, Body(alias="to", pattern=DAY_PATTERN, description="Last day, included.")]
Since = Annotated[int | None, Body(ge=1, le=2**53 - 1, description="Size of a checkpoint you kept: proves growth.")]
Job = Annotated[str, Path(pattern=r"^[0-9a-f]{32}$", description="A job's name.")]
STARTED = json_of(JobDocument, 202) | {415: PROBLEMS[400]}
SHOWN = json_of(JobDocument)


@router.post("/evidence", summary="Start a bundle of statements and proofs, at most 366 days", responses=STARTED)
def start(cluster: Cluster, first: First, last: Last, since: Since = None) -> Response[Any]:
    """Start a job for statements."""
    return answer(evidence().begin(Kind.PLAIN, cluster, first, last, since))


@router.get("/evidence/<job>", summary="How far a bundle is, and a link to it", responses=SHOWN)
def show(job: Job) -> Response[Any]:
    """Show such a job."""
    return answer(evidence().look(Kind.PLAIN, job))


@router.post("/evidence/events", summary="Start a bundle with archived events, at most 7 days", responses=STARTED)
def start_events(cluster: Cluster, first: First, last: Last, since: Since = None) -> Response[Any]:
    """Start a job for statements and events."""
    return answer(evidence().begin(Kind.EVENTS, cluster, first, last, since))


@router.get("/evidence/events/<job>", summary="How far a bundle with events is", responses=SHOWN)
def show_events(job: Job) -> Response[Any]:
    """Show such a job."""
    return answer(evidence().look(Kind.EVENTS, job))
