"""What the Terraform of Azure grants is what dayseal's own table of permissions names; and what is deployed."""

import ast
import json
import re
import zipfile
from pathlib import Path

import azure_source
from dayseal.clouds.azure.permissions import PERMISSIONS, Where
from support.functions_process import ROOT

READ = (Where.SCOPE, Where.CLUSTER, Where.WORKSPACE, Where.ARCHIVE)


def granted(name: str) -> set[str]:
    """Give a list of actions that stands in the Terraform's locals."""
    text = (ROOT / "infra/azure/roles.tf").read_text()
    found = re.search(rf"(?m)^\s*{name}\s*=\s*(\[[^\]]*\])", text)
    assert found is not None, name
    return set(ast.literal_eval(found[1]))


def needed(*places: Where, data: bool) -> set[str]:
    """Give the actions that are needed in some places."""
    return {permission.name for permission in PERMISSIONS if permission.where in places and permission.data is data}


def test_the_reader_s_role_names_each_action_and_no_other() -> None:
    """One too few is an UNKNOWN in every report, one too many is a right that nobody checked."""
    assert granted("reader_actions") == needed(*READ, data=False)
    assert granted("archive_data_actions") == needed(*READ, data=True)


def test_keys_and_stores_are_granted_what_the_ledger_needs() -> None:
    """Both live in the data plane: nobody who runs here may change a vault, a container or a policy."""
    assert granted("signer_data_actions") == needed(Where.KEY, data=True)
    assert granted("store_writer_data_actions") == needed(Where.LEDGER, data=True)
    assert granted("store_reader_data_actions") < granted("store_writer_data_actions")
    assert not needed(Where.KEY, Where.LEDGER, data=False)


def test_no_role_of_ours_names_a_wildcard_or_a_deletion() -> None:
    """A wildcard grants what Azure adds later; who may delete could take a day away."""
    text = (ROOT / "infra/azure/roles.tf").read_text()
    actions = re.findall(r'"(Microsoft\.[^"$]+)"', text)
    assert len(actions) > 20
    assert not [action for action in actions if "*" in action or "delete" in action.lower()]


def test_only_two_wide_roles_are_bound_and_each_on_something_of_its_own() -> None:
    """An app's own host storage, and telling Application Insights; all else are roles of ours."""
    found = {
        role
        for path in (ROOT / "infra/azure").rglob("*.tf")
        for role in re.findall(r'role_definition_name\s*=\s*"([^"]+)"', path.read_text())
    }
    assert found == {"Storage Blob Data Owner", "Monitoring Metrics Publisher"}


def test_the_source_holds_what_an_app_imports_and_no_key(tmp_path: Path) -> None:
    """Equal inputs give equal bytes; the other tests of this folder run what was unzipped."""
    workspace = tmp_path / "w"
    (workspace / "keys").mkdir(parents=True)
    (workspace / "keys/root.pem").write_text("secret")
    (workspace / "dayseal.toml").write_text('[ledger]\norigin = "example.com/log"\n')
    (workspace / "trust.policy").write_text("quorum none\n")
    built = [tmp_path / "a.zip", tmp_path / "b.zip"]
    assert [azure_source.main([str(workspace), str(path)]) for path in built] == [0, 0]
    assert built[0].read_bytes() == built[1].read_bytes()
    with zipfile.ZipFile(built[0]) as archive:
        names = archive.namelist()
        host = json.loads(archive.read("host.json"))
    assert {"function_app.py", "host.json", "requirements.txt", "dayseal.toml", "trust.policy"} < set(names)
    assert not [name for name in names if "pem" in name or "dayseal/cli/" in name or "clouds/gcp/" in name]
    assert host["extensions"]["http"]["routePrefix"] == ""
    assert host["logging"]["applicationInsights"]["samplingSettings"]["isEnabled"] is False  # a count lost is an alarm


def test_a_source_without_settings_is_refused(tmp_path: Path) -> None:
    """It would fail at its first call."""
    assert azure_source.main([str(tmp_path), str(tmp_path / "a.zip")]) == 2


def test_the_host_lets_a_run_take_as_long_as_the_terraform_promises() -> None:
    """A function is ended at host.json's time, whatever it was told itself."""
    host = json.loads((ROOT / "functions/azure/host.json").read_text())
    hours, minutes, seconds = map(int, host["functionTimeout"].split(":"))
    text = (ROOT / "infra/azure/variables.tf").read_text()
    found = re.search(r"run_timeout_seconds <= (\d+)", text)
    assert found is not None
    assert int(found[1]) <= hours * 3600 + minutes * 60 + seconds


def test_each_setting_of_an_app_is_read_by_somebody() -> None:
    """A name that is spelled in two ways is a setting that says nothing."""
    told = set(re.findall(r"\bDAYSEAL_[A-Z_]+", (ROOT / "infra/azure/functions.tf").read_text()))
    places = [*(ROOT / "shared/dayseal").rglob("*.py"), ROOT / "functions/azure/function_app.py"]
    read = {name for path in places for name in re.findall(r"DAYSEAL_[A-Z_]+", path.read_text())}
    assert told
    assert told <= read
