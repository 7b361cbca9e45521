"""The commands of the front page and of the local guide are run, in order, as they stand there."""

import re
from pathlib import Path

import pytest

from dayseal.cli.app import run
from support.plain_logs import DAY, EXEC_ID, write_day

ROOT = Path(__file__).resolve().parents[2]


def commands(page: str) -> list[list[str]]:
    """Give the words of every line of a page's code blocks that runs dayseal."""
    blocks = re.findall(r"^```\n(.*?)^```", (ROOT / page).read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    lines = [line for block in blocks for line in block.splitlines() if line.startswith("dayseal ")]
    real = [line.replace("2026-11-22", str(DAY)).replace("--audit-id ID", f"--audit-id {EXEC_ID}") for line in lines]
    return [line.split() for line in real]


@pytest.mark.parametrize(("page", "count"), [("docs/guides/local.md", 9), ("README.md", 2)])
def test_the_commands_of_a_page_run_as_they_stand(
    page: str, count: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A reader types them, and must not be told of a mistake that we made."""
    write_day(tmp_path / "logs")
    monkeypatch.chdir(tmp_path)
    found = commands(page)
    assert len(found) >= count
    for words in found:
        # The roll-call of a day long past is late by now, which `gaps` rightly says.
        expected = (0, 1) if words[1] == "gaps" else (0,)
        assert run(words[1:]) in expected, (words, capsys.readouterr())
