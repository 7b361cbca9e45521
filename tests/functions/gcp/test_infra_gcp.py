"""What the Terraform of Google Cloud grants is what dayseal's own table of permissions names; and what is deployed."""

import ast
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import gcp_source
from dayseal.clouds.gcp.permissions import PERMISSIONS, Where
from support.functions_process import ROOT

READ = (Where.SCOPE, Where.ABOVE, Where.CLUSTER, Where.OWNER)


def granted(name: str) -> set[str]:
    """Give a list of permissions that stands in the Terraform's locals."""
    text = (ROOT / "infra/gcp/roles.tf").read_text()
    found = re.search(rf"(?m)^\s*{name}\s*=\s*(\[[^\]]*\])", text)
    assert found is not None, name
    return set(ast.literal_eval(found[1]))


def needed(*places: Where) -> set[str]:
    """Give the permissions that are needed in some places."""
    return {permission.name for permission in PERMISSIONS if permission.where in places}


def test_the_reader_s_role_names_each_permission_and_no_other() -> None:
    """One too few is an UNKNOWN in every report, one too many is a right that nobody checked."""
    keys = {name for name in needed(Where.ARCHIVE) if name.startswith("cloudkms.")}  # the bucket's key lies anywhere
    assert granted("reader_permissions") == needed(*READ) | keys
    assert granted("archive_permissions") == needed(Where.ARCHIVE) - keys
    assert granted("signer_permissions") == needed(Where.KEY)


def test_the_stores_roles_together_are_what_the_ledger_needs() -> None:
    """Replacing an object needs the right to delete it, which only the recorder has, for two names."""
    text = (ROOT / "infra/gcp/roles.tf").read_text()
    assert granted("store_reader_permissions") | {"storage.objects.create", "storage.objects.delete"} == needed(
        Where.LEDGER
    )
    assert text.count("storage.objects.delete") == 1
    assert text.count("storage.objects.create") == 1


def test_nothing_is_granted_by_a_wide_role() -> None:
    """Only two roles of Google's own: to call a function, and for the sink to write."""
    found = {
        role
        for path in (ROOT / "infra/gcp").rglob("*.tf")
        for role in re.findall(r'"(roles/[a-zA-Z.]+)"', path.read_text())
    }
    assert found == {"roles/run.invoker", "roles/storage.objectCreator"}


def test_the_source_holds_what_a_function_imports_and_no_key(tmp_path: Path) -> None:
    """It is imported from the zip alone, as it is deployed."""
    pytest.importorskip("functions_framework", reason="the functions framework is not installed")
    workspace = tmp_path / "w"
    (workspace / "keys").mkdir(parents=True)
    (workspace / "keys/root.pem").write_text("secret")
    (workspace / "dayseal.toml").write_text('[ledger]\norigin = "example.com/log"\n')
    (workspace / "trust.policy").write_text("quorum none\n")
    built = [tmp_path / "a.zip", tmp_path / "b.zip"]
    assert [gcp_source.main([str(workspace), str(path)]) for path in built] == [0, 0]
    assert built[0].read_bytes() == built[1].read_bytes()
    with zipfile.ZipFile(built[0]) as archive:
        names = archive.namelist()
        archive.extractall(tmp_path / "source")
    assert not [name for name in names if "pem" in name or "dayseal/cli/" in name]
    program = "import main, dayseal.wiring.functions_gcp, dayseal.wiring.functions_gcp_lookup"
    subprocess.run([sys.executable, "-c", program], cwd=tmp_path / "source", env={}, check=True)


def test_a_source_without_settings_is_refused(tmp_path: Path) -> None:
    """It would fail at its first call."""
    assert gcp_source.main([str(tmp_path), str(tmp_path / "a.zip")]) == 2
