"""A ledger's container in Azure Blob storage, opened for obstore with azure-core's credentials."""

import datetime as dt
from typing import TypedDict

from azure.core.credentials import AzureNamedKeyCredential, TokenCredential
from obstore.store import AzureStore

from dayseal.clouds.azure.blobs import open_container_client
from dayseal.clouds.azure.session import STORAGE_SCOPE, Access, Sessions
from dayseal.clouds.azure.versions import AzureListing


class _Key(TypedDict):
    access_key: str
    expires_at: dt.datetime | None


class _Token(TypedDict):
    token: str
    expires_at: dt.datetime | None


def enter_container(access: Access, account: str, container: str, prefix: str = "") -> tuple[AzureStore, AzureListing]:
    """Open a container for blobs and for listings with the access's own credentials; nothing is asked yet."""
    sessions = Sessions(access)
    store = open_container(sessions.credentials(), account, container, prefix, endpoint=access.blobs(account))
    return store, AzureListing(open_container_client(sessions, account, container), prefix)


def open_container(
    credential: TokenCredential | AzureNamedKeyCredential,
    account: str,
    container: str,
    prefix: str = "",
    *,
    endpoint: str | None = None,
) -> AzureStore:
    """Open the container below `prefix` with this credential; nothing is asked yet.

    Nothing is retried: `clouds.objects` does. `endpoint` is for another cloud than the public one; it
    names the account.
    """
    config: dict[str, str] = {"account_name": account}
    if endpoint:
        config["endpoint"] = endpoint
    return AzureStore(
        container,
        prefix=prefix or None,
        config=config,  # type: ignore[arg-type]  # the TypedDict that it is cannot be imported at run time
        client_options={
            "allow_http": bool(endpoint and endpoint.startswith("http://")),
            "connect_timeout": "5s",
            "timeout": "120s",
        },
        retry_config={"max_retries": 0},
        credential_provider=lambda: _secret(credential),
    )


def _secret(credential: TokenCredential | AzureNamedKeyCredential) -> _Key | _Token:
    if isinstance(credential, AzureNamedKeyCredential):
        return {"access_key": credential.named_key.key, "expires_at": None}
    token = credential.get_token(STORAGE_SCOPE)
    return {"token": token.token, "expires_at": dt.datetime.fromtimestamp(token.expires_on, dt.UTC)}
