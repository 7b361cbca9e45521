"""The customer's key that an archive cannot be read without."""

from typing import Any, Final

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from dayseal.clouds.azure.archive_facts import Archives
from dayseal.clouds.azure.places import ArchivePlace
from dayseal.clouds.azure.storage import Accounts
from dayseal.model.route import Answer, EncryptionKey, Known, Missing, Reason
from support.aks_facts import ACCOUNT, ACCOUNT_ID
from support.azure_storage_arm import immutable
from support.azure_vault import VERSION, Vault
from support.azure_world import World

AUDIT: Final = "insights-logs-kube-audit"
SCOPE: Final = f"{ACCOUNT_ID}/encryptionScopes/audit"


@pytest.fixture
def vault(azure: World) -> Vault:
    """Give a vault with the key of a locked archive's account."""
    vault = Vault(azure)
    vault.add("archive", ec.generate_private_key(ec.SECP256R1()))
    azure.storage.add_account(ACCOUNT_ID, encryption=managed(azure))
    azure.storage.add_container(ACCOUNT_ID, AUDIT, **immutable())
    return vault


def managed(world: World, **changes: Any) -> dict[str, Any]:  # noqa: ANN401 - any field
    """Give the encryption of an account by a customer's key."""
    key = {"keyname": "archive", "keyversion": VERSION, "keyvaulturi": f"{world.address}/", **changes}
    return {"keySource": "Microsoft.Keyvault", "keyvaultproperties": key}


def ask(world: World) -> Answer[EncryptionKey | None]:
    """Ask for the archive's key."""
    calls = world.calls(attempts=1)
    return Archives(calls, Accounts(calls)).facts(ACCOUNT_ID, ArchivePlace(ACCOUNT, AUDIT)).key


@pytest.mark.parametrize(("enabled", "state"), [(True, "Enabled"), (False, "Disabled")])
def test_a_customers_key_must_be_enabled(azure: World, vault: Vault, enabled: bool, state: str) -> None:  # noqa: FBT001 - a column
    """Without it the blobs cannot be read, however well they are locked."""
    vault.attributes["enabled"] = enabled
    answer = ask(azure)
    assert isinstance(answer, Known)
    assert answer.value == EncryptionKey(f"{azure.address}/keys/archive/{VERSION}", state, usable=enabled)


def test_a_key_that_is_gone_is_known_not_to_work(azure: World, vault: Vault) -> None:
    """404 is Key Vault's answer, also while a deleted key could still be recovered."""
    vault.keys.clear()
    answer = ask(azure)
    assert isinstance(answer, Known)
    assert answer.value == EncryptionKey(f"{azure.address}/keys/archive/{VERSION}", "NotFound", usable=False)


@pytest.mark.parametrize(
    ("status", "code", "reason"),
    [(403, "Forbidden", Reason.DENIED), (429, "Throttled", Reason.THROTTLED), (500, "Oops", Reason.TIMED_OUT)],
)
@pytest.mark.usefixtures("vault")
def test_a_vault_that_refuses_leaves_the_keys_state_unknown(
    azure: World, status: int, code: str, reason: Reason
) -> None:
    """The lock itself is judged all the same."""
    azure.gate.refuse("keyvault:keys.get", status=status, code=code)
    answer = ask(azure)
    assert isinstance(answer, Missing)
    assert answer.reason is reason


@pytest.mark.parametrize("changes", [{"keyname": None}, {"keyvaulturi": "http://vault.example/"}, {"keyname": ""}])
@pytest.mark.usefixtures("vault")
def test_an_address_that_is_no_keys_is_not_asked(azure: World, changes: dict[str, Any]) -> None:
    """A token goes over TLS to a vault, or nowhere."""
    azure.storage.add_account(ACCOUNT_ID, encryption=managed(azure, **changes))
    answer = ask(azure)
    assert isinstance(answer, Missing)
    assert answer.reason is Reason.CONTRADICTORY
    assert azure.gate.count("keyvault:keys.get") == 0


def test_an_encryption_scope_goes_before_the_accounts_key(azure: World, vault: Vault) -> None:
    """Blobs of a disabled scope can be read by nobody, whoever holds the key."""
    azure.storage.add_container(ACCOUNT_ID, AUDIT, defaultEncryptionScope="audit")
    scope: dict[str, Any] = {"source": "Microsoft.Storage", "state": "Disabled"}
    azure.storage.scopes[ACCOUNT_ID.lower(), "audit"] = {"id": SCOPE, "name": "audit", "properties": scope}
    disabled = ask(azure)
    assert isinstance(disabled, Known)
    assert disabled.value == EncryptionKey(SCOPE, "Disabled", usable=False)
    scope["state"] = "Enabled"
    own = ask(azure)
    assert isinstance(own, Known)
    assert own.value is None
    uri = f"{azure.address}/keys/archive/{VERSION}"
    scope |= {"source": "Microsoft.KeyVault", "keyVaultProperties": {"keyUri": uri}}
    customers = ask(azure)
    assert isinstance(customers, Known)
    assert customers.value == EncryptionKey(uri, "Enabled", usable=True)
    vault.keys.clear()
    azure.storage.scopes.clear()
    assert isinstance(ask(azure), Missing)
