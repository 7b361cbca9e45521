"""The functions of a day's run on AWS, in their order: discover, check, plan, digest, seal.

What they hand on is small: everything else lies in the work store. Each may be invoked again with the same event.
"""

import json
from collections.abc import Callable
from typing import Any

from dayseal.codec import parse_day
from dayseal.digest.parallel import MIN_SHARD_BYTES
from dayseal.model.outcomes import Outcome
from dayseal.runs.deadline import Deadline, timed
from dayseal.runs.documents import Failure
from dayseal.runs.notices import notices_of_day
from dayseal.runs.outcomes import chosen_day, outcome_of_day
from dayseal.runs.tasks import ask_routes, digest_shard, discover_run, plan_archive
from dayseal.settings import optional_environment
from dayseal.steps.pending import find_overdue
from dayseal.wiring.functions_aws import (
    ask_as_found,
    ask_everything,
    keep_notes,
    open_notifier,
    open_station,
    work_place,
)
from dayseal.workflow import attest_day

RemainingMs = Callable[[], int]
_ERROR_CHARS = 200


def discover(run: str, day: str | None) -> dict[str, Any]:
    """Find the clusters; give the run with its places and archives, for the maps. Without `day`: the newest frozen one.

    Raises:
        UsageError: that day is not frozen yet.
    """
    station = open_station()
    asked = ask_everything(station)
    store = station.run(run)
    archives = [archive.name for archive in station.archives()]
    chosen = chosen_day(day, station.surroundings.clock.now(), station.settings.seal)
    found = discover_run(store, station.discovery(asked), station.reader(), archives, chosen)
    # A crash here leaves a run without notes: its checks describe their clusters again.
    keep_notes(store, asked)
    base = {"run": run, "day": found.day}
    return {
        **base,
        "clusters": len(found.clusters),
        "places": [{**base, "place": place} for place in range(len(found.places))],
        "archives": [{**base, "archive": archive} for archive in found.archives],
    }


def check(run: str, place: int) -> dict[str, Any]:
    """Ask about the routes of one place's clusters."""
    station = open_station()
    store = station.run(run)
    routes = ask_routes(store, ask_as_found(station, store), place)
    return {"place": place, "clusters": len(routes)}


def plan(run: str, day: str, archive: str) -> dict[str, Any]:
    """Cut one archive's day into shards; gives where the list of them lies."""
    station = open_station()
    size = int(optional_environment("DAYSEAL_SHARD_BYTES", str(MIN_SHARD_BYTES)))
    chosen = station.archive(archive)
    planned, key = plan_archive(station.run(run), station.reader(), chosen, parse_day(day), min_bytes=size)
    bucket, key = work_place(station, key)
    shards = {"bucket": bucket, "key": key}
    return {"run": run, "day": day, "archive": archive, "shards": shards, "count": planned.shards}


def digest(run: str, archive: str, shard: int, remaining_ms: RemainingMs) -> dict[str, Any]:
    """Read one shard.

    Raises:
        OutOfTimeError: there is too little time left; nothing was written down.
    """
    station = open_station()
    deadline = Deadline(f"shard {shard} of {archive}", remaining_ms)
    result = digest_shard(station.run(run), timed(station.archive(archive), deadline), shard)
    return {"shard": shard, "objects": len(result.digests), "unreadable": len(result.unreadable)}


def note_failure(run: str, task: str, error: dict[str, Any]) -> dict[str, Any]:
    """Keep why a task gave no result, as the state machine caught it: the sealing says so."""
    cause = str(error.get("Cause", ""))
    said = _message(cause) or str(error.get("Error", ""))
    open_station().run(run).put_failure(task, Failure(error=said[:_ERROR_CHARS], cause=cause[:_ERROR_CHARS]))
    return {"failed": task}


def seal(run: str, day: str, remaining_ms: RemainingMs) -> Outcome:
    """Compare, judge, attest and submit what the tasks before found, and tell what did not pass.

    Raises:
        OutOfTimeError: objects that no shard holds are too many to be read here.
    """
    station = open_station()
    parts = station.attestor(Deadline(f"sealing {day}", remaining_ms), station.run(run))
    attested = attest_day(parts, parse_day(day))
    overdue = find_overdue(parts.open_reader(), parts.submitter, parts.attestor.spki, parts.clock.now())
    notices = notices_of_day(attested, station.settings.ledger.origin, run, overdue)
    open_notifier(station).tell(f"dayseal: {day}", notices)
    return outcome_of_day(run, attested, len(overdue))


def _message(cause: str) -> str:
    """Give the message out of what Lambda says of an error: a JSON text, mostly."""
    try:
        said = json.loads(cause)
    except ValueError:
        return ""
    return str(said.get("errorMessage", "")) if isinstance(said, dict) else ""
