"""Links to blobs that work without credentials for a while: a shared access signature by a user delegation key.

An identity has no key of its own, so Blob storage lends it one that ends with the link and may do no more than the
identity. An account's key would open everything in the account, and nobody could say who made the link.
"""

import datetime as dt
from typing import Final

from azure.core.exceptions import AzureError
from azure.storage.blob import BlobSasPermissions, UserDelegationKey, generate_blob_sas

from dayseal.clouds.azure.blobs import UNREADABLE, open_account_client, open_container_client
from dayseal.clouds.azure.refusals import access_error, missing_of
from dayseal.clouds.azure.session import Sessions
from dayseal.errors import AccessError
from dayseal.model.route import Call
from dayseal.ports import Clock

_SKEW: Final = dt.timedelta(minutes=5)  # how far apart two clocks may be


class BlobLinks:
    """Port `LinkMaker` for the blobs of `container` below `prefix`, which these credentials may read.

    Making a link asks Blob storage once; it needs `generateUserDelegationKey` on the account.
    """

    def __init__(self, sessions: Sessions, clock: Clock, account: str, container: str, prefix: str = "") -> None:
        self._sessions = sessions
        self._clock = clock
        self._account = account
        self._container = container
        self._root = f"{prefix.strip('/')}/" if prefix.strip("/") else ""

    def link(self, key: str, *, seconds: int) -> str:
        """Give an address that serves the blob, to be read over TLS and nothing else; see the port.

        Raises:
            AccessError: no key is lent to us.
        """
        name = self._root + key
        now = self._clock.now()
        expires = now + dt.timedelta(seconds=seconds)
        try:
            lent = open_account_client(self._sessions, self._account).get_user_delegation_key(now - _SKEW, expires)
            signature = self._sign(name, lent, expires)
        except AzureError as exc:
            call = Call("storage", "blobServices.generateUserDelegationKey", self._account)
            raise access_error(missing_of(exc, call)) from exc
        except UNREADABLE as exc:
            raise AccessError(f"user delegation key of {self._account}: the answer holds none") from exc
        blob = open_container_client(self._sessions, self._account, self._container).get_blob_client(name)
        return f"{blob.url}?{signature}"

    def _sign(self, name: str, lent: UserDelegationKey, expires: dt.datetime) -> str:
        if not (lent.value and lent.signed_oid and lent.signed_tid and lent.signed_start and lent.signed_expiry):
            raise ValueError(f"{name}: a key and whose it is promised")
        return generate_blob_sas(
            self._account,
            self._container,
            name,
            user_delegation_key=lent,
            permission=BlobSasPermissions(read=True),
            expiry=expires,
            protocol="https",
        )
