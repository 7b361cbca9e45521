"""What functions in Azure say is kept by Application Insights, a row each, with a level that alerts look for."""

import datetime as dt
import json
import logging
from typing import Any

import pytest

from dayseal.clouds.azure.log_lines import LogLines
from dayseal.errors import AccessError
from dayseal.model import FindingLine, Notice, Verdict
from dayseal.model.notices import MAX_FINDINGS
from dayseal.model.outcomes import Count, Outcome

CUT = 32_768  # characters of a message that Application Insights keeps
NAME = "dayseal.test-azure-lines"


@pytest.fixture
def lines(caplog: pytest.LogCaptureFixture) -> LogLines:
    """Lines that the test hears."""
    caplog.set_level(logging.DEBUG)
    return LogLines(logging.getLogger(NAME))


def heard(caplog: pytest.LogCaptureFixture) -> list[tuple[int, dict[str, Any]]]:
    """Give each line's level and document."""
    return [(level, json.loads(text)) for name, level, text in caplog.record_tuples if name == NAME]


def test_a_notice_is_a_row_with_a_level_and_is_never_cut(lines: LogLines, caplog: pytest.LogCaptureFixture) -> None:
    """A cut row is no JSON any more, and the alert's query would not see it."""
    findings = tuple(FindingLine("arrival", Verdict.FAIL, f"two\nlines {n} 100%" + "ü" * 900) for n in range(30))
    failed = Notice("cluster-day", "aks:sub:eu:prod:1", dt.date(2026, 11, 20), Verdict.FAIL, findings, "run")
    unknown = Notice("route", "aks:sub:eu:prod:1", None, Verdict.UNKNOWN, findings[:1])
    lines.tell("dayseal", (failed, unknown))
    (first_level, first), (second_level, second) = heard(caplog)
    assert (first_level, second_level) == (logging.ERROR, logging.WARNING)
    assert (len(first["notice"]["findings"]), first["notice"]["leftOff"]) == (MAX_FINDINGS, 30 - MAX_FINDINGS)
    assert second["notice"]["run"] is None
    assert all(len(record.getMessage()) < CUT for record in caplog.records if record.name == NAME)


def test_counts_are_rows_of_their_own(lines: LogLines, caplog: pytest.LogCaptureFixture) -> None:
    """The alert's query takes one number from one row."""
    answer = lines.publish("asked", Outcome({"clusters": 2}, (Count("RollCallAge", 90_000.5, "Seconds"),)))
    assert answer == {"clusters": 2}
    (_, said), (level, count) = heard(caplog)
    assert said["answer"] == {"clusters": 2}
    assert level == logging.INFO
    assert (count["metric"], count["value"], count["unit"]) == ("RollCallAge", 90_000.5, "Seconds")


def test_what_broke_off_is_an_error_with_its_advice(lines: LogLines, caplog: pytest.LogCaptureFixture) -> None:
    """The alert shows this row to somebody at night."""
    lines.fail("sealing", AccessError("az://b: denied", hint="grant blobs/read"))
    ((level, line),) = heard(caplog)
    assert (level, line["error"], line["hint"]) == (logging.ERROR, "AccessError", "grant blobs/read")
