"""The evidence function in Azure: makes the bundle that a message of the queue names."""

import logging
from collections.abc import Callable
from typing import Any

import msgspec

from dayseal.clouds.azure.log_lines import LogLines
from dayseal.errors import DaysealError, UsageError
from dayseal.lookup.evidence_api import EvidenceWork
from dayseal.lookup.jobs import Kind
from dayseal.model.outcomes import Outcome


class _Message(msgspec.Struct, frozen=True):
    kind: Kind
    job: str


def make_evidence(work: Callable[[], EvidenceWork], message: bytes) -> dict[str, Any]:
    """Make the bundle that `{"kind", "job"}` names, or find it made; gives job and state.

    Raises:
        DaysealError: it broke off and may be done later, or never; the host gives the message again, a few times.
    """
    lines = LogLines(logging.getLogger("dayseal"))
    try:
        asked = _read(message)
        return lines.publish("made", Outcome({"job": asked.job, "state": work().run(asked.kind, asked.job)}, ()))
    except DaysealError as error:
        lines.fail("made", error)
        raise


def _read(message: bytes) -> _Message:
    try:
        return msgspec.json.decode(message, type=_Message)
    except (msgspec.DecodeError, UnicodeDecodeError) as exc:
        raise UsageError("message: a kind (plain or events) and a job promised") from exc
