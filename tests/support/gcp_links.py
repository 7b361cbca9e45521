"""What vouches and what waits on Google Cloud: IAM signing for a service account, and a Cloud Tasks queue.

Sources: IAM Credentials API (`signBlob`, compared with Google's own description where it is there), Cloud Tasks API
(`tasks.create`), and "V4 signing process with your own program" of the Cloud Storage documentation.
"""

import base64
import contextlib
import dataclasses
import datetime as dt
import hashlib
import json
import urllib.parse
from collections.abc import Callable, Iterator
from typing import Any, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from dayseal.clouds.local.clock import SystemClock
from dayseal.codec import decode_base64
from support.gcp_specs import faults_of
from support.http_switch import QuietHandler, serving

_KEY: Final = rsa.generate_private_key(public_exponent=65_537, key_size=2_048)
_SIGNED: Final = "X-Goog-Signature"


@dataclasses.dataclass(slots=True)
class Vouching:
    """What was asked: payloads signed, tasks queued. `refused`: IAM signs nothing; `full`: no task is taken."""

    signed: int = 0
    refused: bool = False
    full: bool = False
    faults: list[str] = dataclasses.field(default_factory=list)
    take: Callable[[dict[str, Any]], None] = lambda _: None  # gets each task's HTTP request


@contextlib.contextmanager
def serving_vouching(account: str) -> Iterator[tuple[Vouching, str]]:
    """Serve both; gives what they heard and their address."""
    heard = Vouching()

    class Handler(_Handler):
        owner = heard
        who = account

    with serving(Handler) as address:
        yield heard, address
    assert heard.faults == []


def is_signed(target: str, host: str) -> bool:
    """Say whether Cloud Storage would take a link: signed by the account's key over just this, and not too old."""
    split = urllib.parse.urlsplit(target)
    pairs = urllib.parse.parse_qsl(split.query, keep_blank_values=True, strict_parsing=True)
    given = dict(pairs)
    stamp = dt.datetime.strptime(given["X-Goog-Date"], "%Y%m%dT%H%M%SZ").replace(tzinfo=dt.UTC)
    if SystemClock().now() > stamp + dt.timedelta(seconds=int(given["X-Goog-Expires"])):
        return False
    signed = sorted((name, value) for name, value in pairs if name != _SIGNED)
    query = "&".join(f"{_quoted(name)}={_quoted(value)}" for name, value in signed)
    canonical = f"GET\n{split.path}\n{query}\nhost:{host}\n\nhost\nUNSIGNED-PAYLOAD"
    scope = given["X-Goog-Credential"].partition("/")[2]
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    text = "\n".join(("GOOG4-RSA-SHA256", given["X-Goog-Date"], scope, digest))
    try:
        _KEY.public_key().verify(bytes.fromhex(given[_SIGNED]), text.encode(), padding.PKCS1v15(), hashes.SHA256())
    except InvalidSignature:
        return False
    return True


def _quoted(text: str) -> str:
    return urllib.parse.quote(text, safe="-_.~")


class _Handler(QuietHandler):
    owner: Vouching
    who: str

    def serve(self, body: bytes) -> None:
        asked: dict[str, Any] = json.loads(body)
        if self.path == f"/v1/projects/-/serviceAccounts/{self.who}:signBlob":
            self._sign(asked)
        elif self.path == "/v2/projects/audit/locations/europe-west3/queues/evidence/tasks":
            if self.owner.full:
                self.refuse(403, "IAM_PERMISSION_DENIED")
                return
            request = asked["task"]["httpRequest"]
            assert set(request["oidcToken"]) == {"serviceAccountEmail", "audience"}
            self.owner.take(request)
            self._json({"name": f"{self.path[4:]}/1", "httpRequest": request})
        else:
            self.refuse(404, "notFound")

    def _sign(self, asked: dict[str, Any]) -> None:
        if self.owner.refused:
            self.refuse(403, "IAM_PERMISSION_DENIED")
            return
        self.owner.signed += 1
        signature = _KEY.sign(decode_base64(asked["payload"]), padding.PKCS1v15(), hashes.SHA256())
        answer = {"keyId": "k1", "signedBlob": base64.b64encode(signature).decode()}
        call = "iamcredentials:projects.serviceAccounts.signBlob"
        self.owner.faults += faults_of(call, "POST", self.path, answer)
        self._json(answer)

    def _json(self, document: dict[str, Any]) -> None:
        self.answer(200, json.dumps(document).encode(), {"Content-Type": "application/json"})
