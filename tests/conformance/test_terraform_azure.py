"""The Terraform of Azure, through Terraform itself with a provider that knows the resources' shapes."""

import subprocess
from pathlib import Path
from shutil import which

import pytest

ROOT = Path(__file__).resolve().parents[2]
CHECKER = ROOT.parent / "shared" / "tools" / "tfcheck" / "tfcheck"
PLACES = ("infra/azure", "infra/azure/modules/archive")


@pytest.mark.slow
def test_terraform_formats_validates_and_tests_what_stands_in_infra_azure() -> None:
    """An argument that does not exist, or a role for somebody else, is found before anybody deploys."""
    if not CHECKER.is_file() or which("terraform") is None:
        pytest.skip("no tfcheck beside the repository, or no terraform on the path")
    command = [str(CHECKER), *(str(ROOT / place) for place in PLACES)]
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 failed" in done.stdout
