"""What `dayseal check` tells beside its verdicts: calls, reasons, one cluster only, changes since a day, progress."""

import datetime as dt
import gzip
import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from dayseal.cli.app import run
from dayseal.cli.progress import call_progress
from dayseal.clouds.aws.places import Place
from dayseal.model.route import Call
from support.moto_world import EU, World
from support.one_cluster_aws import one_cluster_aws, write_settings

EMPTY = gzip.compress(b'{"Records": []}')


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """An AWS with one healthy cluster, and our credentials for it in the environment."""
    with one_cluster_aws(tmp_path, monkeypatch) as world:
        yield world


def check(folder: Path, capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    """Run the verb; gives exit code, stdout and stderr."""
    code = run(("check", *words, "--config", str(folder)))
    said = capsys.readouterr()
    return code, said.out, said.err


def test_the_calls_that_were_made_are_listed(world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Whoever runs it hourly over a fleet asks what it costs; the list is what AWS counted."""
    _, out, _ = check(tmp_path, capsys, "--format", "json")
    assert json.loads(out)["calls"] == world.gate.counted()
    _, out, _ = check(tmp_path, capsys, "--calls")
    lines = {line.split()[0]: line.split()[1:] for line in out.splitlines() if line}
    assert lines["eks:DescribeCluster"] == ["1", "1.00"]
    assert lines["logs:DescribeAccountPolicies"] == ["4", "4.00"]


def test_a_finding_is_explained_by_facts_calls_and_what_was_refused(
    world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A verdict nobody can repeat is an opinion."""
    world.gate.refuse("logs:DescribeExportTasks", "AccessDeniedException", status=403)
    _, out, _ = check(tmp_path, capsys, "prod", "--explain")
    assert "\naudit-enabled: PASS." in out
    assert f"[eks:DescribeCluster(name) on arn:aws:eks:{EU}:{world.first}:cluster/prod]" in out
    assert "exports = not known: " in out
    assert "[logs:DescribeExportTasks() on" in out


def test_one_cluster_can_be_checked_by_itself(world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The population stays what it is; a name that fits nothing or two is refused."""
    world.add_cluster(Place(world.first, EU), "production")
    world.add_cluster(Place(world.first, EU), "test-1")
    _, out, _ = check(tmp_path, capsys, "prod", "--format", "json")
    report = json.loads(out)
    assert [c["cluster"].split(":")[3] for c in report["clusters"]] == ["prod"]
    assert report["population"].startswith("3 clusters returned by")
    assert check(tmp_path, capsys, "prodution")[0] == 2
    code, _, err = check(tmp_path, capsys, f":{EU}:")
    assert (code, "3 fit, one promised" in err) == (2, True)


def test_changes_are_looked_up_from_the_day_that_is_given(
    world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Ninety days take minutes, and mostly were judged before."""
    day = (world.now - dt.timedelta(days=2)).date()
    trail = world.add_bucket(world.home, "trail")
    for back in range(3):
        at = world.now - dt.timedelta(days=back)
        for account in (world.first, world.home):
            key = f"AWSLogs/o-example/{account}/CloudTrail/{EU}/{at:%Y/%m/%d}/x.json.gz"
            world.put_object(world.home, trail, key, EMPTY)
    write_settings(tmp_path, f'trail = "s3://{trail}/AWSLogs/o-example/"\ntrail_account = "{world.home}"\n')
    world.gate.heal()
    _, out, _ = check(tmp_path, capsys, "--changes", "--since", str(day), "--format", "json")
    (cluster,) = json.loads(out)["clusters"]
    finding = next(f for f in cluster["findings"] if f["check"] == "continuity")
    assert finding["verdict"] == "PASS", finding
    assert f"since {day}T00:00:00Z" in finding["summary"]
    assert "cloudtrail:LookupEvents" not in world.gate.counted()
    assert check(tmp_path, capsys, "--since", str(day))[0] == 2


def test_a_terminal_shows_the_calls_and_a_pipe_nothing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Minutes of silence look like a hang; a log file wants no drawing."""
    call = Call("eks", "DescribeCluster", "prod")
    with call_progress("asking aws") as heard:
        heard(call)
    assert capsys.readouterr().err == ""
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    with call_progress("asking aws") as heard:
        heard(call)
        heard(call)
    assert "asking aws: 2 calls, eks:DescribeCluster on prod" in capsys.readouterr().err
