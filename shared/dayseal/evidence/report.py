"""The pages of a bundle that are for people: `report.html` and `README.txt`.

They follow from the statements alone, so verification writes them again and compares. They are no
evidence. Everything in them that came from a statement is escaped; they load and run nothing.
"""

import dataclasses
import html
from collections.abc import Sequence
from typing import Final

from dayseal.errors import FormatError
from dayseal.evidence.bundle import BundleClaim
from dayseal.evidence.days import DayRow, day_rows, exception_of
from dayseal.evidence.entries import StatedEntry
from dayseal.evidence.wording import EVENTS_WARNING, NOT_SHOWN, SIGNS_NOTE, archived, expectation
from dayseal.model import Verdict
from dayseal.notes import Checkpoint

_STYLE: Final = (
    "body{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:64rem;padding:0 1rem;color:#1b1b1b}"
    "table{border-collapse:collapse;width:100%}td,th{border:1px solid #bbb;padding:.3rem .5rem;text-align:left;"
    "vertical-align:top}.n{text-align:right}.note{border:2px solid #777;padding:.5rem 1rem}code{word-break:break-all}"
)
_CSP: Final = "default-src 'none'; style-src 'unsafe-inline'"
_NO_EVIDENCE: Final = (
    "This page is no evidence: it repeats what the statements in the bundle say. "
    "Only `dayseal verify`, run with a trust policy that you hold, shows whether they are true statements of that log."
)


@dataclasses.dataclass(frozen=True, slots=True)
class ReportContent:
    """Everything the pages are made from: the claim, the checkpoint and the statements in log order."""

    claim: BundleClaim
    checkpoint: Checkpoint
    entries: tuple[StatedEntry, ...]

    def rows(self) -> tuple[DayRow, ...]:
        """Give one row a day.

        Raises:
            FormatError: a statement names a day that is none.
        """
        first, last = self.claim.days
        return day_rows(self.entries, self.claim.cluster_id, first, last)


def render_report(content: ReportContent) -> bytes:
    """Write the HTML report, UTF-8; equal contents give equal bytes.

    Raises:
        FormatError: a statement names a day that is none.
    """
    rows = content.rows()
    title = f"Audit log evidence: {content.claim.cluster_id.name}, {content.claim.first} to {content.claim.last}"
    body = [
        f"<h1>{_escape(title)}</h1>",
        f'<p class="note">{_escape(_NO_EVIDENCE)}</p>',
        f'<p class="note">{_escape(EVENTS_WARNING)}</p>' if content.claim.with_events else "",
        _about(content),
        "<h2>Days</h2>",
        f"<p>{_escape(_summary(rows))}</p>",
        _day_table(rows),
        _deviations(rows),
        _signs(rows),
        "<h2>What this does not show</h2>",
        _list(NOT_SHOWN),
    ]
    head = (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{_CSP}">'
        f"<title>{_escape(title)}</title><style>{_STYLE}</style></head><body>"
    )
    return _encode("\n".join([head, *(part for part in body if part), "</body></html>", ""]))


def render_readme(content: ReportContent) -> bytes:
    """Write the plain-text guide of a bundle, UTF-8; equal contents give equal bytes.

    Raises:
        FormatError: a statement names a day that is none.
    """
    claim, head = content.claim, content.checkpoint.head
    lines = [
        "Audit log evidence of a Kubernetes cluster, made by dayseal",
        "",
        f"cluster     {claim.cluster}",
        f"batch days  {claim.first} to {claim.last} (UTC, both included)",
        f"log         {content.checkpoint.origin}",
        f"checkpoint  {head.size} entries, root {head.root.hex()}",
        f"events      {'included' if claim.with_events else 'not included'}",
        f"result      {_summary(content.rows())}",
        "",
        *([EVENTS_WARNING, ""] if claim.with_events else []),
        _NO_EVIDENCE,
        "",
        "To verify, offline, with a trust policy that did not come with this file:",
        "",
        "    dayseal verify THIS-FILE.zip --trust trust.policy",
        "",
        "Add `--since CHECKPOINT` with a checkpoint that you kept from earlier, to see that the log only grew.",
        "Do not unpack and edit: a changed bundle is refused. The format is docs/formats/evidence-bundle.md.",
        "",
        "This does not show:",
        *(f"- {text}" for text in NOT_SHOWN),
        "",
    ]
    return _encode("\n".join(lines))


def _about(content: ReportContent) -> str:
    claim, head = content.claim, content.checkpoint.head
    facts = (
        ("Cluster", claim.cluster),
        ("Batch days", f"{claim.first} to {claim.last} (UTC, both included)"),
        ("Log", content.checkpoint.origin),
        ("Checkpoint", f"{head.size} entries, root {head.root.hex()}"),
        ("Events", "included" if claim.with_events else "not included"),
    )
    cells = "".join(f"<tr><th>{_escape(name)}</th><td><code>{_escape(text)}</code></td></tr>" for name, text in facts)
    return f"<table>{cells}</table>"


def _summary(rows: Sequence[DayRow]) -> str:
    counts = {verdict: sum(row.verdict is verdict for row in rows) for verdict in Verdict}
    told = [f"{count} {expectation(verdict)}" for verdict, count in counts.items() if count]
    return f"{len(rows)} days: {', '.join(told)}; {sum(row.events for row in rows)} events"


def _day_table(rows: Sequence[DayRow]) -> str:
    lines = [
        "<table><thead><tr><th>Batch day</th><th>Archive</th><th>Expectation</th>",
        "<th>Events</th><th>Revision</th><th>Log entry</th></tr></thead><tbody>",
    ]
    for row in rows:
        numbers = ("", "", "") if row.index is None else (row.events, row.revision, row.index)
        cells = "".join(f'<td class="n">{value}</td>' for value in numbers)
        lines.append(
            f"<tr><td>{row.day.isoformat()}</td><td>{_escape(archived(row))}</td>"
            f"<td>{_escape(expectation(row.verdict))}</td>{cells}</tr>"
        )
    return "\n".join([*lines, "</tbody></table>"])


def _deviations(rows: Sequence[DayRow]) -> str:
    told = []
    for row in rows:
        for finding in row.findings:
            if finding.verdict in (Verdict.FAIL, Verdict.UNKNOWN):
                words = expectation(Verdict(finding.verdict))
                accepted = exception_of(finding)
                beside = f" ({accepted})" if accepted else ""
                told.append(f"{row.day.isoformat()} {finding.check}: {words}: {finding.summary}{beside}")
    return f"<h2>Deviations and open points</h2>\n{_list(told)}" if told else ""


def _signs(rows: Sequence[DayRow]) -> str:
    told = [f"{row.day.isoformat()} {text}" for row in rows for text in row.signs]
    return f"<h2>Signs of unauthorised access</h2>\n<p>{_escape(SIGNS_NOTE)}</p>\n{_list(told)}" if told else ""


def _list(texts: Sequence[str]) -> str:
    return "<ul>" + "".join(f"<li>{_escape(text)}</li>" for text in texts) + "</ul>"


def _escape(text: str) -> str:
    return html.escape(text, quote=True)


def _encode(text: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError as exc:
        raise FormatError("report: a statement holds text that is not Unicode") from exc
