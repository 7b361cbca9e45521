"""Keeps the Azure of the tests honest: its answers against Azure's published examples and its SDK's types."""

import copy
import functools
import importlib
import json
from pathlib import Path
from typing import Any, Final

from azure.core.exceptions import AzureError

SPECS: Final = Path(__file__).resolve().parents[3] / "shared/specs/azure"
_AKS: Final = "azure.mgmt.containerservice.models"
_RIGHTS: Final = "azure.mgmt.authorization.v2022_04_01.models"
_DIAGNOSTICS: Final = "azure.mgmt.monitor.v2021_05_01_preview.models"
_STORAGE: Final = "azure.mgmt.storage.models"
# By call: where the SDK keeps its types, the type of one item, and the key the items stand under (`""`: no listing).
_TYPES: Final[dict[str, tuple[str, str, str]]] = {
    "authorization:permissions.list": (_RIGHTS, "Permission", "value"),
    "authorization:roleAssignments.list": (_RIGHTS, "RoleAssignment", "value"),
    "authorization:roleDefinitions.get": (_RIGHTS, "RoleDefinition", ""),
    "containerservice:managedClusters.get": (_AKS, "ManagedCluster", ""),
    "containerservice:managedClusters.list": (_AKS, "ManagedCluster", "value"),
    "insights:diagnosticSettings.list": (_DIAGNOSTICS, "DiagnosticSettingsResource", "value"),
    "insights:diagnosticSettingsCategories.list": (_DIAGNOSTICS, "DiagnosticSettingsCategoryResource", "value"),
    "insights:eventtypes.list": ("azure.mgmt.monitor.v2015_04_01.models", "EventData", "value"),
    "insights:metricAlerts.list": ("azure.mgmt.monitor.v2018_03_01.models", "MetricAlertResource", "value"),
    "operationalinsights:tables.get": ("azure.mgmt.loganalytics.models", "Table", ""),
    "operationalinsights:tables.list": ("azure.mgmt.loganalytics.models", "Table", "value"),
    "operationalinsights:workspaces.get": ("azure.mgmt.loganalytics.models", "Workspace", ""),
    "resourcegraph:resources": ("azure.mgmt.resourcegraph.models", "QueryResponse", ""),
    "storage:blobContainers.get": (_STORAGE, "BlobContainer", ""),
    "storage:blobContainers.list": (_STORAGE, "ListContainerItem", "value"),
    "storage:blobServices.get": (_STORAGE, "BlobServiceProperties", ""),
    "storage:encryptionScopes.get": (_STORAGE, "EncryptionScope", ""),
    "storage:managementPolicies.get": (_STORAGE, "ManagementPolicy", ""),
    "storage:storageAccounts.get": (_STORAGE, "StorageAccount", ""),
}  # fmt: skip
# By call: the published example of its answer.
_EXAMPLES: Final = {
    "containerservice:managedClusters.list": "ManagedClustersList.2025-05-01",
    "insights:diagnosticSettings.list": "listDiagnosticSettings.2021-05-01-preview",
    "insights:diagnosticSettingsCategories.list": "listDiagnosticSettingsCategories.2021-05-01-preview",
    "insights:eventtypes.list": "GetActivityLogsFiltered.2015-04-01",
    "operationalinsights:tables.get": "TablesGet.2022-10-01",
    "storage:blobContainers.get": "BlobContainersGetWithAllowProtectedAppendWritesAll.2023-05-01",
}


def faults_of(call: str, answer: dict[str, Any]) -> list[str]:
    """Give what is wrong with an answer, one line for each fault; without the examples only the SDK is asked."""
    found: list[str] = []
    if call in _TYPES:
        module, name, key = _TYPES[call]
        for item in answer[key] if key else [answer]:
            found += _compare_type(importlib.import_module(module), name, item, name)
    example = _example(call)
    if example is not None:
        found += _compare(example, answer, "$")
    return [f"{call}: {fault}" for fault in found]


@functools.cache
def _example(call: str) -> Any:  # noqa: ANN401 - JSON
    path = SPECS / f"{_EXAMPLES.get(call, '')}.json"
    return json.loads(path.read_text())["responses"]["200"]["body"] if path.is_file() else None


def _compare(example: Any, value: Any, at: str) -> list[str]:  # noqa: ANN401 - JSON
    """Compare the kinds of values that both have; what only one of them has is the SDK's to judge."""
    if example is None or value is None:
        return []
    if isinstance(example, dict) and isinstance(value, dict):
        return [f for key in example.keys() & value.keys() for f in _compare(example[key], value[key], f"{at}.{key}")]
    if isinstance(example, list) and isinstance(value, list):
        return [f for item in value for like in example[:1] for f in _compare(like, item, f"{at}[]")]
    return [] if type(example) is type(value) else [f"{at}: {type(value).__name__}, in Azure {type(example).__name__}"]


def _compare_type(module: Any, name: str, value: Any, at: str) -> list[str]:  # noqa: ANN401 - JSON and modules
    kind = getattr(module, name)
    try:
        if hasattr(kind, "_attribute_map"):
            kind.deserialize(copy.deepcopy(value))  # it takes out what names the type
            return _compare_map(module, kind, value, at)
        return _compare_fields(kind(value), value, at)
    except (AzureError, ValueError, TypeError, KeyError, AttributeError) as exc:
        return [f"{at}: the SDK cannot read it: {type(exc).__name__} {exc}"]


def _compare_map(module: Any, kind: Any, value: dict[str, Any], at: str, root: str = "") -> list[str]:  # noqa: ANN401 - the SDK's
    """Compare with a type that the older generator wrote: dots in its keys are nested objects, `root` lies behind."""
    kind = _subtype(module, kind, value)
    keys = {_plain(told): told["type"].strip("[]") for told in kind._attribute_map.values()}
    found = []
    for key, inner in value.items():
        name, where = f"{root}{key}", f"{at}.{key}"
        if any(known.startswith(f"{name}.") for known in keys) and isinstance(inner, dict):
            found += _compare_map(module, kind, inner, where, f"{name}.")
        elif name not in keys:
            found.append(f"{where}: not in the SDK")
        else:
            below = getattr(module, keys[name], None)
            for item in inner if isinstance(inner, list) else [inner]:
                if hasattr(below, "_attribute_map") and isinstance(item, dict):
                    found += _compare_map(module, below, item, where)
    return found


def _subtype(module: Any, kind: Any, value: dict[str, Any]) -> Any:  # noqa: ANN401 - the SDK's
    """Give the type that a value names as its own, where there are several."""
    for field, kinds in getattr(kind, "_subtype_map", {}).items():
        named = kinds.get(value.get(_plain(kind._attribute_map[field])))
        if named is not None:
            return getattr(module, named)
    return kind


def _plain(told: dict[str, Any]) -> str:
    return str(told["key"]).replace("\\.", ".")


def _compare_fields(model: Any, value: dict[str, Any], at: str) -> list[str]:  # noqa: ANN401 - the SDK's
    """Compare with a type that the newer generator wrote; reading each attribute converts it."""
    names = {field._rest_name: name for name, field in type(model)._attr_to_rest_field.items()}
    found = []
    for key, inner in value.items():
        if key not in names:
            found.append(f"{at}.{key}: not in the SDK")
            continue
        got = getattr(model, names[key])
        pairs = zip(got, inner, strict=True) if isinstance(inner, list) else [(got, inner)]
        for one, told in pairs:
            if hasattr(type(one), "_attr_to_rest_field") and isinstance(told, dict):
                found += _compare_fields(one, told, f"{at}.{key}")
    return found
