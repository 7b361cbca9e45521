"""What functions of Google Cloud say is read by Cloud Logging, line by line."""

import datetime as dt
import io
import json
from typing import Any

from dayseal.clouds.gcp.log_lines import LogLines
from dayseal.errors import AccessError
from dayseal.model import FindingLine, Notice, Verdict
from dayseal.model.notices import MAX_FINDINGS
from dayseal.model.outcomes import Count, Outcome


def lines_of(stream: io.StringIO) -> list[dict[str, Any]]:
    """Read what was written."""
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_a_notice_is_one_line_with_a_severity_that_alerts_look_for() -> None:
    """A newline in a summary must not make two lines of it, and a thousand findings no line that is cut."""
    stream = io.StringIO()
    findings = tuple(FindingLine("arrival", Verdict.FAIL, f"two\nlines {n}" + "x" * 900) for n in range(30))
    failed = Notice("cluster-day", "gke:shop:eu:prod:1", dt.date(2026, 11, 20), Verdict.FAIL, findings, "run")
    unknown = Notice("route", "gke:shop:eu:prod:1", None, Verdict.UNKNOWN, findings[:1])
    LogLines(stream).tell("dayseal", (failed, unknown))
    first, second = lines_of(stream)
    assert (first["severity"], second["severity"]) == ("ERROR", "WARNING")
    assert (len(first["notice"]["findings"]), first["notice"]["leftOff"]) == (MAX_FINDINGS, 30 - MAX_FINDINGS)
    assert max(len(one["summary"]) for one in first["notice"]["findings"]) == 500
    assert second["notice"]["run"] is None


def test_counts_are_lines_of_their_own() -> None:
    """A log-based metric extracts one number from one line."""
    stream = io.StringIO()
    answer = LogLines(stream).publish("asked", Outcome({"clusters": 2}, (Count("RollCallAge", 90_000.5, "Seconds"),)))
    assert answer == {"clusters": 2}
    said, count = lines_of(stream)
    assert said["answer"] == {"clusters": 2}
    assert (count["metric"], count["value"], count["unit"]) == ("RollCallAge", 90_000.5, "Seconds")


def test_what_broke_off_is_an_error_with_its_advice() -> None:
    """The alert shows this line to somebody at night."""
    stream = io.StringIO()
    LogLines(stream).fail("sealing", AccessError("gs://b: denied", hint="grant storage.objects.list"))
    (line,) = lines_of(stream)
    assert (line["severity"], line["error"], line["hint"]) == ("ERROR", "AccessError", "grant storage.objects.list")
