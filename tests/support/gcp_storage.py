"""Cloud Storage's JSON API as far as dayseal asks it: buckets, their policies, objects with every generation.

`fake-gcs-server` and the like drop retention, holds and old generations without a word, which is what is read here.
"""

import dataclasses
import datetime as dt
import hashlib
import re
from typing import Any, Final

import google_crc32c

from dayseal.codec import encode_base64

NOW: Final = dt.datetime(2026, 11, 23, 6, 30, tzinfo=dt.UTC)
_FIELDS: Final = re.compile(r"items\(([^)]*)\)")


@dataclasses.dataclass(slots=True)
class Media:
    """The bytes of an object, and the headers that come with them."""

    data: bytes
    headers: dict[str, str]


@dataclasses.dataclass(slots=True)
class Generation:
    """One generation: its bytes and its resource, as the API shows it."""

    data: bytes
    shown: dict[str, Any]


class Storage:
    """Buckets and their objects; `shown` of a generation may be changed by a test."""

    def __init__(self) -> None:
        self.buckets: dict[str, dict[str, Any]] = {}
        self.policies: dict[str, dict[str, Any]] = {}
        self.objects: dict[str, dict[str, list[Generation]]] = {}
        self._number = 1_700_000_000_000_000

    def add_bucket(self, name: str, project_number: str, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - any field
        """Make a bucket; give its resource."""
        self.buckets[name] = {"name": name, "projectNumber": project_number, "location": "EU", **more}
        self.policies[name] = {"kind": "storage#policy", "version": 3, "bindings": []}
        self.objects[name] = {}
        return self.buckets[name]

    def put(
        self, bucket: str, name: str, data: bytes, *, at: dt.datetime = NOW, **more: Any,  # noqa: ANN401 - any field
    ) -> str:  # fmt: skip
        """Store a generation; the one before is no longer live. Gives its number."""
        self._number += 1
        held = self.objects[bucket].setdefault(name, [])
        if held:
            held[-1].shown.setdefault("timeDeleted", _time(at))
        crc = encode_base64(google_crc32c.value(data).to_bytes(4, "big"))
        shown = {"name": name, "bucket": bucket, "generation": str(self._number), "size": str(len(data)),
                 "timeCreated": _time(at), "crc32c": crc, "contentType": "application/json"}  # fmt: skip
        policy = self.buckets[bucket].get("retentionPolicy")
        if policy:
            days = dt.timedelta(seconds=int(policy["retentionPeriod"]))
            shown["retentionExpirationTime"] = _time(at + days)
        held.append(Generation(data, shown | more))
        return str(self._number)

    def delete(self, bucket: str, name: str, *, at: dt.datetime = NOW) -> None:
        """Leave a name without a live generation."""
        self.objects[bucket][name][-1].shown.setdefault("timeDeleted", _time(at))

    def answer(self, path: str, query: dict[str, str]) -> Any:  # noqa: ANN401 - JSON, or bytes
        """Answer a request.

        Raises:
            LookupError: there is no such bucket or object.
        """
        bucket, _, rest = path.partition("/b/")[2].partition("/")
        if not rest:
            return self.buckets[bucket]
        if rest == "iam":
            assert query["optionsRequestedPolicyVersion"] == "3"
            self.buckets[bucket]
            return self.policies[bucket]
        if rest == "o":
            return self._list(bucket, query)
        found = self._find(bucket, rest.removeprefix("o/"), query.get("generation"))
        if query.get("alt") != "media":
            return found.shown
        shown = found.shown
        md5 = encode_base64(hashlib.md5(found.data, usedforsecurity=False).digest())
        hashes = f"crc32c={shown['crc32c']},md5={md5}"
        headers = {"X-Goog-Hash": hashes, "X-Goog-Generation": shown["generation"], "Content-Type": "application/json"}
        if "contentEncoding" in shown:
            headers["Content-Encoding"] = shown["contentEncoding"]
        return Media(found.data, headers)

    def _find(self, bucket: str, name: str, generation: str | None) -> Generation:
        for held in self.objects[bucket].get(name, []):
            wanted = generation == held.shown["generation"] if generation else "timeDeleted" not in held.shown
            if wanted:
                return held
        raise LookupError(name)

    def _list(self, bucket: str, query: dict[str, str]) -> dict[str, Any]:
        prefix, delimiter = query.get("prefix", ""), query.get("delimiter", "")
        every = query.get("versions", "").lower() == "true"
        items: list[dict[str, Any]] = []
        folders: set[str] = set()
        for name, held in sorted(self.objects[bucket].items(), key=lambda one: one[0].encode()):
            shown = [one.shown for one in held if every or "timeDeleted" not in one.shown]
            if not name.startswith(prefix) or not shown:
                continue
            rest = name.removeprefix(prefix)
            if delimiter and delimiter in rest:
                folders.add(prefix + rest[: rest.index(delimiter) + 1])
            else:
                items += shown
        asked = _FIELDS.search(query.get("fields", ""))
        if asked:
            items = [{key: item[key] for key in asked[1].split(",") if key in item} for item in items]
        return {"items": items, "prefixes": sorted(folders)}


def _time(moment: dt.datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
