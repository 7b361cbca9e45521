"""What looks after a sealed ledger on Google Cloud: reading again within a budget, and a longer retention."""

import dataclasses
import datetime as dt
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from dayseal.cli.app import run
from dayseal.clouds.gcp.log_lines import LogLines
from dayseal.errors import OutOfTimeError
from dayseal.model.outcomes import Outcome
from dayseal.runs.rereading import reread_age
from dayseal.wiring import functions_gcp, functions_gcp_care
from dayseal.wiring.functions_source import open_station
from support.gcp_metadata import on_google
from support.gcs_xml import GcsXml, serving_gcs
from support.plain_logs import DAY, write_day

PLACES = ("--bucket", "gs://audit-ledger/", "--guard", "gs://audit-guard/", "--checkpoint", "gs://audit-guard/seen/")
DAY_S = 86_400


@dataclasses.dataclass(slots=True)
class Site:
    """A sealed day in Cloud Storage, and what the functions said."""

    content: GcsXml
    logs: Path
    said: Path

    def lines(self) -> list[dict[str, Any]]:
        """Give what was written for Cloud Logging."""
        return [json.loads(line) for line in self.said.read_text().splitlines()]


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """Found a ledger in a retained bucket and seal a day into it."""
    with serving_gcs() as (content, address), on_google(monkeypatch, tmp_path / "nobody"):
        monkeypatch.setenv("STORAGE_EMULATOR_HOST", address)
        content.retained["audit-ledger"] = (731 * DAY_S, True)
        assert run(("init", str(tmp_path / "w"), *PLACES)) == 0
        settings = tmp_path / "w/dayseal.toml"
        text = settings.read_text().replace("# workers = 0 ", "workers = 1  # ")
        for name in ("inbox", "details"):
            text = text.replace(f'"gs://audit-ledger/{name}/"', f'"gs://audit-{name}/"')
        settings.write_text(f'{text}\n[[archives]]\nname = "logs"\npath = "{tmp_path}/logs"\n')
        write_day(tmp_path / "logs")
        assert run(("seal", "--config", str(settings), "--day", str(DAY))) in (0, 1, 3)
        monkeypatch.setenv("DAYSEAL_CONFIG", str(settings))
        monkeypatch.setenv("DAYSEAL_REVERIFY_BYTES", "1000000000")
        said = tmp_path / "said"
        with said.open("a") as stream:
            for module in (functions_gcp, functions_gcp_care):
                monkeypatch.setattr(module, "open_lines", lambda: LogLines(stream))
            yield Site(content, tmp_path / "logs", said)


def count(outcome: Outcome, name: str) -> float:
    """Give one of the numbers that a function counted."""
    (found,) = [one.value for one in outcome.counts if one.name == name]
    return found


def age() -> float:
    """Give how long ago the ledger says that something was read again."""
    station = open_station()
    (found,) = reread_age(station.reader(), station.surroundings.clock.now())
    return found.value


def test_a_sample_is_read_again_and_the_result_is_attested(site: Site) -> None:
    """The statement lies in the inbox, for the recorder to take in; then the alert's clock starts anew."""
    before = age()
    outcome = functions_gcp_care.reverify()
    assert (outcome.answer["verdict"], outcome.answer["days"]) == ("PASS", 1)
    assert count(outcome, "ReverifiedBytes") > 0
    assert functions_gcp.record(roll_call=False).answer["admitted"] == 1
    assert 0 <= age() <= before + 60
    assert "notice" not in str(site.lines())


def test_what_changed_in_the_archive_is_told(site: Site) -> None:
    """An ERROR line, which an alert looks for."""
    changed = next(path for path in sorted(site.logs.rglob("*")) if path.is_file())
    changed.write_bytes(changed.read_bytes()[:-1] + b"\x00")
    outcome = functions_gcp_care.reverify()
    assert (outcome.answer["verdict"], count(outcome, "ReverifyFailures")) == ("FAIL", 1)
    assert [line["severity"] for line in site.lines() if "notice" in line] == ["ERROR"]


def test_a_budget_that_does_not_fit_the_time_is_refused(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """Half a sample would be attested as a whole one; it is named instead, and the alert rings in a week."""
    monkeypatch.setenv("DAYSEAL_TIMEOUT_SECONDS", "1")
    with pytest.raises(OutOfTimeError):
        functions_gcp_care.reverify()
    assert site.lines() == []


def test_the_retention_is_made_longer_once(site: Site) -> None:
    """To the end of the newest day's term and a year more, counted from the bucket's making; then nothing is left."""
    site.content.retained["audit-ledger"] = (30 * DAY_S, True)
    outcome = functions_gcp_care.extend()
    term, locked = site.content.retained["audit-ledger"]
    assert (term % DAY_S, outcome.answer) == (0, {"days": term // DAY_S, "locked": True})
    assert locked
    assert dt.date(2024, 1, 1) + dt.timedelta(seconds=term) >= DAY + dt.timedelta(days=2 * 365)
    assert functions_gcp_care.extend().answer == {"days": None, "locked": True}
    assert site.content.retained["audit-ledger"] == (term, True)


def test_a_retention_that_anybody_can_shorten_is_told(site: Site) -> None:
    """It is not locked here: that cannot be undone, and is the deployer's to decide."""
    site.content.retained["audit-ledger"] = (36_000 * DAY_S, False)
    outcome = functions_gcp_care.extend()
    assert (outcome.answer["locked"], count(outcome, "LocksMissing")) == (False, 1)
    (line,) = [line for line in site.lines() if "notice" in line]
    assert (line["severity"], "not locked" in json.dumps(line)) == ("ERROR", True)


def test_a_bucket_without_any_retention_gets_one(site: Site) -> None:
    """As a versioned bucket without Object Lock would get locks."""
    del site.content.retained["audit-ledger"]
    outcome = functions_gcp_care.extend()
    assert outcome.answer["days"] is not None
    assert site.content.retained["audit-ledger"][0] == outcome.answer["days"] * DAY_S


@pytest.mark.parametrize("work", [functions_gcp_care.extend, functions_gcp_care.reverify])
def test_what_breaks_off_is_answered_with_500_and_counted_nowhere(
    site: Site, monkeypatch: pytest.MonkeyPatch, work: Callable[[], Outcome]
) -> None:
    """Whoever starts it sees that it did not work; a missing count is what rings."""
    monkeypatch.setenv("DAYSEAL_LEDGER", "gs://no-bucket/")
    answer, status = functions_gcp.answer("done", work)
    assert (status, "error" in answer) == (500, True)
    assert [line["severity"] for line in site.lines()] == ["ERROR"]
