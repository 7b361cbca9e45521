"""`dayseal evidence`: a bundle an auditor verifies offline."""

from pathlib import Path
from typing import Annotated

import typer

from dayseal.bundling import bundle_days
from dayseal.cli.options import ConfigOption, OutOption, SinceOption, day_of, old_sizes, settings_of, write_new
from dayseal.cli.output import print_line, say
from dayseal.lookup import find_cluster
from dayseal.wiring import archives_of, open_workspace


def evidence(
    cluster: Annotated[str, typer.Option("--cluster", help="A cluster: any unambiguous part of its name.")],
    first: Annotated[str, typer.Option("--from", help="First day.")],
    last: Annotated[str, typer.Option("--to", help="Last day.")],
    out: OutOption,
    since: SinceOption = None,
    archive: Annotated[Path | None, typer.Option("--archive", help="A folder of logs, for --with-events.")] = None,
    config: ConfigOption = None,
    *,
    with_events: Annotated[
        bool, typer.Option("--with-events", help="Put the archived objects in, events and all.")
    ] = False,
) -> None:
    """Write an evidence bundle: statements, proofs, manifests, and a report for people."""
    settings = settings_of(config)
    ledger = open_workspace(settings).reader()
    found = find_cluster(ledger, cluster)
    archives = archives_of(settings, archive) if with_events else ()
    data = bundle_days(
        ledger,
        found,
        day_of(first),
        day_of(last),
        old_sizes=old_sizes(since),
        archives=archives if with_events else None,
    )
    write_new(out, data)
    print_line(f"{out}: {len(data)} bytes of evidence for {found.text}, {first} to {last}")
    if with_events:
        say("it holds the archived events: audit logs may hold secrets and personal data, handle it like the log")
    say(f"next: dayseal verify {out} --trust trust.policy")
