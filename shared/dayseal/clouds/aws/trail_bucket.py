"""Configuration changes from a trail's own log files in S3: further back than CloudTrail remembers, and unhurried.

Source: CloudTrail User Guide, "CloudTrail log file name format" and "CloudTrail record contents".
"""

import concurrent.futures
import dataclasses
import datetime as dt
import json
import zlib
from collections.abc import Iterator
from typing import Any, Final

from dayseal.clouds.aws.calls import Calls, Json
from dayseal.clouds.aws.changes import read_change
from dayseal.clouds.aws.places import ArchivePlace, Place
from dayseal.codec import parse_time
from dayseal.errors import FormatError
from dayseal.model import Window
from dayseal.model.route import Answer, Call, ChangeTrail, ConfigChange, Known, Missing, Reason

_THREADS: Final = 16
_MAX_FILE_BYTES: Final = 256 * 1024 * 1024  # unpacked; CloudTrail's own files have some 50 MB at most
_DELAY: Final = dt.timedelta(hours=2)  # how late a file may be filed, so that it lies in the next day's folder
_DAY: Final = dt.timedelta(days=1)
_GUNZIP: Final = 31


@dataclasses.dataclass(frozen=True, slots=True)
class _File:
    changes: tuple[ConfigChange, ...]
    object_level: bool


class TrailBucket:
    """Reads the log files of an organisation's trail.

    `place.prefix` is what stands before the accounts in its keys, e.g. `AWSLogs/o-exampleorg/`.
    """

    def __init__(self, calls: Calls, place: ArchivePlace, *, threads: int = _THREADS) -> None:
        self._calls = calls
        self._trail = place
        self._threads = threads

    def answer(self, place: Place, names: tuple[str, ...], window: Window) -> Answer[ChangeTrail]:
        """Give the changes of these names in one account and Region.

        One file that cannot be read leaves no trail, nor does a whole day without any file: something always
        calls AWS, so the trail was off then, or writes elsewhere.
        """
        keys: list[str] = []
        for day in _days(window):
            prefix = f"{self._trail.prefix}{place.account}/CloudTrail/{place.region}/{day:%Y/%m/%d}/"
            call = self._call("ListObjectsV2", prefix)
            listed = self._calls.pages(self._home, call, **self._request(Prefix=prefix))
            if listed.ended is not None:
                return listed.ended
            found = [item["Key"] for page in listed.items for item in page.get("Contents") or ()]
            if not found and window.start.date() < day < window.end.date():
                return Missing(Reason.NOT_FOUND, call, f"no log file of {day}")
            keys += found
        if not keys:
            return Missing(Reason.NOT_FOUND, self._call("ListObjectsV2", self._trail.prefix), "no log file")
        with concurrent.futures.ThreadPoolExecutor(self._threads) as pool:
            answers = list(pool.map(lambda key: self._read(key, names, window), keys))
        missing = next((answer for answer in answers if isinstance(answer, Missing)), None)
        if missing is not None:
            return missing
        files = [answer.value for answer in answers if isinstance(answer, Known)]
        changes = sorted((c for file in files for c in file.changes), key=lambda c: (c.at, c.event_id))
        trail = ChangeTrail(window, names, tuple(changes), object_level=any(file.object_level for file in files))
        return Known(trail, self._call("GetObject", f"{self._trail.prefix}{place.account}/CloudTrail/{place.region}/"))

    @property
    def _home(self) -> Place:
        return Place(self._trail.account, self._trail.region)

    def _call(self, operation: str, key: str) -> Call:
        return Call("s3", operation, f"s3://{self._trail.bucket}/{key}")

    def _request(self, **more: str) -> dict[str, Any]:
        return {"Bucket": self._trail.bucket, **more}

    def _read(self, key: str, names: tuple[str, ...], window: Window) -> Answer[_File]:
        def read(found: Json) -> _File:
            return _parse(found["Body"].read(), frozenset(names), window)

        answer = self._calls.ask(self._home, self._call("GetObject", key), read, **self._request(Key=key))
        if isinstance(answer, Missing) and answer.reason is Reason.DENIED:
            return dataclasses.replace(answer, permission="s3:GetObject")  # no version is asked for here
        return answer


def _days(window: Window) -> Iterator[dt.date]:
    day, last = window.start.date(), (window.end + _DELAY).date()
    while day <= last:
        yield day
        day += _DAY


def _parse(data: bytes, names: frozenset[str], window: Window) -> _File:
    """Read one log file.

    Raises:
        FormatError: it is no whole gzip member with records in JSON, or far too large.
    """
    records = _records(data)
    changes = []
    for record in records:
        if record.get("eventName") in names:
            at = parse_time(str(record.get("eventTime")))
            if window.start <= at < window.end:
                changes.append(read_change(record, at))
    return _File(tuple(changes), any(record.get("eventCategory") == "Data" for record in records))


def _records(data: bytes) -> list[dict[str, Any]]:
    unpacker = zlib.decompressobj(_GUNZIP)
    try:
        text = unpacker.decompress(data, _MAX_FILE_BYTES)
        records = json.loads(text)["Records"] if unpacker.eof else None
    except (zlib.error, ValueError, KeyError, TypeError, RecursionError) as exc:
        raise FormatError(f"CloudTrail log file: {type(exc).__name__}, gzip of JSON with Records promised") from exc
    if not isinstance(records, list) or not all(isinstance(record, dict) for record in records):
        raise FormatError("CloudTrail log file: not whole, or without Records")
    return records
