"""Re-verification walks a folder once, however many days are recorded."""

import datetime as dt
import os
from pathlib import Path
from typing import Any

import pytest

from dayseal.model import Verdict
from dayseal.reverification import reverify_archives
from dayseal.steps.reverifying import Selection
from support.plain_logs import DAY, write_day
from support.sealing import World


def test_reverify_walks_a_folder_once_for_all_recorded_days(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten years of days times ten years of files would take for ever."""
    world = World(tmp_path)
    for number in range(4):
        write_day(world.logs, DAY + dt.timedelta(days=number), skip_minutes=range(1430))
        world.seal(DAY + dt.timedelta(days=number))
    parts = world.parts()
    walked: list[str] = []
    scandir = os.scandir

    def counted(path: Any = ".") -> Any:  # noqa: ANN401 - as wide as the function it stands for
        if not isinstance(path, int):
            walked.append(str(path))
        return scandir(path)

    monkeypatch.setattr(os, "scandir", counted)
    report = reverify_archives(parts, Selection("all"), only=None)
    assert [one.finding.verdict for one in report.rereads] == [Verdict.PASS] * 4
    assert [Path(path).resolve() for path in walked].count(world.logs.resolve()) == 1
