"""Cloud Storage as far as the ledger uses it: the XML API that obstore speaks, and the JSON listing.

The emulators we know answer the XML API's preconditions wrongly, and drop retention without a word. Every bucket keeps
its versions, but those with a retention policy: there nothing can be replaced or deleted before its time, which here
never comes. Links (V4 signed URLs) are looked at by `links`, where a test sets it.

Source: the Cloud Storage XML API reference (PUT object, GET object) and JSON API reference (objects.list, buckets.get,
buckets.patch); "Bucket Lock" of the Cloud Storage documentation.
"""

import contextlib
import dataclasses
import json
import threading
import urllib.parse
from collections.abc import Callable, Iterator
from typing import Any, Final

from support.http_switch import QuietHandler, serving

_LISTING: Final = "/storage/v1/b/"
_PAGE: Final = 100  # small, so that tests turn pages
_MADE: Final = "2024-01-01T00:00:00.000Z"
_DELETED: Final = "2026-11-23T06:00:00Z"


class RetainedError(Exception):
    """What is there may not be replaced or deleted yet."""


@dataclasses.dataclass(slots=True)
class _Generation:
    number: int
    data: bytes
    live: bool = True


class GcsXml:
    """The buckets' content; `generations` number every write in the whole store.

    `retained` are the buckets with a retention policy: their terms in seconds, and whether those are locked.
    """

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.objects: dict[str, list[_Generation]] = {}  # by bucket and name
        self.generations = 1_700_000_000_000_000
        self.retained: dict[str, tuple[int, bool]] = {}
        self.metageneration = 1
        self.links: Callable[[str, str], bool] = lambda _, __: True  # path with query, host

    def live(self, name: str) -> _Generation | None:
        """Give the live generation of a name."""
        held = self.objects.get(name, [])
        return held[-1] if held and held[-1].live else None

    def put(self, name: str, data: bytes, match: str | None) -> int | None:
        """Write a new generation unless the precondition fails; give its number, None when it failed."""
        with self.lock:
            now = self.live(name)
            if match is not None and int(match) != (now.number if now else 0):
                return None
            if now and name.partition("/")[0] in self.retained:
                raise RetainedError(name)
            self.delete(name)
            self.generations += 1
            self.objects.setdefault(name, []).append(_Generation(self.generations, data))
            return self.generations

    def delete(self, name: str) -> None:
        """Leave a name without a live generation; the old ones stay."""
        if now := self.live(name):
            now.live = False


@contextlib.contextmanager
def serving_gcs() -> Iterator[tuple[GcsXml, str]]:
    """Serve an empty store; gives its content and its address."""
    store = GcsXml()

    class Handler(_Handler):
        owner = store

    with serving(Handler) as address:
        yield store, address


class _Handler(QuietHandler):
    owner: GcsXml
    do_PATCH = QuietHandler._do  # noqa: N815 - the base class's names

    def serve(self, body: bytes) -> None:
        split = urllib.parse.urlsplit(self.path)
        query = dict(urllib.parse.parse_qsl(split.query, keep_blank_values=True))
        if split.path.startswith(_LISTING):
            bucket, _, objects = split.path.removeprefix(_LISTING).partition("/")
            if objects:
                self._list(bucket, query)
            else:
                self._bucket(bucket, query, json.loads(body) if body else None)
            return
        if "X-Goog-Signature" in query and not self.owner.links(self.path, self.headers["Host"]):
            self.refuse(403, "SignatureDoesNotMatch")
            return
        name = urllib.parse.unquote(split.path[1:])
        if name.startswith("no-bucket/"):
            self.refuse(404, "NoSuchBucket")
        elif self.command == "PUT":
            self._put(name, body)
        elif self.command == "GET":
            self._get(name, query.get("generation"))
        else:
            self.refuse(405, "MethodNotAllowed")

    def _put(self, name: str, body: bytes) -> None:
        match = self.headers.get("x-goog-if-generation-match")
        if match is not None and not match.isdecimal():
            self.refuse(400, "InvalidArgument")
            return
        try:
            number = self.owner.put(name, body, match)
        except RetainedError:
            self.refuse(403, "RetentionPolicyNotMet")
            return
        if number is None:
            self.refuse(412, "PreconditionFailed")
        else:
            self.answer(200, headers={"ETag": f'"{number:x}"', "x-goog-generation": str(number)})

    def _get(self, name: str, generation: str | None) -> None:
        with self.owner.lock:
            held = self.owner.objects.get(name, [])
            found = [g for g in held if (str(g.number) == generation if generation else g.live)]
        if not found:
            self.refuse(404, "NoSuchKey")
            return
        headers = {"ETag": f'"{found[0].number:x}"', "x-goog-generation": str(found[0].number)}
        self.answer(200, found[0].data, headers | {"Last-Modified": "Mon, 23 Nov 2026 06:00:00 GMT"})

    def _bucket(self, name: str, query: dict[str, str], patch: dict[str, Any] | None) -> None:
        store = self.owner
        if patch is not None:
            wanted = int(patch["retentionPolicy"]["retentionPeriod"])
            term, locked = store.retained.get(name, (0, False))
            if query.get("ifMetagenerationMatch", str(store.metageneration)) != str(store.metageneration):
                self.refuse(412, "conditionNotMet")
                return
            if locked and wanted < term:
                self.refuse(403, "retentionPolicyLocked")
                return
            store.retained[name] = (wanted, locked)
            store.metageneration += 1
        shown: dict[str, Any] = {"kind": "storage#bucket", "name": name, "timeCreated": _MADE}
        shown["metageneration"] = str(store.metageneration)
        if name in store.retained:
            term, locked = store.retained[name]
            shown["retentionPolicy"] = {"retentionPeriod": str(term), "effectiveTime": _MADE, "isLocked": locked}
        self.answer(200, json.dumps(shown).encode(), {"Content-Type": "application/json"})

    def _list(self, bucket: str, query: dict[str, str]) -> None:
        prefix = f"{bucket}/{query.get('prefix', '')}"
        with self.owner.lock:
            names = sorted(name for name in self.owner.objects if name.startswith(prefix))
            start = int(query.get("pageToken", 0))
            shown = [(name, g) for name in names[start : start + _PAGE] for g in self.owner.objects[name]]
        every = query.get("versions", "").lower() == "true"
        items = [
            {"name": name.removeprefix(f"{bucket}/"), "generation": str(g.number), "size": str(len(g.data))}
            | ({} if g.live else {"timeDeleted": _DELETED})
            for name, g in shown
            if g.live or every
        ]
        more = {"nextPageToken": str(start + _PAGE)} if start + _PAGE < len(names) else {}
        data = json.dumps({"kind": "storage#objects", "items": items} | more).encode()
        self.answer(200, data, {"Content-Type": "application/json"})
