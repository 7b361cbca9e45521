"""What a storage account says of itself: its firewall, its keys, whether its blobs may be public."""

from typing import Final

from dayseal.clouds.azure.calls import Ask, Calls
from dayseal.clouds.azure.values import Json, flag, part, promised, text, whole, word
from dayseal.errors import FormatError
from dayseal.model.route import (
    Answer,
    Call,
    LockRule,
    LockStrength,
    ManagementLock,
    Missing,
    PublicAccess,
    StorageAccount,
    read_answer,
)
from dayseal.once import Once

VERSION: Final = "2023-05-01"

_BYPASS: Final = ("None", "Logging", "Metrics", "AzureServices")
_PERIMETER: Final = "SecuredByPerimeter"
_ON: Final = frozenset({"Locked", "Unlocked"})


class Accounts:
    """Asks about storage accounts by their ids, each once a run, however many clusters send their logs there."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls
        self._answers: Once[str, Answer[Json | None]] = Once()

    def account(self, account_id: str) -> Answer[StorageAccount | None]:
        """Give an account's own switches, None: there is no such account."""
        found = self.resource(account_id)
        if isinstance(found, Missing):
            return found
        account = found.value
        return read_answer(lambda: None if account is None else read_account(account), found.source)

    def resource(self, account_id: str) -> Answer[Json | None]:
        """Give an account as Resource Manager shows it, None: there is none."""
        return self._answers.get(account_id.casefold(), lambda: self._ask(account_id))

    def _ask(self, account_id: str) -> Answer[Json | None]:
        call = Call("storage", "storageAccounts.get", account_id)
        return self._calls.ask(Ask(call, account_id, VERSION), lambda found: found, absent=lambda: None)


def read_account(account: Json) -> StorageAccount:
    """Read the account's own switches.

    Raises:
        FormatError: one has a value we do not know, or a network security perimeter decides, which nobody read.
    """
    properties = promised(account, "properties")
    network = word(properties, "publicNetworkAccess", ("Enabled", "Disabled", _PERIMETER), "Enabled")
    if network == _PERIMETER:
        raise FormatError("publicNetworkAccess: SecuredByPerimeter, and what the perimeter lets in is not read")
    rules = part(properties, "networkAcls")
    if properties.get("networkAcls") is not None and not text(rules, "defaultAction"):
        raise FormatError("networkAcls: no defaultAction, Allow or Deny promised")
    return StorageAccount(
        resource_id=text(account, "id"),
        open_network=network == "Enabled",
        default_action=word(rules, "defaultAction", ("Allow", "Deny"), "Allow"),
        bypass=_bypass(text(rules, "bypass")),
        shared_key=flag(properties, "allowSharedKeyAccess") is not False,
    )


def read_public_access(account: Json, container: Json) -> PublicAccess:
    """Say whether the account keeps anonymous readers out of all its containers, whatever they are set to.

    Raises:
        FormatError: it does not say so, which has meant both: accounts of before 2023 let them in.
    """
    allowed = flag(part(account, "properties"), "allowBlobPublicAccess")
    if allowed is None:
        raise FormatError("allowBlobPublicAccess: absent, which stood for true in older accounts; false promised")
    own = word(part(container, "properties"), "publicAccess", ("None", "Blob", "Container"), "None")
    return PublicAccess(
        blocked=not allowed, words=f"allowBlobPublicAccess {str(allowed).lower()}, container publicAccess {own}"
    )


def read_default_policy(account: Json) -> tuple[bool, LockRule | None]:
    """Give the account's version-level support: whether it is on, and the policy that every container starts with.

    Raises:
        FormatError: the policy has a state we do not know, or no days.
    """
    support = part(promised(account, "properties"), "immutableStorageWithVersioning")
    policy = part(support, "immutabilityPolicy")
    on = flag(support, "enabled") is True
    if not on or not policy:
        return on, None
    state = word(policy, "state", ("Locked", "Unlocked", "Disabled"))
    return on, read_rule(policy, state) if state in _ON else None


def read_rule(policy: Json, state: str) -> LockRule:
    """Read the days and append flags of an immutability policy in a known state.

    Raises:
        FormatError: it has no days.
    """
    days = whole(policy, "immutabilityPeriodSinceCreationInDays")
    if days is None or days < 0:
        raise FormatError(f"immutabilityPeriodSinceCreationInDays: {days}, a number of days promised")
    appends = [flag(policy, f"allowProtectedAppendWrites{more}") is True for more in ("", "All")]
    strength = LockStrength.FIRM if state == "Locked" else LockStrength.REVOCABLE
    return LockRule(state, strength, days, blocks_writer=not any(appends))


def read_undelete_days(service: Json, name: str) -> int:
    """Give the days that what is deleted can be brought back by a policy: `deleteRetentionPolicy` is that of blobs.

    Raises:
        FormatError: it is on without days.
    """
    policy = part(part(service, "properties"), name)
    if flag(policy, "enabled") is not True:
        return 0
    days = whole(policy, "days")
    if days is None:
        raise FormatError(f"{name}: enabled without days")
    return days


def read_versioned(service: Json) -> bool:
    """Say whether overwritten blobs stay as older versions."""
    return flag(part(service, "properties"), "isVersioningEnabled") is True


def read_management_locks(listed: tuple[Json, ...]) -> tuple[ManagementLock, ...]:
    """Read the resource locks of an account: they hold its management, never its blobs.

    Raises:
        FormatError: one has a level we do not know.
    """
    return tuple(
        ManagementLock(text(lock, "name"), word(part(lock, "properties"), "level", ("CanNotDelete", "ReadOnly")))
        for lock in listed
    )


def key_uri(account: Json) -> str:
    """Give the address of the customer's key that encrypts the account, `""` where Azure's own does.

    Raises:
        FormatError: who holds the key is a word we do not know, or the key has no name.
    """
    encryption = promised(promised(account, "properties"), "encryption")
    if word(encryption, "keySource", ("Microsoft.Storage", "Microsoft.Keyvault"), "Microsoft.Storage") != (
        "Microsoft.Keyvault"
    ):
        return ""
    key = part(encryption, "keyvaultproperties")
    vault, name, version = text(key, "keyvaulturi"), text(key, "keyname"), text(key, "keyversion")
    if not (vault and name):
        raise FormatError("keyvaultproperties: no keyvaulturi or keyname")
    return "/".join(filter(None, (vault.rstrip("/"), "keys", name, version)))


def _bypass(said: str) -> tuple[str, ...]:
    names = [name.strip() for name in said.split(",") if name.strip()]
    return tuple(found for name in names if (found := word({"bypass": name}, "bypass", _BYPASS)) != "None")
