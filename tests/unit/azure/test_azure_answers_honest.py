"""The Azure of the tests says what Azure would say: what it makes up is found, by the SDK's types or by examples."""

from typing import Any

import pytest

from support.azure_estate import aks_cluster, subscription_id
from support.azure_insights import setting
from support.azure_specs import SPECS, faults_of

CLUSTER = aks_cluster(subscription_id(1), "prod")


def listed(**changes: Any) -> dict[str, Any]:  # noqa: ANN401 - any property
    """Give a listing of one cluster with some properties changed."""
    return {"value": [CLUSTER | {"properties": CLUSTER["properties"] | changes}]}


def test_a_cluster_as_it_is_listed_fits() -> None:
    """Otherwise the rows below would prove nothing."""
    assert faults_of("containerservice:managedClusters.list", listed()) == []


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"powerstate": {"code": "Running"}}, "powerstate: not in the SDK"),
        ({"powerState": {"name": "Running"}}, "name: not in the SDK"),
        ({"agentPoolProfiles": [{"name": "n", "nodes": 3}]}, "nodes: not in the SDK"),
    ],
)
def test_a_field_nobody_knows_is_found(changes: dict[str, Any], fault: str) -> None:
    """A reader that looks for it would find nothing in Azure."""
    (found,) = faults_of("containerservice:managedClusters.list", listed(**changes))
    assert found.endswith(fault)


def test_fields_of_the_older_generator_are_compared_too() -> None:
    """Half of the SDK flattens what Azure nests."""
    good = {"value": [{"id": "/x", "name": "x", "type": "t", **setting("audit", "kube-audit", storageAccountId="/a")}]}
    assert faults_of("insights:diagnosticSettings.list", good) == []
    good["value"][0]["properties"]["logs"][0]["on"] = True
    good["value"][0]["properties"]["storageAccount"] = "/a"
    found = faults_of("insights:diagnosticSettings.list", good)
    assert len(found) == 2
    assert all(fault.endswith("not in the SDK") for fault in found)


@pytest.mark.skipif(not SPECS.is_dir(), reason=f"Azure's published examples are not there: {SPECS}")
def test_a_value_of_another_kind_is_found_by_the_examples() -> None:
    """The SDK takes a number written as a text, a strict reader does not."""
    found = faults_of("containerservice:managedClusters.list", listed(agentPoolProfiles=[{"name": "n", "count": "3"}]))
    assert found == [
        "containerservice:managedClusters.list: $.value[].properties.agentPoolProfiles[].count: str, in Azure int"
    ]
