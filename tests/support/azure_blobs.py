"""Blob storage as far as dayseal reads archives: listings with versions, soft delete, locks and holds; ranges by ETag.

Azurite, which plays the rest, keeps no versions, and answers 501 to whoever sets a policy or a hold.
Source: Azure Storage REST API, "List Blobs", "Get Blob", "Get Blob Properties".
"""

import dataclasses
import datetime as dt
import email.utils
from collections.abc import Callable
from typing import Final
from xml.sax.saxutils import escape

from support.azure_routes import Answer, Raw, Request, Route

NOW: Final = dt.datetime(2026, 11, 23, 6, 30, tzinfo=dt.UTC)
AUDIENCE: Final = "https://storage.azure.com"
_PAGE: Final = 5_000


@dataclasses.dataclass(slots=True)
class Stored:
    """One version of a blob; every member may be changed by a test. `version` `""`: none is kept."""

    name: str
    data: bytes
    version: str = ""
    current: bool = True
    deleted: bool = False
    made: dt.datetime = NOW
    modified: dt.datetime = NOW
    mode: str = ""
    until: dt.datetime | None = None
    hold: bool = False
    encoding: str = ""
    metadata: dict[str, str] = dataclasses.field(default_factory=dict)
    etag: int = 1  # -1: none is told


class Blobs:
    """Containers by `account/name`; `page` bounds a listing's page, `before_get` is told of each read's name."""

    def __init__(self) -> None:
        self.containers: dict[str, list[Stored]] = {}
        self.page = _PAGE
        self.before_get: Callable[[str], object] = lambda _: None

    def routes(self) -> tuple[Route, ...]:
        """Give what is answered here: an account's address is `.../stored/ACCOUNT`."""
        blob = r"/stored/([^/]+)/([^/]+)/(.+)"
        return (
            Route("storage:blobs.list", "GET", r"/stored/([^/]+)/([^/]+)", self._list, AUDIENCE),
            Route("storage:blobs.get", "GET", blob, self._get, AUDIENCE),
            Route("storage:blobs.get", "HEAD", blob, self._get, AUDIENCE),
        )

    def put(self, where: str, name: str, data: bytes, **more: object) -> Stored:
        """Store one version in the container `account/name`."""
        stored = Stored(name, data, **more)  # type: ignore[arg-type]  # the fields of a version
        self.containers.setdefault(where, []).append(stored)
        return stored

    def append(self, stored: Stored, data: bytes) -> None:
        """Append a block: the version stays, the ETag does not."""
        stored.data += data
        stored.etag += 1

    def _held(self, request: Request) -> list[Stored] | None:
        return self.containers.get(f"{request.found[1]}/{request.found[2]}")

    def _list(self, request: Request) -> Answer:
        held = self._held(request)
        if held is None:
            return _error(404, "ContainerNotFound")
        query = request.query
        prefix, cut = query.get("prefix", ""), query.get("delimiter", "")
        include = query.get("include", "").split(",")
        rows: dict[tuple[str, str], str] = {}
        for one in sorted(held, key=lambda one: (one.name, one.version)):
            if not one.name.startswith(prefix) or (one.deleted and "deleted" not in include):
                continue
            if not one.current and not one.deleted and "versions" not in include:
                continue
            head, found, _ = one.name[len(prefix) :].partition(cut) if cut else ("", "", "")
            if found:
                folder = prefix + head + found
                rows[(folder, "")] = f"<BlobPrefix><Name>{escape(folder)}</Name></BlobPrefix>"
            else:
                rows[(one.name, one.version)] = _shown(one, include)
        start = int(query.get("marker", "0"))
        page = [text for _, text in sorted(rows.items())][start : start + self.page]
        more = str(start + self.page) if start + self.page < len(rows) else ""
        text = f"<Blobs>{''.join(page)}</Blobs><NextMarker>{more}</NextMarker>"
        body = f'<?xml version="1.0" encoding="utf-8"?><EnumerationResults>{text}</EnumerationResults>'
        return Raw(200, body.encode(), {"Content-Type": "application/xml"})

    def _get(self, request: Request) -> Answer:
        held, version = self._held(request), request.query.get("versionid", "")
        if held is None:
            return _error(404, "ContainerNotFound")
        self.before_get(request.found[3])
        fitting = [one for one in held if one.name == request.found[3] and not one.deleted]
        one = next((one for one in fitting if (one.version == version if version else one.current)), None)
        if one is None:
            return _error(404, "BlobNotFound")
        if request.headers.get("If-Match", _tag(one)) != _tag(one):
            return _error(412, "ConditionNotMet")
        headers = _headers(one)
        asked = request.headers.get("x-ms-range") or request.headers.get("Range")
        if not asked:
            return Raw(200, one.data, headers)
        first, last = (int(part) for part in asked.removeprefix("bytes=").split("-"))
        if first >= len(one.data):
            return _error(416, "InvalidRange")
        part = one.data[first : last + 1]
        told = {"Content-Range": f"bytes {first}-{first + len(part) - 1}/{len(one.data)}"}
        return Raw(206, part, headers | told)


def _error(status: int, code: str) -> Raw:
    body = f'<?xml version="1.0"?><Error><Code>{code}</Code><Message>no</Message></Error>'
    return Raw(status, body.encode(), {"x-ms-error-code": code, "Content-Type": "application/xml"})


def _tag(one: Stored) -> str:
    return f'"0x{one.etag:X}"'


def _http(moment: dt.datetime) -> str:
    return email.utils.format_datetime(moment, usegmt=True)


def _headers(one: Stored) -> dict[str, str]:
    headers = {
        "ETag": _tag(one),
        "Last-Modified": _http(one.modified),
        "x-ms-creation-time": _http(one.made),
        "x-ms-blob-type": "AppendBlob",
    }
    if one.etag < 0:
        del headers["ETag"]
    if one.encoding:
        headers["Content-Encoding"] = one.encoding
    if one.version:
        headers |= {"x-ms-version-id": one.version, "x-ms-is-current-version": str(one.current).lower()}
    if one.until is not None:
        headers |= {"x-ms-immutability-policy-mode": one.mode, "x-ms-immutability-policy-until-date": _http(one.until)}
    return headers | ({"x-ms-legal-hold": "true"} if one.hold else {})


def _shown(one: Stored, include: list[str]) -> str:
    told = {
        "Creation-Time": _http(one.made),
        "Last-Modified": _http(one.modified),
        "Etag": _tag(one).strip('"'),
        "Content-Length": str(len(one.data)),
        "BlobType": "AppendBlob",
    }
    if one.until is not None and "immutabilitypolicy" in include:
        told |= {"ImmutabilityPolicyUntilDate": _http(one.until), "ImmutabilityPolicyMode": one.mode}
    if one.hold and "legalhold" in include:
        told["LegalHold"] = "true"
    text = f"<Name>{escape(one.name)}</Name>"
    text += "<Deleted>true</Deleted>" if one.deleted else ""
    if one.version:
        text += f"<VersionId>{one.version}</VersionId>"
        text += "<IsCurrentVersion>true</IsCurrentVersion>" if one.current and not one.deleted else ""
    text += f"<Properties>{''.join(f'<{name}>{value}</{name}>' for name, value in told.items())}</Properties>"
    if "metadata" in include:
        text += f"<Metadata>{''.join(f'<{name}>{value}</{name}>' for name, value in one.metadata.items())}</Metadata>"
    return f"<Blob>{text}</Blob>"
