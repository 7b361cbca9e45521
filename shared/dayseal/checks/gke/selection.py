"""What a sink's filter and exclusions do to one cluster's audit entries."""

import dataclasses
from collections.abc import Sequence
from typing import Final

from dayseal.checks.filter_pattern import Selection
from dayseal.checks.gke.entries import Entry, every_entry, read_entry, samples_of
from dayseal.checks.gke.query_match import fits
from dayseal.checks.gke.query_syntax import Expression, parse_query
from dayseal.errors import FormatError
from dayseal.model import ClusterId
from dayseal.model.route import Exclusion, Sink

_SHOWN: Final = 300  # characters of a filter


@dataclasses.dataclass(frozen=True, slots=True)
class Selected:
    """What becomes of one log's entries, and why in words."""

    selection: Selection
    why: str


def judge_sink(sink: Sink, cluster: ClusterId, log_id: str, records: Sequence[bytes] = ()) -> Selected:
    """Say what the sink does to the cluster's entries in one log; `records` are entries as the archive holds them.

    DROPS is shown on one entry, EVERYTHING is proven from what every audit entry of the cluster has in common.
    """
    found = judge_filter(sink.filter, cluster, log_id, records)
    if found.selection is Selection.DROPS:
        return found
    for exclusion in sink.exclusions:
        taken = _judge_exclusion(exclusion, cluster, log_id, records)
        if taken.selection is Selection.DROPS:
            return taken
        if taken.selection is Selection.UNDECIDED and found.selection is Selection.EVERYTHING:
            found = taken
    return found


def judge_filter(text: str, cluster: ClusterId, log_id: str, records: Sequence[bytes] = ()) -> Selected:
    """Say what a filter lets through of the cluster's entries in one log."""
    if not text.strip():
        return Selected(Selection.EVERYTHING, "the filter is empty")
    shown = f"filter {text[:_SHOWN]!r}"
    try:
        query = parse_query(text)
    except FormatError as exc:
        return Selected(Selection.UNDECIDED, f"{shown} cannot be decided: {exc}")
    if all(_asked(query, every_entry(cluster, log_id), wanted=True)):
        return Selected(Selection.EVERYTHING, f"the filter holds for every entry of {log_id}")
    for entry in _entries(cluster, log_id, records):
        if any(_asked(query, entry, wanted=False)):
            return Selected(Selection.DROPS, f"{shown} drops {entry.words} in {log_id}")
    return Selected(Selection.UNDECIDED, f"{shown} cannot be decided: entries of {log_id} may or may not fit")


def takes(sink: Sink, cluster: ClusterId, log_id: str, records: Sequence[bytes] = ()) -> bool | None:
    """Say whether an intercepting sink takes any entry of the log; None where that cannot be decided."""
    try:
        query = parse_query(sink.filter)
    except FormatError:
        return None
    if all(_asked(query, every_entry(cluster, log_id), wanted=False)):
        return False
    if any(not exclusion.disabled for exclusion in sink.exclusions):
        return None  # whether excluded entries go back to the children's sinks is not documented
    known = [every_entry(cluster, log_id), *_entries(cluster, log_id, records)]
    return True if any(any(_asked(query, entry, wanted=True)) for entry in known) else None


def _judge_exclusion(exclusion: Exclusion, cluster: ClusterId, log_id: str, records: Sequence[bytes]) -> Selected:
    if exclusion.disabled:
        return Selected(Selection.EVERYTHING, f"exclusion {exclusion.name} is disabled")
    shown = f"exclusion {exclusion.name} {exclusion.filter[:_SHOWN]!r}"
    try:
        query = parse_query(exclusion.filter)
    except FormatError as exc:
        return Selected(Selection.UNDECIDED, f"{shown} cannot be decided: {exc}")
    if all(_asked(query, every_entry(cluster, log_id), wanted=False)):
        return Selected(Selection.EVERYTHING, f"exclusion {exclusion.name} does not concern {log_id}")
    for entry in (every_entry(cluster, log_id), *_entries(cluster, log_id, records)):
        if any(_asked(query, entry, wanted=True)):
            return Selected(Selection.DROPS, f"{shown} takes out {entry.words} in {log_id}")
    return Selected(Selection.UNDECIDED, f"{shown} cannot be decided: it may take out entries of {log_id}")


def _entries(cluster: ClusterId, log_id: str, records: Sequence[bytes]) -> list[Entry]:
    own = [entry for record in records if (entry := read_entry(record, cluster)) is not None]
    return [*(entry for entry in own if entry.log_id == log_id), *samples_of(cluster, log_id)]


def _asked(query: Expression, entry: Entry, *, wanted: bool) -> tuple[bool, bool]:
    """Say whether the entry fits as wanted, for either way that `sample()` may turn out."""
    unlucky, lucky = (fits(query, entry, chance=chance) for chance in (False, True))
    return unlucky is wanted, lucky is wanted
