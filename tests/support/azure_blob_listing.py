"""The blobs of storage accounts, as far as listings show them; what is in them Azurite serves better."""

import dataclasses
import datetime as dt
import email.utils
from typing import Final
from xml.sax.saxutils import escape

from support.azure_routes import Answer, Raw, Request, Route

STORAGE: Final = "https://storage.azure.com"
_XML: Final = {"Content-Type": "application/xml"}


@dataclasses.dataclass(frozen=True, slots=True)
class Held:
    """One blob: when it grew last, and its bytes."""

    at: dt.datetime
    size: int = 100


class BlobListing:
    """Blobs by account and container; tests change both."""

    def __init__(self) -> None:
        self.containers: dict[tuple[str, str], dict[str, Held]] = {}

    def routes(self) -> tuple[Route, ...]:
        """Give what is answered here."""
        return (Route("storage:blobs.list", "GET", r"/blobs/([^/]+)/([^/]+)", self._list, STORAGE),)

    def put(self, account: str, container: str, name: str, at: dt.datetime, size: int = 100) -> None:
        """Put a blob, or let it grow."""
        self.containers.setdefault((account, container), {})[name] = Held(at, size)

    def _list(self, request: Request) -> Answer:
        query = request.query
        assert (query["restype"], query["comp"]) == ("container", "list")
        found = self.containers.get((request.found[1], request.found[2]))
        if found is None:
            said = "<Error><Code>ContainerNotFound</Code><Message>somebody@example.com</Message></Error>"
            return Raw(404, said.encode(), {**_XML, "x-ms-error-code": "ContainerNotFound"})
        prefix, delimiter = query.get("prefix", ""), query.get("delimiter", "")
        shown: dict[str, str] = {}
        for name in sorted(found):
            rest = name.removeprefix(prefix)
            if not name.startswith(prefix):
                continue
            if delimiter and delimiter in rest:
                folder = prefix + rest.partition(delimiter)[0] + delimiter
                shown[folder] = f"<BlobPrefix><Name>{escape(folder)}</Name></BlobPrefix>"
            else:
                shown[name] = _blob(name, found[name])
        start, size = int(query.get("marker", "0") or 0), request.page
        items = list(shown.values())[start : start + size]
        following = str(start + size) if start + size < len(shown) else ""
        text = (
            f'<?xml version="1.0" encoding="utf-8"?><EnumerationResults ContainerName="{request.found[2]}">'
            f"<Prefix>{escape(prefix)}</Prefix><Blobs>{''.join(items)}</Blobs><NextMarker>{following}</NextMarker>"
            "</EnumerationResults>"
        )
        return Raw(200, text.encode(), _XML)


def _blob(name: str, held: Held) -> str:
    at = email.utils.format_datetime(held.at.astimezone(dt.UTC), usegmt=True)
    return (
        f"<Blob><Name>{escape(name)}</Name><Properties><Creation-Time>{at}</Creation-Time>"
        f"<Last-Modified>{at}</Last-Modified><Etag>0x8D5</Etag><Content-Length>{held.size}</Content-Length>"
        "<Content-Type>application/octet-stream</Content-Type><BlobType>AppendBlob</BlobType></Properties></Blob>"
    )
