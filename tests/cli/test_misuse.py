"""Misuse is answered with one clear sentence, a hint and exit code 2; nothing is written."""

from pathlib import Path

import pytest

from dayseal.cli.app import run


def words(*parts: str) -> tuple[str, ...]:
    """Give the words of a command line."""
    return parts


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (words("seal", "--day", "2024-05-01"), "no settings file"),
        (words("init", "full"), "not empty"),
        (words("verify", "x", "--trust", "absent"), "cannot read the trust policy"),
        (words("show", "prod"), "DAY"),
        (words("nonsense"), "nonsense"),
        (words("evidence", "--cluster", "x", "--from", "2024-05-01", "--to", "2024-05-02"), "--out"),
    ],
)
def test_misuse_says_what_is_wrong(
    line: tuple[str, ...],
    said: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A person at a prompt reads one line, not a traceback."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("DAYSEAL_CONFIG", raising=False)
    (tmp_path / "full").mkdir()
    (tmp_path / "full/file").touch()
    assert run(line) in (2, 3)
    assert said in capsys.readouterr().err


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Path:
    """An empty workspace, and the current folder beside it."""
    monkeypatch.chdir(tmp_path)
    assert run(words("init", "w")) == 0
    (tmp_path / "logs").mkdir()
    capsys.readouterr()
    return tmp_path


@pytest.mark.parametrize(
    ("line", "code", "said"),
    [
        (words("seal", "--day", "2999-01-01", "--archive", "logs"), 2, "frozen at 2999-01-02T06:00:00Z"),
        (words("seal", "--day", "yesterday", "--archive", "logs"), 2, "a day like 2026-11-22 promised"),
        (words("seal", "--day", "2024-05-01", "--since", "2024-05-01"), 2, "one promised"),
        (words("seal", "--day", "2024-05-01"), 2, "archive: none is configured"),
        (words("seal", "--day", "2024-05-01", "--archive", "absent"), 2, "is no folder"),
        (words("show", "prod", "2024-05-01"), 2, "no cluster in the ledger"),
        (words("reverify", "--archive", "logs", "--budget", "many"), 2, "a size like 500M promised"),
        (words("reverify", "--archive", "logs", "--seed", "a", "--nonce", "b"), 2, "one promised"),
        (words("reverify", "--archive", "logs"), 3, "nothing is recorded"),
        (words("ledger", "show", "99"), 2, "the log has 3"),
    ],
)
def test_misuse_of_a_workspace_says_what_is_wrong(
    workspace: Path, line: tuple[str, ...], code: int, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Not knowing (3) is told from misuse (2)."""
    assert run((*line, "--config", str(workspace / "w"))) == code
    assert said in capsys.readouterr().err


def test_an_empty_archive_is_unknown_and_not_fine(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """No cluster named anywhere: nobody can say that all is well."""
    line = words("seal", "--day", "2024-05-01", "--archive", "logs", "--config", str(workspace / "w"))
    assert run(line) == 3
    assert "no cluster in scope" in capsys.readouterr().err


def test_the_version_is_answered(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """And before anything heavy is imported."""
    from dayseal.cli import main  # noqa: PLC0415 - this is the thing under test

    monkeypatch.setattr("sys.argv", ["dayseal", "--version"])
    assert main() == 0
    assert capsys.readouterr().out.startswith("dayseal 0.")
