"""Blob storage as far as it lends user delegation keys and looks at links that were signed with them.

Sources: Azure Storage REST API, "Get User Delegation Key" and "Create a user delegation SAS" (what is signed: version
2026-04-06 and later).
"""

import base64
import datetime as dt
import hashlib
import hmac
import re
from typing import Final

from dayseal.codec import format_time
from support.azure_entra import OBJECT, TENANT
from support.azure_routes import Answer, Raw, Request, Route

_STORAGE: Final = "https://storage.azure.com"
_INFO: Final = re.compile(r"<KeyInfo><Start>([^<]+)</Start><Expiry>([^<]+)</Expiry></KeyInfo>\Z")
_STAMP: Final = "%Y-%m-%dT%H:%M:%SZ"
# In the order in which they are signed; "" is the blob's own name.
_SIGNED: Final = ("sp", "st", "se", "", "skoid", "sktid", "skt", "ske", "sks", "skv", "saoid", "suoid", "scid",
                  "skdutid", "sduoid", "sip", "spr", "sv", "sr", "snapshot", "ses", "srh", "srq",
                  "rscc", "rscd", "rsce", "rscl", "rsct")  # fmt: skip


class LentKeys:
    """Lends keys, unless `refused`, and serves `content` (by `account/container/name`) at `now` to who shows a link."""

    def __init__(self, now: dt.datetime) -> None:
        self.now = now
        self.content: dict[str, bytes] = {}
        self.terms: list[tuple[dt.datetime, dt.datetime]] = []
        self.refused = False

    def routes(self) -> tuple[Route, ...]:
        """Give what is answered here."""
        lend = "storage:blobServices.generateUserDelegationKey"
        return (
            Route(lend, "POST", r"/blobs/([^/]+)/?", self._lend, _STORAGE),
            Route("storage:blobs.get", "GET", r"/blobs/([^/]+)/([^/]+)/(.+)", self._get, ""),
        )

    def _lend(self, request: Request) -> Answer:
        assert (request.query["restype"], request.query["comp"]) == ("service", "userdelegationkey")
        if self.refused:
            body = b"<Error><Code>AuthorizationPermissionMismatch</Code><Message>somebody@example.com</Message></Error>"
            return Raw(403, body, {"x-ms-error-code": "AuthorizationPermissionMismatch"})
        found = _INFO.search(request.body.decode())
        assert found is not None
        start, end = (dt.datetime.strptime(text, _STAMP).replace(tzinfo=dt.UTC) for text in found.groups())
        assert start < self.now < end <= self.now + dt.timedelta(days=7)
        self.terms.append((start, end))
        told = {
            "SignedOid": OBJECT,
            "SignedTid": TENANT,
            "SignedStart": found[1],
            "SignedExpiry": found[2],
            "SignedService": "b",
            "SignedVersion": "2026-04-06",
            "Value": base64.b64encode(_key(found[1], found[2])).decode(),
        }
        text = "".join(f"<{name}>{value}</{name}>" for name, value in told.items())
        lent = f'<?xml version="1.0" encoding="utf-8"?><UserDelegationKey>{text}</UserDelegationKey>'
        return Raw(200, lent.encode(), {"Content-Type": "application/xml"})

    def _get(self, request: Request) -> Answer:
        name = f"{request.found[1]}/{request.found[2]}/{request.found[3]}"
        said = request.query
        assert said["sv"] >= "2026-04-06"  # what is signed was another list before
        text = "\n".join(f"/blob/{name}" if field == "" else said.get(field, "") for field in _SIGNED)
        wanted = hmac.new(_key(said["skt"], said["ske"]), text.encode(), hashlib.sha256).digest()
        ends = min(said["se"], said["ske"])
        if base64.b64encode(wanted).decode() != said["sig"] or ends <= format_time(self.now) or said["sp"] != "r":
            return Raw(403, b"<Error/>", {"x-ms-error-code": "AuthenticationFailed"})
        found = self.content.get(name)
        return Raw(404, b"<Error/>") if found is None else Raw(200, found)


def _key(start: str, end: str) -> bytes:
    """Give the key of a term, which nobody else could make."""
    return hmac.new(b"nobody's", f"{start} {end}".encode(), hashlib.sha256).digest()
