"""`dayseal check --apiserver-manifest` needs no cloud and no settings; where there are settings, their terms count."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from dayseal.cli.app import app
from dayseal.errors import FormatError, UsageError
from support.apiserver_manifests import GOOD_FLAGS, manifest

POLICY = "apiVersion: audit.k8s.io/v1\nkind: Policy\nomitStages: [RequestReceived]\nrules:\n- level: Metadata\n"


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a manifest and its policy."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("DAYSEAL_CONFIG", raising=False)
    (tmp_path / "m.yaml").write_bytes(manifest(*GOOD_FLAGS, "--audit-log-maxage=40", "--audit-log-maxbackup=0"))
    (tmp_path / "p.yaml").write_text(POLICY)
    return tmp_path


def run(*words: str) -> tuple[int, str]:
    """Give the exit code and all that was printed; what is an error of ours is raised."""
    result = CliRunner().invoke(app, ["check", *words])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.output


@pytest.mark.usefixtures("here")
def test_a_manifest_is_judged_without_a_cloud_or_settings() -> None:
    """What it cannot show makes the exit code 3, never 0."""
    code, said = run("--apiserver-manifest", "m.yaml", "--audit-policy", "p.yaml", "--explain")
    assert code == 3
    assert "audit-coverage  PASS" in said
    assert "retention: set --audit-log-maxage=365" in said
    assert "--audit-log-maxage = 40" in said


def test_the_settings_terms_count_where_there_are_settings(here: Path) -> None:
    """Forty days are enough for who promised thirty."""
    assert CliRunner().invoke(app, ["init", "w"]).exit_code == 0
    settings = here / "w" / "dayseal.toml"
    settings.write_text(
        settings.read_text().replace("# hot_days = 92\n# total_days = 365", "hot_days = 9\ntotal_days = 30")
    )
    code, said = run("--apiserver-manifest", "m.yaml", "--format", "json", "--config", "w")
    found = {one["check"]: one["verdict"] for one in json.loads(said)["findings"]}
    assert (code, found["retention"], found["audit-coverage"]) == (3, "PASS", "UNKNOWN")


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize(
    ("words", "error", "said"),
    [
        (("--apiserver-manifest", "none.yaml"), UsageError, "no such file"),
        (("--apiserver-manifest", "p.yaml"), FormatError, "one Pod promised"),
        (("--apiserver-manifest", "m.yaml", "--audit-policy", "m.yaml"), FormatError, "Policy promised"),
        (("--apiserver-manifest", "m.yaml", "--changes"), UsageError, "neither a cluster"),
        (("--apiserver-manifest", "m.yaml", "--format", "ocsf"), UsageError, "table or json"),
        (("--audit-policy", "p.yaml"), UsageError, "goes with --apiserver-manifest"),
        (("--apiserver-manifest", "m.yaml", "--config", "none.toml"), UsageError, "no settings file"),
    ],
)
def test_what_makes_no_sense_is_said(words: tuple[str, ...], error: type[Exception], said: str) -> None:
    """With what is, what was promised, and nothing judged."""
    with pytest.raises(error, match=said):
        run(*words)
