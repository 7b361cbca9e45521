import copy
import fnmatch
import json
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from support.aws_tools import run_tool
from support.stack_template import ROOT, transformed

TEMPLATES: Final = ("template.yaml", "infra/aws/reader.yaml", "infra/aws/archive.yaml", "infra/aws/federation.yaml")
pytestmark = pytest.mark.slow


def test_sam_takes_the_template() -> None:
    """With SAM's own linter."""
    done = run_tool("sam", "sam", "validate", "--lint")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "is a valid SAM Template" in done.stdout


@pytest.mark.parametrize("template", TEMPLATES)
def test_cfn_lint_finds_nothing(template: str) -> None:
    """Nothing is silenced: no rule is ignored, no configuration file lies beside."""
    done = run_tool("sam", "cfn-lint", "--non-zero-exit-code", "informational", template)
    assert (done.returncode, done.stdout) == (0, ""), done.stdout + done.stderr
    assert not list(ROOT.glob(".cfnlintrc*"))
    assert "cfn-lint" not in (ROOT / template).read_text()


def test_cfn_lint_finds_nothing_in_what_sam_makes_of_the_template(tmp_path: Path) -> None:
    """What CloudFormation gets is not what was written."""
    path = tmp_path / "transformed.json"
    path.write_text(json.dumps(transformed()))
    done = run_tool("sam", "cfn-lint", "--non-zero-exit-code", "error", "--regions", "eu-central-1", "--", str(path))
    assert (done.returncode, done.stdout) == (0, ""), done.stdout + done.stderr


def test_checkov_finds_nothing_without_a_written_reason(tmp_path: Path) -> None:
    """In the templates as they are and as SAM transforms them; a reason that nothing needs must go."""
    path = tmp_path / "transformed.json"
    path.write_text(json.dumps(transformed()))
    found = {finding for one in (*(ROOT / name for name in TEMPLATES), path) for finding in _findings(one)}
    listed = tomllib.loads((Path(__file__).parent / "checkov_reasons.toml").read_text())["reasons"]
    reasons = [(one["check"], pattern) for one in listed for pattern in one["resources"] if len(one["why"]) > 40]
    unexplained = {f for f in found if not any(_explains(reason, f) for reason in reasons)}
    unused = {reason for reason in reasons if not any(_explains(reason, f) for f in found)}
    assert (unexplained, unused) == (set(), set())


def test_checkov_would_have_found_something(tmp_path: Path) -> None:
    """A checker that reads nothing finds nothing."""
    template = copy.deepcopy(transformed())
    template["Resources"]["LedgerBucket"]["Properties"].pop("PublicAccessBlockConfiguration")
    path = tmp_path / "open.json"
    path.write_text(json.dumps(template))
    assert {check for check, resource in _findings(path) if resource == "LedgerBucket"} >= {"CKV_AWS_53", "CKV_AWS_56"}


def _findings(path: Path) -> Iterator[tuple[str, str]]:
    options = ("--skip-download", "--framework", "cloudformation", "--output", "json", "--file")
    done = run_tool("checkov", "checkov", *options, str(path), folder=path.parent)
    report: dict[str, Any] = json.loads(done.stdout)
    assert report["summary"]["parsing_errors"] == 0
    assert report["summary"]["passed"] > 5
    for one in report["results"]["failed_checks"]:
        yield one["check_id"], one["resource"].rpartition(".")[2]


def _explains(reason: tuple[str, str], finding: tuple[str, str]) -> bool:
    return reason[0] == finding[0] and fnmatch.fnmatchcase(finding[1], reason[1])
