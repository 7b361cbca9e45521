from typing import Any

import pytest

from dayseal.clouds.gcp.delivery import window_of
from dayseal.clouds.gcp.entries import Entries
from dayseal.clouds.gcp.sink_errors import SinkErrors
from dayseal.model.route import Answer, Known, Missing, Reason, SinkError
from support.gcp_estate import ORG
from support.gcp_storage import NOW
from support.gcp_world import World

SHOP = "projects/shop"


def broken(owner: str, sink: str = "audit", **labels: str) -> dict[str, Any]:
    """Give what Logging writes when a sink cannot deliver."""
    return {
        "logName": f"{owner}/logs/logging.googleapis.com%2Fsink_error",
        "timestamp": "2026-11-23T05:00:00Z",
        "insertId": "e",
        "resource": {"type": "logging_sink", "labels": {"name": sink}},
        "labels": labels,
        "textPayload": "Cloud Logging sink configuration error",
    }


def errors(world: World, *parents: str, ahead: bool) -> Answer[tuple[SinkError, ...]]:
    """Ask, all together ahead or one by one."""
    asked = SinkErrors(Entries(world.calls()))
    if ahead:
        asked.load(parents, window_of(NOW))
    return asked.answer(parents, window_of(NOW))


@pytest.mark.parametrize("ahead", [False, True])
def test_an_error_is_the_sinks_whose_log_names_it(google: World, ahead: bool) -> None:  # noqa: FBT001 - a table's column
    """A project that gathers others' logs shows their errors too; those are not its own sink's."""
    google.entries.held[SHOP] = [broken("projects/other"), broken(SHOP, error_code="bucket_not_found", sink_id="mine")]
    found = errors(google, SHOP, ORG, ahead=ahead)
    assert isinstance(found, Known)
    assert [(error.sink, error.code) for error in found.value] == [
        ("projects/other/sinks/audit", "no code"),
        (f"{SHOP}/sinks/mine", "bucket_not_found"),
    ]


@pytest.mark.parametrize("ahead", [False, True])
def test_none_is_only_said_when_every_level_answered(google: World, ahead: bool) -> None:  # noqa: FBT001 - as above
    """An error that was seen counts whoever else was silent; silence alone says nothing."""
    google.gate.refuse("logging:entries.list", ORG)
    found = errors(google, SHOP, ORG, ahead=ahead)
    assert isinstance(found, Missing)
    assert (found.reason, found.call.resource) == (Reason.DENIED, ORG)
    google.entries.held[SHOP] = [broken(SHOP)]
    assert isinstance(errors(google, SHOP, ORG, ahead=ahead), Known)
