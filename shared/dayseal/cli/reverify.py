"""`dayseal reverify`: read recorded days again and record the result."""

import secrets
from pathlib import Path
from typing import Annotated

import typer

from dayseal.cli.options import ConfigOption, FormatOption, day_of, settings_of
from dayseal.cli.output import (
    EXIT_OK,
    Format,
    exit_code,
    print_json,
    print_table,
    report_error,
    say,
    worst_exit,
)
from dayseal.cli.progress import byte_progress
from dayseal.codec import format_day, parse_decimal
from dayseal.errors import FormatError, UsageError
from dayseal.model import Verdict
from dayseal.reverification import ReverifyReport, reverify_archives
from dayseal.steps.reverifying import Selection
from dayseal.wiring import assemble, this_machine

_UNITS = {"": 1, "K": 10**3, "M": 10**6, "G": 10**9, "T": 10**12}
DEFAULT_BUDGET_BYTES = 10**9


def reverify(
    day: Annotated[str | None, typer.Option("--day", help="Only this batch day.")] = None,
    budget: Annotated[
        str | None, typer.Option("--budget", help="Read a sample of at most this size, e.g. 500M.")
    ] = None,
    seed: Annotated[str, typer.Option("--seed", help="Choose the sample by this seed.")] = "",
    nonce: Annotated[
        str, typer.Option("--nonce", help="An auditor's nonce: chooses the sample instead of a seed.")
    ] = "",
    archive: Annotated[Path | None, typer.Option("--archive", help="A folder of logs.")] = None,
    config: ConfigOption = None,
    output: FormatOption = Format.TABLE,
) -> None:
    """Hash recorded objects again; anything that changed or vanished is a FAIL, and is recorded."""
    selection = _selection(day, budget, seed, nonce)
    with byte_progress("reading again") as progress:
        parts = assemble(
            settings_of(config),
            surroundings=this_machine(),
            progress=progress,
            archive=archive,
        )
        report = reverify_archives(parts, selection, only=day_of(day) if day else None)
    if output is Format.JSON:
        print_json(_document(report))
    else:
        _print_report(report)
    blocked = EXIT_OK if report.blocked is None else report_error(report.blocked)
    raise typer.Exit(worst_exit(exit_code([report.verdict]), blocked))


def _selection(day: str | None, budget: str | None, seed: str, nonce: str) -> Selection:
    if seed and nonce:
        raise UsageError("reverify: --seed and --nonce were both given, one promised")
    if budget is None and not seed and not nonce:
        return Selection("day" if day else "all")
    size = DEFAULT_BUDGET_BYTES if budget is None else _bytes(budget)
    return Selection("sample", seed=seed or ("" if nonce else secrets.token_hex(8)), nonce=nonce, budget_bytes=size)


def _bytes(text: str) -> int:
    unit = text[-1:].upper() if text[-1:].isalpha() else ""
    try:
        return parse_decimal(text[: len(text) - len(unit)]) * _UNITS[unit]
    except (FormatError, KeyError) as exc:
        raise UsageError(f"--budget {text}: a size like 500M promised (K, M, G or T)") from exc


def _print_report(report: ReverifyReport) -> None:
    rows = [
        (r.recorded.archive.name, format_day(r.recorded.day), str(r.comparison.recorded), r.finding.verdict.value)
        for r in report.rereads
    ]
    print_table(("archive", "day", "ranges read", "integrity"), rows)
    for one in report.rereads:
        if one.finding.verdict in (Verdict.FAIL, Verdict.UNKNOWN):
            where = f"{format_day(one.recorded.day)} {one.recorded.archive.name}"
            say(f"{where} {one.finding.verdict}: {one.finding.summary}")
            say(f"  fix: {one.finding.fix}")
    if not report.rereads:
        say("nothing is recorded for these archives and days: nothing was read, so nothing is known")
    elif report.blocked is None:
        say(f"recorded as re-verification in the ledger: {report.verdict}")
    else:
        say(f"NOT recorded in the ledger: {report.verdict}")


def _document(report: ReverifyReport) -> dict[str, object]:
    return {
        "verdict": report.verdict.value,
        "selection": report.selection.kind,
        "seed": report.selection.seed,
        "nonce": report.selection.nonce,
        "notRecorded": None if report.blocked is None else str(report.blocked),
        "days": [
            {
                "archive": r.recorded.archive.name,
                "day": format_day(r.recorded.day),
                "verdict": r.finding.verdict.value,
                "summary": r.finding.summary,
                "same": len(r.comparison.unchanged),
                "grown": [c.key for c in r.comparison.grown],
                "changed": [c.key for c in r.comparison.changed],
                "vanished": [c.key for c in r.comparison.vanished],
            }
            for r in report.rereads
        ],
    }
