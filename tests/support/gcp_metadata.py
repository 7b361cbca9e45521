"""The metadata server of a machine on Google Cloud: who this process is, as google-auth asks for it.

Source: Compute Engine documentation, "About VM metadata" and "Verifying the identity of instances".
"""

import base64
import contextlib
import dataclasses
import json
import urllib.parse
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from google.auth.compute_engine import _metadata

from dayseal.clouds.local.clock import SystemClock
from support.http_switch import QuietHandler, serving

ACCOUNT: Final = "attestor@audit.iam.gserviceaccount.com"
NUMBER: Final = "112233445566778899"
_FLAVOR: Final = {"Metadata-Flavor": "Google"}
_HOUR: Final = 3_600


@dataclasses.dataclass(slots=True)
class Metadata:
    """What was asked; a machine with `identity` False has no service account that could vouch for it."""

    audiences: list[str] = dataclasses.field(default_factory=list)
    access_tokens: int = 0
    identity: bool = True


@contextlib.contextmanager
def serving_metadata() -> Iterator[tuple[Metadata, str]]:
    """Serve a metadata server; gives what it heard and its host and port."""
    heard = Metadata()

    class Handler(_Handler):
        owner = heard

    with serving(Handler) as address:
        yield heard, address.removeprefix("http://")


@contextlib.contextmanager
def on_google(patch: pytest.MonkeyPatch, empty: Path) -> Iterator[Metadata]:
    """Make this process one that runs on Google Cloud; `empty` is a folder without anybody's login."""
    with serving_metadata() as (heard, host):
        for name, value in environment_of(host, empty).items():
            patch.setenv(name, value)
        patch.delenv("GOOGLE_APPLICATION_CREDENTIALS", raising=False)
        patch.setattr(_metadata, "_GCE_METADATA_HOST", host)  # google-auth reads its environment once
        yield heard


def environment_of(host: str, empty: Path) -> dict[str, str]:
    """Give the environment of a process that runs beside this metadata server."""
    return {
        "GCE_METADATA_HOST": host,
        "GCE_METADATA_IP": host,
        "CLOUDSDK_CONFIG": str(empty),
        "GOOGLE_CLOUD_PROJECT": "audit",
    }


class _Handler(QuietHandler):
    owner: Metadata

    def serve(self, _: bytes) -> None:
        split = urllib.parse.urlsplit(self.path)
        query = dict(urllib.parse.parse_qsl(split.query))
        if split.path.endswith("/identity"):
            self._identity(query)
        elif split.path.endswith("/token"):
            self.owner.access_tokens += 1
            self._json({"access_token": "ya29.token", "expires_in": _HOUR, "token_type": "Bearer"})
        elif split.path.endswith("universe-domain"):
            self.answer(200, b"googleapis.com", _FLAVOR | {"Content-Type": "text/plain"})
        elif "/service-accounts/" in split.path:
            self._json({"email": ACCOUNT, "scopes": ["https://www.googleapis.com/auth/cloud-platform"]})
        elif split.path == "/":
            self.answer(200, b"computeMetadata/\n", _FLAVOR)
        else:
            self.answer(404, b"", _FLAVOR)

    def _identity(self, query: dict[str, str]) -> None:
        assert self.headers["Metadata-Flavor"] == "Google"
        assert query["format"] == "full"
        if not self.owner.identity:
            self.answer(404, b"", _FLAVOR)
            return
        self.owner.audiences.append(query["audience"])
        now = int(SystemClock().now().timestamp())
        claims: dict[str, object] = {
            "iss": "https://accounts.google.com",
            "aud": query["audience"],
            "sub": NUMBER,
            "azp": NUMBER,
            "email": ACCOUNT,
            "iat": now,
            "exp": now + _HOUR,
        }
        parts: tuple[dict[str, object], ...] = ({"alg": "RS256", "typ": "JWT"}, claims, {"signature": "nobody's"})
        token = ".".join(map(_encoded, parts))
        self.answer(200, token.encode(), _FLAVOR | {"Content-Type": "text/html"})

    def _json(self, document: dict[str, object]) -> None:
        self.answer(200, json.dumps(document).encode(), _FLAVOR | {"Content-Type": "application/json"})


def _encoded(part: dict[str, object]) -> str:
    return base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()
