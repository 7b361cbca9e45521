"""Azures with one AKS cluster: a healthy route, and for each member that decides a check one that is wrong."""

import datetime as dt
from collections.abc import Callable
from typing import Any, Final

from support.azure_estate import ACCOUNT_ID, CONTAINER
from support.azure_insights import setting
from support.azure_rights import OWNER
from support.azure_storage_arm import held, immutable, rule
from support.azure_verdicts import PROD, SHOP, add_route, to_archive
from support.azure_world import World
from support.route_facts import NOW

_SPACE: Final = f"/subscriptions/{SHOP}/resourceGroups/rg/providers/Microsoft.OperationalInsights/workspaces/logs"
_GUID: Final = "33333333-0000-0000-0000-000000000000"
_ROBOT: Final = "aaaaaaaa-0000-0000-0000-000000000001"  # the cluster's own identity
_HOUR: Final = dt.timedelta(hours=1)
Change = Callable[[World], None]
make_healthy: Final = add_route


def _sends(*settings: dict[str, Any]) -> Change:
    return lambda world: world.insights.add_resource(PROD, *settings)


def _locks(*parts: dict[str, Any]) -> Change:
    told = {key: value for part in parts for key, value in part.items()}
    return lambda world: world.storage.containers[ACCOUNT_ID.lower(), CONTAINER]["properties"].update(told)


def _account(**properties: Any) -> Change:  # noqa: ANN401 - any property
    return lambda world: world.storage.accounts[ACCOUNT_ID.lower()]["properties"].update(properties)


def _unlocked(world: World) -> None:
    world.storage.add_container(ACCOUNT_ID, CONTAINER)


def _only_held(world: World) -> None:
    world.storage.add_container(ACCOUNT_ID, CONTAINER, **held("case", appends=True))


def _kept(world: World) -> None:
    _unlocked(world)
    world.storage.lock_account(ACCOUNT_ID, "CanNotDelete")


def _tidy(**filters: Any) -> Change:  # noqa: ANN401 - any filter
    return lambda world: world.storage.set_policy(ACCOUNT_ID, rule("tidy", 30, **filters))


def _own(world: World) -> None:
    world.rights.assign(_ROBOT, OWNER, ACCOUNT_ID)


def _custom(world: World) -> None:
    name = "eeeeeeee-0000-0000-0000-000000000009"
    world.rights.define("Mine", name, "*/read", dataActions=["Microsoft.Storage/*/blobs/write"])
    world.rights.assign(_ROBOT, name, ACCOUNT_ID)


def _unwatched(world: World) -> None:
    world.security.set(SHOP)


def _short_workspace(world: World) -> None:
    world.logs.add_workspace(_SPACE, _GUID, AKSAudit=("Analytics", 92, 100))
    kept = setting("ask", "kube-audit", "guard", workspaceId=_SPACE, logAnalyticsDestinationType="Dedicated")
    world.insights.add_resource(PROD, kept)


def _basic_workspace(world: World) -> None:
    _short_workspace(world)
    world.logs.add_workspace(_SPACE, _GUID, AKSAudit=("Basic", 400, 400))


def _happened(operation: str, where: str) -> Change:
    return lambda world: world.insights.happen(operation, where, NOW - 5 * _HOUR)


_SETTING: Final = f"{PROD}/providers/microsoft.insights/diagnosticSettings/audit"
_POLICY: Final = f"{ACCOUNT_ID}/blobServices/default/containers/{CONTAINER}/immutabilityPolicies/default"
_POLICIES: Final = "Microsoft.Storage/storageAccounts/blobServices/containers/immutabilityPolicies"
_ELSEWHERE: Final = setting("audit", "kube-audit", "guard", storageAccountId=f"{ACCOUNT_ID}2")
_WALL: Final = {"bypass": "None", "defaultAction": "Deny", "virtualNetworkRules": [], "ipRules": []}
# By name: the check that is not passed, and what was changed.
BROKEN: Final[dict[str, tuple[str, Change]]] = {
    "no setting": ("audit-enabled", _sends()),
    "other category": ("audit-enabled", _sends(to_archive("cluster-autoscaler"))),
    "category off": ("audit-enabled", _sends(to_archive("-kube-audit"))),
    "unknown group": ("audit-enabled", _sends(to_archive("@newGroup"))),
    "writes only": ("audit-coverage", _sends(to_archive("kube-audit-admin"))),
    "elsewhere": ("export-route", _sends(_ELSEWHERE)),
    "behind a firewall": ("export-route", _account(networkAcls=_WALL)),
    "network off": ("export-route", _account(networkAcls=_WALL, publicNetworkAccess="Disabled")),
    "short workspace": ("retention", _short_workspace),
    "basic workspace": ("retention", _basic_workspace),
    "tidied": ("retention", _tidy(prefixMatch=[f"{CONTAINER}/"])),
    "all tidied": ("retention", _tidy()),
    "not locked": ("archive-immutable", _locks(immutable(state="Unlocked"))),
    "locked for a month": ("archive-immutable", _locks(immutable(30))),
    "undeliverable": ("archive-immutable", _locks(immutable(allowProtectedAppendWrites=False))),
    "held": ("archive-immutable", _locks(immutable(), held("case"))),
    "only held": ("archive-immutable", _only_held),
    "unlocked": ("archive-immutable", _unlocked),
    "account kept": ("archive-immutable", _kept),
    "public": ("archive-central", _account(allowBlobPublicAccess=True)),
    "own robot": ("archive-central", _own),
    "custom role": ("archive-central", _custom),
    "plan off": ("monitored", _unwatched),
    "setting deleted": ("continuity", _happened("microsoft.insights/diagnosticSettings/delete", _SETTING)),
    "policy deleted": ("continuity", _happened(f"{_POLICIES}/delete", _POLICY)),
    "account deleted": ("continuity", _happened("Microsoft.Storage/storageAccounts/delete", ACCOUNT_ID)),
}
