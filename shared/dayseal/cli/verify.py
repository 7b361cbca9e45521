"""`dayseal verify`: event proofs and evidence bundles, offline, trusting only the trust policy."""

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from dayseal.audit.event import describe_record
from dayseal.cli.offline_guard import no_network
from dayseal.cli.options import AsOfOption, FormatOption, moment_of
from dayseal.cli.output import Format, exit_code, print_json, print_line, print_table
from dayseal.codec import format_day
from dayseal.errors import AccessError, FormatError
from dayseal.evidence import parse_event_proof, parse_evidence
from dayseal.model import Verdict
from dayseal.notes import TrustPolicy
from dayseal.offline import (
    BundleVerification,
    EventVerification,
    FreshnessState,
    LedgerToday,
    Verification,
    compare_with_today,
    verify_bundle,
    verify_event_proof,
)
from dayseal.wiring import read_policy
from dayseal.wiring.api import open_api

MAX_FILE_BYTES = 4 << 30
_ZIP_MAGIC = b"PK\x03\x04"
Checked = EventVerification | BundleVerification


def verify(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Event proofs and evidence bundles.")],
    trust: Annotated[Path, typer.Option("--trust", help="The trust policy: get it from a place you trust.")],
    since: Annotated[Path | None, typer.Option("--since", help="A checkpoint you kept: proves freshness.")] = None,
    api: Annotated[
        str | None, typer.Option("--api", help="A look-up API: compare with the ledger of today, first.")
    ] = None,
    as_of: AsOfOption = None,
    output: FormatOption = Format.TABLE,
) -> None:
    """Verify evidence with no network: V1 to V9, each with what it proved and what it could not show."""
    policy = read_policy(trust)
    kept = None if since is None else _read(since)
    moment = moment_of(as_of)
    data = [(path, _read(path)) for path in files]
    today = [None if api is None else _compare(api, policy, one) for _, one in data]
    with no_network():
        results = [(path, _check(one, policy, kept, moment)) for path, one in data]
    if output is Format.JSON:
        print_json([_document(*one, now) for one, now in zip(results, today, strict=True)])
    else:
        for (path, result), now in zip(results, today, strict=True):
            _print_result(path, result)
            if now is not None:
                print_line(f"  LEDGER TODAY {now.verdict.value}: {now.text}")
    verdicts = [v for _, result in results for v in _verdicts(result)]
    raise typer.Exit(exit_code([*verdicts, *(now.verdict for now in today if now)]))


def _compare(api: str, policy: TrustPolicy, data: bytes) -> LedgerToday:
    kept = parse_evidence(data).checkpoint if data.startswith(_ZIP_MAGIC) else parse_event_proof(data).checkpoint
    return compare_with_today(kept, policy, open_api(api, policy).reader())


def _check(data: bytes, policy: TrustPolicy, since: bytes | None, as_of: dt.datetime) -> Checked:
    if data.startswith(_ZIP_MAGIC):
        return verify_bundle(data, policy, since=since, as_of=as_of)
    return verify_event_proof(data, policy, since=since, as_of=as_of)


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(MAX_FILE_BYTES + 1)
    except OSError as exc:
        raise AccessError(
            f"{path}: cannot be read ({exc.strerror})", hint="verify takes files, never addresses"
        ) from exc
    if len(data) > MAX_FILE_BYTES:
        raise FormatError(f"{path}: over {MAX_FILE_BYTES} bytes")
    return data


def _verdicts(result: Checked) -> Sequence[Verdict]:
    if isinstance(result, BundleVerification):
        return (result.verification.verdict, result.days_verdict)
    return (result.verification.verdict,)


def _print_result(path: Path, result: Checked) -> None:
    checked = result.verification
    print_line(f"{path}: {_headline(checked)}")
    rows = [
        (f"V{s.number}", s.verdict.value, s.title, "; ".join(s.problems or s.proved or s.not_shown))
        for s in checked.steps
    ]
    print_table(("step", "verdict", "about", "what it showed"), rows, indent=2)
    hints = [step.hint for step in checked.steps if step.hint]
    for hint in hints:
        print_line(f"  hint: {hint}")
    print_line(f"  FRESHNESS {checked.freshness.state}: {checked.freshness.text}")
    rests = sorted({text for step in checked.steps for text in step.rests_on})
    print_line(f"  rests on: {'; '.join(rests) or 'nothing was reached'}")
    open_points = [text for step in checked.steps if step.verdict is not Verdict.UNKNOWN for text in step.not_shown]
    for text in dict.fromkeys(open_points):
        print_line(f"  not shown: {text}")
    if isinstance(result, BundleVerification):
        _print_days(result)
    elif result.event is not None:
        event = result.event
        print_line(f"  cluster {event.cluster.text}, batch {format_day(event.day)}, ledger entry {event.entry_index}")
        print_line(f"  record {event.record_index} of {event.descriptor.key}: {describe_record(event.record)}")


def _print_days(result: BundleVerification) -> None:
    print_line(f"  cluster {result.cluster.text}, {format_day(result.first)} to {format_day(result.last)}")
    rows = [(format_day(r.day), r.status.value, r.verdict.value, str(r.events)) for r in result.days]
    if rows:
        print_table(("day", "status", "verdict", "records"), rows, indent=2)


def _headline(checked: Verification) -> str:
    said = {Verdict.PASS: "the evidence holds", Verdict.FAIL: "REFUTED", Verdict.UNKNOWN: "could not be determined"}
    headline = said.get(checked.verdict, "nothing to verify")
    return f"{headline}: {checked.problems[0]}" if checked.problems else headline


def _document(path: Path, result: Checked, today: LedgerToday | None) -> dict[str, object]:
    checked = result.verification
    document: dict[str, object] = {
        "file": path.name,
        "verdict": checked.verdict.value,
        "problems": list(checked.problems),
        "freshness": {"state": checked.freshness.state.value, "text": checked.freshness.text},
        "freshnessProven": checked.freshness.state in (FreshnessState.PROVEN, FreshnessState.SINCE),
        "steps": [
            {
                "step": f"V{s.number}",
                "title": s.title,
                "verdict": s.verdict.value,
                "proved": list(s.proved),
                "restsOn": list(s.rests_on),
                "notShown": list(s.not_shown),
                "problems": list(s.problems),
            }
            for s in checked.steps
        ],
    }
    if today is not None:
        document["ledgerToday"] = {"verdict": today.verdict.value, "text": today.text}
    if isinstance(result, BundleVerification):
        document["cluster"] = result.cluster.text
        document["days"] = [
            {"day": format_day(r.day), "status": r.status.value, "verdict": r.verdict.value, "events": r.events}
            for r in result.days
        ]
    elif result.event is not None:
        document["cluster"] = result.event.cluster.text
        document["day"] = format_day(result.event.day)
        document["object"] = result.event.descriptor.key
        document["record"] = result.event.record.decode(errors="backslashreplace")
    return document
