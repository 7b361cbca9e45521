"""`dayseal prove`: one record, provable offline."""

from pathlib import Path
from typing import Annotated

import typer

from dayseal.cli.options import (
    ClusterText,
    ConfigOption,
    DayText,
    OutOption,
    SinceOption,
    day_of,
    old_sizes,
    settings_of,
    write_new,
)
from dayseal.cli.output import print_line, say
from dayseal.codec import format_day
from dayseal.errors import UsageError
from dayseal.lookup import find_cluster
from dayseal.proving import Hit, find_by_audit_id, find_by_number, prove_hit
from dayseal.wiring import archives_of, open_workspace


def prove(
    cluster: ClusterText,
    day: DayText,
    out: OutOption,
    audit_id: Annotated[str | None, typer.Option("--audit-id", help="The event's auditID (GKE: insertId).")] = None,
    key: Annotated[str | None, typer.Option("--object", help="An archived object's key.")] = None,
    record: Annotated[int | None, typer.Option("--record", min=0, help="The record's number in it, from 0.")] = None,
    since: SinceOption = None,
    archive: Annotated[Path | None, typer.Option("--archive", help="A folder of logs.")] = None,
    config: ConfigOption = None,
) -> None:
    """Write an event proof: shows, with no network, that one record was archived and recorded."""
    settings = settings_of(config)
    opened = open_workspace(settings)
    ledger = opened.reader()
    found = find_cluster(ledger, cluster)
    archives = archives_of(settings, archive)
    if audit_id is not None and key is None and record is None:
        hit = _only(find_by_audit_id(ledger, archives, found, day_of(day), audit_id), audit_id)
    elif key is not None and record is not None and audit_id is None:
        hit = find_by_number(ledger, archives, found, day_of(day), key, record)
    else:
        raise UsageError("prove: --audit-id ID, or --object KEY with --record N, promised")
    data = prove_hit(ledger, hit, old_sizes=old_sizes(since))
    write_new(out, data)
    print_line(f"{out}: {hit.text}")
    print_line(
        f"  record {hit.number} of {hit.descriptor.key}, batch {format_day(hit.day)}, ledger entry {hit.source.index}"
    )
    say(f"it holds the record itself: handle it like the log. Next: dayseal verify {out} --trust trust.policy")


def _only(hits: tuple[Hit, ...], audit_id: str) -> Hit:
    if len(hits) == 1:
        return hits[0]
    if not hits:
        raise UsageError(
            f"audit id {audit_id}: no record carries it",
            hint="the day is the event's own; batches of the day before to two days after were read",
        )
    places = "\n".join(f"  --object {h.descriptor.key} --record {h.number}  ({h.text})" for h in hits)
    raise UsageError(f"audit id {audit_id}: {len(hits)} records carry it, choose one by its place:\n{places}")
