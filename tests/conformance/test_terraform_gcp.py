"""The Terraform of Google Cloud, through Terraform itself with a provider that knows the resources' shapes."""

import subprocess
from pathlib import Path
from shutil import which

import pytest

ROOT = Path(__file__).resolve().parents[2]
CHECKER = ROOT.parent / "shared" / "tools" / "tfcheck" / "tfcheck"
PLACES = ("infra/gcp", "infra/gcp/modules/archive")


def test_terraform_would_format_infra_gcp_as_it_stands() -> None:
    """It reads every file for that, so one that is no HCL is found in every run of the tests."""
    terraform = which("terraform")
    if terraform is None:
        pytest.skip("no terraform on the path")
    command = [terraform, "fmt", "-check", "-recursive", "-diff", str(ROOT / "infra/gcp")]
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.slow  # a minute: a process of the provider for each run of a test
def test_terraform_validates_and_tests_what_stands_in_infra_gcp() -> None:
    """An argument that does not exist, or a role for somebody else, is found before anybody deploys."""
    if not CHECKER.is_file() or which("terraform") is None:
        pytest.skip("no tfcheck beside the repository, or no terraform on the path")
    command = [str(CHECKER), *(str(ROOT / place) for place in PLACES)]
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 failed" in done.stdout
