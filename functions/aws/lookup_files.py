"""The look-up API's files: the log and its content-addressed objects as they lie in the ledger, for those who verify.

A log is read by its tiles (C2SP tlog-tiles), so that a client needs to believe nothing that is said here.
"""

import functools
from typing import Annotated, Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Path
from aws_lambda_powertools.event_handler.router import APIGatewayHttpRouter
from lookup_answers import answer, bytes_of

from dayseal.lookup.answers import TEXT
from dayseal.wiring.functions_lookup import open_lookup

router = APIGatewayHttpRouter()
ledger = functools.cache(open_lookup)

Level = Annotated[str, Path(pattern=r"^(entries|[0-9]{1,2})$", description="The tile's level, or `entries`.")]
Group = Annotated[str, Path(pattern=r"^x?[0-9]{3}$", description="Three digits of its number, with `x` before more.")]
Next = Annotated[str, Path(pattern=r"^(x?[0-9]{3}|[0-9]{3}\.p)$", description="More of its number.")]
Last = Annotated[str, Path(pattern=r"^([0-9]{3}|[0-9]{3}\.p|[1-9][0-9]{0,2})$", description="The rest of its number.")]
Folder = Annotated[str, Path(pattern=r"^(facts|manifests|rollcalls|summaries)$", description="What it is.")]
Name = Annotated[str, Path(pattern=r"^[0-9a-f]{64}\.jsonl?$", description="Its SHA-256, `.json` or `.jsonl`.")]
SUMMARY = "A tile or entry bundle (C2SP tlog-tiles)"


@router.get("/checkpoint", summary="The newest checkpoint (C2SP tlog-checkpoint)", responses=bytes_of(TEXT))
def checkpoint() -> Response[Any]:
    """Give the checkpoint."""
    return answer(ledger().checkpoint())


@router.get("/tile/<level>/<a>", summary=SUMMARY, responses=bytes_of())
def tile(level: Level, a: Group) -> Response[Any]:
    """Give a full tile of the first thousand."""
    return answer(ledger().tile(f"{level}/{a}"))


@router.get("/tile/<level>/<a>/<b>", summary=f"{SUMMARY}, partial or behind 1000", responses=bytes_of())
def partial_tile(level: Level, a: Next, b: Last) -> Response[Any]:
    """Give a partial tile of the first thousand, or a full one behind them."""
    return answer(ledger().tile(f"{level}/{a}/{b}"))


@router.get("/tile/<level>/<a>/<b>/<c>", summary=f"{SUMMARY}, partial and behind 1000", responses=bytes_of())
def far_tile(level: Level, a: Group, b: Next, c: Last) -> Response[Any]:
    """Give a partial tile behind the first thousand, or a full one behind the first million."""
    return answer(ledger().tile(f"{level}/{a}/{b}/{c}"))


@router.get("/objects/<folder>/<name>", summary="A manifest, summary, facts or roll-call", responses=bytes_of())
def stored(folder: Folder, name: Name) -> Response[Any]:
    """Give an object by its digest."""
    return answer(ledger().object(folder, name))
