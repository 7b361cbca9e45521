"""Storage accounts as Resource Manager shows them: containers, locks, lifecycle, services, encryption scopes."""

import re
from typing import Any, Final

from support.azure_routes import Answer, NotHereError, Page, Request, Route

_ACCOUNT: Final = r"(/subscriptions/[^/]+/resourceGroups/[^/]+/providers/Microsoft\.Storage/storageAccounts/[^/]+)"
_BLOBS: Final = "Microsoft.Storage/storageAccounts/blobServices"

Body = dict[str, Any]


class StorageArm:
    """What there is, by the account's id in lower case, and by a name inside it; tests change all of it."""

    def __init__(self) -> None:
        self.accounts: dict[str, Body] = {}
        self.services: dict[str, Body] = {}
        self.containers: dict[tuple[str, str], Body] = {}
        self.policies: dict[str, Body] = {}
        self.locks: dict[str, list[Body]] = {}
        self.scopes: dict[tuple[str, str], Body] = {}

    def routes(self) -> tuple[Route, ...]:
        """Give what is answered here."""
        service = f"{_ACCOUNT}/blobServices/default"
        return (
            Route("storage:storageAccounts.get", "GET", _ACCOUNT, self._account),
            Route("storage:blobServices.get", "GET", service, self._service),
            Route("storage:blobContainers.get", "GET", f"{service}/containers/([^/]+)", self._container),
            Route("storage:managementPolicies.get", "GET", f"{_ACCOUNT}/managementPolicies/default", self._policy),
            Route("storage:encryptionScopes.get", "GET", f"{_ACCOUNT}/encryptionScopes/([^/]+)", self._scope),
            Route("authorization:managementLocks.list", "GET", f"{_ACCOUNT}/providers/Microsoft.Authorization/locks",
                  self._locks),
        )  # fmt: skip

    def add_account(self, account_id: str, **properties: Any) -> Body:  # noqa: ANN401 - any property
        """Make an account that is closed to the public and open to Azure's own services; give its properties."""
        name = account_id.rpartition("/")[2]
        told: Body = {
            "provisioningState": "Succeeded",
            "creationTime": "2025-01-01T00:00:00.0000000Z",
            "primaryLocation": "westeurope",
            "statusOfPrimary": "available",
            "supportsHttpsTrafficOnly": True,
            "minimumTlsVersion": "TLS1_2",
            "accessTier": "Hot",
            "allowBlobPublicAccess": False,
            "allowSharedKeyAccess": False,
            "publicNetworkAccess": "Enabled",
            "networkAcls": {
                "bypass": "AzureServices", "defaultAction": "Allow", "virtualNetworkRules": [], "ipRules": [],
            },
            "encryption": {"keySource": "Microsoft.Storage", "services": {"blob": {"enabled": True}}},
            **properties,
        }  # fmt: skip
        self.accounts[account_id.lower()] = {
            "id": account_id, "name": name, "type": "Microsoft.Storage/storageAccounts", "location": "westeurope",
            "kind": "StorageV2", "sku": {"name": "Standard_GRS", "tier": "Standard"}, "properties": told,
        }  # fmt: skip
        self.services[account_id.lower()] = {
            "id": f"{account_id}/blobServices/default", "name": "default", "type": _BLOBS,
            "properties": {
                "cors": {"corsRules": []},
                "deleteRetentionPolicy": {"allowPermanentDelete": False, "enabled": True, "days": 7},
                "containerDeleteRetentionPolicy": {"enabled": True, "days": 14},
                "isVersioningEnabled": False,
            },
        }  # fmt: skip
        return told

    def add_container(self, account_id: str, name: str, **properties: Any) -> Body:  # noqa: ANN401 - any property
        """Make a container, without any lock unless told; give its properties."""
        told: Body = {
            "deleted": False,
            "publicAccess": "None",
            "leaseStatus": "Unlocked",
            "leaseState": "Available",
            "defaultEncryptionScope": "$account-encryption-key",
            "denyEncryptionScopeOverride": False,
            "lastModifiedTime": "2025-01-01T00:00:00.0000000Z",
            "hasImmutabilityPolicy": False,
            "hasLegalHold": False,
            "legalHold": {"hasLegalHold": False, "tags": []},
            **properties,
        }
        self.containers[account_id.lower(), name] = {
            "id": f"{account_id}/blobServices/default/containers/{name}", "name": name, "type": f"{_BLOBS}/containers",
            "etag": '"0x8D592D74CC20EBA"', "properties": told,
        }  # fmt: skip
        return told

    def set_policy(self, account_id: str, *rules: Body) -> None:
        """Set the account's lifecycle rules."""
        where = f"{account_id}/managementPolicies/default"
        self.policies[account_id.lower()] = {
            "id": where, "name": "DefaultManagementPolicy",
            "type": "Microsoft.Storage/storageAccounts/managementPolicies",
            "properties": {"lastModifiedTime": "2025-01-01T00:00:00.0000000Z", "policy": {"rules": list(rules)}},
        }  # fmt: skip

    def lock_account(self, account_id: str, level: str, name: str = "keep") -> None:
        """Put a lock on the account's management."""
        where = f"{account_id}/providers/Microsoft.Authorization/locks/{name}"
        body = {"id": where, "name": name, "type": "Microsoft.Authorization/locks", "properties": {"level": level}}
        self.locks.setdefault(account_id.lower(), []).append(body)

    def _account(self, request: Request) -> Answer:
        return _one(self.accounts, request.found)

    def _service(self, request: Request) -> Answer:
        return _one(self.services, request.found)

    def _container(self, request: Request) -> Answer:
        _one(self.accounts, request.found)
        key = (request.found[1].lower(), request.found[2])
        if key not in self.containers:
            raise NotHereError("ContainerNotFound")
        return dict(self.containers[key])

    def _policy(self, request: Request) -> Answer:
        _one(self.accounts, request.found)
        if request.found[1].lower() not in self.policies:
            raise NotHereError("ManagementPolicyNotFound")
        return _one(self.policies, request.found)

    def _scope(self, request: Request) -> Answer:
        found = self.scopes.get((request.found[1].lower(), request.found[2]))
        if found is None:
            raise NotHereError("EncryptionScopeNotFound")
        return dict(found)

    def _locks(self, request: Request) -> Answer:
        assert request.query["$filter"] == "atScope()"
        _one(self.accounts, request.found)
        return Page(self.locks.get(request.found[1].lower(), []))


def immutable(days: int = 400, state: str = "Locked", **flags: bool) -> Body:
    """Give the properties of a container with an immutability policy, with its history as Azure keeps it."""
    told = {"immutabilityPeriodSinceCreationInDays": days, **(flags or {"allowProtectedAppendWritesAll": True})}
    who = {
        "objectIdentifier": "ce7cd28a-fc25-4bf1-8fb9-e1b9833ffd4b",
        "tenantId": "72f988bf-86f1-41af-91ab-2d7cd011db47",
    }
    verbs = ["put", *(["lock"] if state == "Locked" else [])]
    steps = [
        {"update": verb, "timestamp": f"2025-01-02T05:06:1{n}.1234567Z", **told, **who} for n, verb in enumerate(verbs)
    ]
    policy = {"etag": '"8d592d74cb3011a"', "properties": {**told, "state": state}, "updateHistory": steps}
    return {"hasImmutabilityPolicy": True, "immutabilityPolicy": policy}


def held(*tags: str, appends: bool | None = None) -> Body:
    """Give the properties of a container with a legal hold."""
    at = "2025-01-02T05:06:09.6964643Z"
    named = [{"tag": tag, "timestamp": at, "objectIdentifier": "o", "tenantId": "t"} for tag in tags]
    history = {"allowProtectedAppendWritesAll": appends, "timestamp": at}
    more = {} if appends is None else {"protectedAppendWritesHistory": history}
    return {"hasLegalHold": True, "legalHold": {"hasLegalHold": True, "tags": named, **more}}


def rule(name: str, days: float = 30, *, age: str = "Modification", **filters: Any) -> Body:  # noqa: ANN401 - any filter
    """Give a lifecycle rule that deletes blobs of an age."""
    kinds = {"blobTypes": ["blockBlob", "appendBlob"], **filters}
    actions = {"baseBlob": {"delete": {f"daysAfter{age}GreaterThan": days}}}
    return {"enabled": True, "name": name, "type": "Lifecycle", "definition": {"actions": actions, "filters": kinds}}


def _one(held_here: dict[str, Body], found: re.Match[str]) -> Body:
    body = held_here.get(found[1].lower())
    if body is None:
        raise NotHereError
    return dict(body)
