"""`dayseal ledger`: the log itself."""

from pathlib import Path
from typing import Annotated

import msgspec
import typer

from dayseal.cli.options import ConfigOption, FormatOption, settings_of
from dayseal.cli.output import EXIT_FAILED, EXIT_OK, Format, print_json, print_line, print_table, print_text
from dayseal.errors import AccessError, UsageError
from dayseal.ledger.entry import parse_admitted
from dayseal.ledger.fsck import FsckReport, check_ledger
from dayseal.wiring import open_workspace

app = typer.Typer(help="Look at the log itself, and check it.", no_args_is_help=True)


@app.command()
def head(config: ConfigOption = None) -> None:
    """Print the newest checkpoint, verified: keep it for `verify --since`."""
    ledger = open_workspace(settings_of(config)).reader()
    ledger.head()
    print_text(ledger.checkpoint_bytes.decode().rstrip("\n"))


@app.command()
def show(
    index: Annotated[
        int | None, typer.Argument(metavar="[INDEX]", min=0, help="An entry's index; all entries without it.")
    ] = None,
    config: ConfigOption = None,
    output: FormatOption = Format.TABLE,
) -> None:
    """List the log's entries, or print one as JSON."""
    ledger = open_workspace(settings_of(config)).reader()
    size = ledger.tree_head.size
    if index is not None:
        if index >= size:
            raise UsageError(f"entry {index}: the log has {size}, 0 to {size - 1}")
        print_json(_entry(index, ledger.entry(index)))
        return
    entries = [_entry(number, data) for number, data in enumerate(ledger.entries(0, size))]
    if output is Format.JSON:
        print_json(entries)
    else:
        rows = [(str(e["index"]), str(e["kind"]), str(e["subject"]), str(e["keyids"])) for e in entries]
        print_table(("entry", "kind", "subject", "signed by"), rows)


@app.command()
def fsck(
    config: ConfigOption = None,
    other: Annotated[Path | None, typer.Option("--other", help="Another checkpoint of this log: shows a fork.")] = None,
    output: FormatOption = Format.TABLE,
) -> None:
    """Check every tile, entry and object of the ledger, and its guard. Exit 1: damaged; 3: unreadable."""
    opened = open_workspace(settings_of(config))
    report = check_ledger(
        opened.store,
        opened.guard,
        opened.policy,
        versions=opened.versions(),
        other_checkpoint=None if other is None else _read(other),
    )
    if output is Format.JSON:
        print_json(_document(report))
    else:
        _print_report(report)
    raise typer.Exit(EXIT_FAILED if report.problems else EXIT_OK)


def _entry(index: int, data: bytes) -> dict[str, object]:
    entry = parse_admitted(data, subject=f"entry {index}")
    statement = entry.statement
    return {
        "index": index,
        "kind": statement.predicate_type.split("/")[-2],
        "subject": statement.subject_name,
        "sha256": statement.subject_sha256,
        "envelopeSha256": entry.envelope_sha256,
        "keyids": ", ".join(keyid[:16] for keyid in entry.keyids),
        "predicate": msgspec.to_builtins(statement.predicate),
    }


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as exc:
        raise AccessError(f"{path}: cannot be read ({exc.strerror})") from exc


def _print_report(report: FsckReport) -> None:
    if report.problems:
        print_table(("problem", "where", "what"), [(p.kind.value, p.key, p.message) for p in report.problems])
    else:
        print_line(f"{report.entries} entries: every tile, entry, checkpoint and object is as recorded")
    for note in report.notes:
        print_line(f"note: {note}")


def _document(report: FsckReport) -> dict[str, object]:
    return {
        "entries": report.entries,
        "problems": [{"kind": p.kind.value, "key": p.key, "message": p.message} for p in report.problems],
        "notes": list(report.notes),
    }
