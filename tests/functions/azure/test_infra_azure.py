"""What the Terraform of Azure grants is what dayseal's own table of permissions names."""

import ast
import re

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
