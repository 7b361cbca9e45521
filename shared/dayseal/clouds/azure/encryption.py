"""The customer's key that an archive cannot be read without: the account's own, or an encryption scope's."""

from typing import Final
from urllib.parse import urlsplit

from azure.core.exceptions import AzureError, ResourceNotFoundError
from azure.keyvault.keys import KeyClient

from dayseal.clouds.azure.calls import Ask, Calls
from dayseal.clouds.azure.refusals import RefusedError, missing_of
from dayseal.clouds.azure.storage import VERSION, key_uri
from dayseal.clouds.azure.values import Json, part, text, word
from dayseal.errors import FormatError
from dayseal.model.route import Answer, Call, EncryptionKey, Known, Missing, Reason
from dayseal.once import Once

_ENABLED: Final = "Enabled"
_PARTS: Final = 2  # keys/NAME


class Keys:
    """Asks about customers' keys, each once a run."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls
        self._states: Once[str, Answer[EncryptionKey | None]] = Once()

    def of_account(self, account: Known[Json | None]) -> Answer[EncryptionKey | None]:
        """Give the key that encrypts an account, None: Azure's own."""
        if account.value is None:
            return Missing(Reason.NOT_FOUND, account.source, "no such account")
        try:
            uri = key_uri(account.value)
        except FormatError as exc:
            return Missing(Reason.CONTRADICTORY, account.source, str(exc)[:200])
        return self._state(uri) if uri else Known(None, account.source)

    def of_scope(self, account_id: str, name: str) -> Answer[EncryptionKey | None]:
        """Give the key of an encryption scope; one that is disabled keeps everybody out, whoever holds the key."""
        where = f"{account_id}/encryptionScopes/{name}"
        call = Call("storage", "encryptionScopes.get", where)
        found = self._calls.ask(Ask(call, where, VERSION), lambda scope: (_scope_state(scope), _scope_key(scope)))
        if isinstance(found, Missing):
            return found
        state, uri = found.value
        if state != _ENABLED:
            return Known(EncryptionKey(where, state, usable=False), call)
        return self._state(uri) if uri else Known(None, call)

    def _state(self, uri: str) -> Answer[EncryptionKey | None]:
        return self._states.get(uri, lambda: self._ask(uri))

    def _ask(self, uri: str) -> Answer[EncryptionKey | None]:
        call = Call("keyvault", "keys.get", uri)
        split = urlsplit(uri)
        names = split.path.strip("/").split("/")
        if split.scheme != "https" or len(names) < _PARTS or names[0] != "keys":
            return Missing(Reason.CONTRADICTORY, call, "the address is no key's")
        self._calls.heard(call)
        sessions = self._calls.sessions
        try:
            vault = f"https://{split.netloc}"
            with KeyClient(vault, sessions.credentials(), **sessions.client_options()) as client:
                key = client.get_key(names[1], names[2] if len(names) > _PARTS else None)
        except RefusedError as exc:
            return exc.missing
        except ResourceNotFoundError:
            return Known(EncryptionKey(uri, "NotFound", usable=False), call)
        except AzureError as exc:
            return missing_of(exc, call)
        on = key.properties.enabled is not False
        return Known(EncryptionKey(uri, _ENABLED if on else "Disabled", usable=on), call)


def _scope_state(scope: Json) -> str:
    return word(part(scope, "properties"), "state", (_ENABLED, "Disabled"))


def _scope_key(scope: Json) -> str:
    properties = part(scope, "properties")
    if word(properties, "source", ("Microsoft.Storage", "Microsoft.KeyVault")) == "Microsoft.Storage":
        return ""
    uri = text(part(properties, "keyVaultProperties"), "keyUri")
    if not uri:
        raise FormatError("encryption scope: no keyUri")
    return uri
