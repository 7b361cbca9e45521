"""Links to Cloud Storage objects that work without credentials for a while: V4 signed URLs.

A function has no private key, so IAM signs for its service account (`signBlob`). The other way would be to stream what
is large through the function: then each reader pays for memory and time there, a broken download starts anew, and an
evidence bundle could not be handed on.
"""

import datetime as dt
import hashlib
from typing import Final

from google.auth.credentials import AnonymousCredentials, Signing
from google.cloud.storage import Client

from dayseal.clouds.gcp.calls import Ask, Calls
from dayseal.clouds.gcp.refusals import access_error
from dayseal.codec import decode_base64, encode_base64
from dayseal.errors import AccessError, FormatError
from dayseal.model.route import Call, Known

_NO_PROJECT: Final = "none"  # no call here names a project; without one the client would look for it


class GcsLinks:
    """Port `LinkMaker` for the objects of `bucket` below `prefix`, which the service account `account` may read.

    Making a link asks IAM once; it needs `iam.serviceAccounts.signBlob` on that account. `endpoint` is for another
    host that serves the objects.
    """

    def __init__(self, calls: Calls, account: str, bucket: str, prefix: str = "", *, endpoint: str = "") -> None:
        self._signer = _IamSigner(calls, account)
        self._client = Client(project=_NO_PROJECT, credentials=AnonymousCredentials())
        self._bucket = bucket
        self._root = f"{prefix.strip('/')}/" if prefix.strip("/") else ""
        self._endpoint = endpoint or str(self._client.api_endpoint)

    def link(self, key: str, *, seconds: int) -> str:
        """Give an address that serves the object; see the port.

        Raises:
            AccessError: IAM signs nothing for us.
        """
        blob = self._client.bucket(self._bucket).blob(self._root + key)
        address: str = blob.generate_signed_url(
            version="v4",
            expiration=dt.timedelta(seconds=seconds),
            method="GET",
            credentials=self._signer,
            api_access_endpoint=self._endpoint,
        )
        return address


class _IamSigner(Signing):
    """What the SDK wants of credentials that sign: an address, and signatures by that account."""

    def __init__(self, calls: Calls, account: str) -> None:
        self._calls = calls
        self._account = account

    @property
    def signer_email(self) -> str:
        return self._account

    @property
    def signer(self) -> "_IamSigner":
        return self

    def sign_bytes(self, message: bytes) -> bytes:
        name = f"projects/-/serviceAccounts/{self._account}"
        call = Call("iamcredentials", "projects.serviceAccounts.signBlob", self._account)
        ask = Ask(call, f"v1/{name}:signBlob", body={"payload": encode_base64(message)})
        answer = self._calls.ask(ask, lambda found: str(found["signedBlob"]))
        if not isinstance(answer, Known):
            raise access_error(answer)
        try:
            return decode_base64(answer.value, subject=f"signature by {self._account}")
        except FormatError as exc:
            digest = hashlib.sha256(message).hexdigest()[:16]
            raise AccessError(f"signature by {self._account} of {digest}: no base64") from exc
