"""What the archive itself shows of deliveries: the newest object, and objects that went astray."""

import dataclasses
import datetime as dt
import re
from collections.abc import Iterable
from typing import Any, Final

from dayseal.clouds.aws.calls import Calls, Listed
from dayseal.clouds.aws.firehose_prefix import error_prefixes, fixed_part, prefix_at, prefix_of_day, whole_prefix
from dayseal.clouds.aws.places import ArchivePlace, Place
from dayseal.model.route import Answer, Call, Known, Missing, NewestObject, Reason

_HOUR: Final = dt.timedelta(hours=1)
_MAX_PAGES: Final = 10  # of 1,000 keys each
_DAY: Final = dt.timedelta(days=1)
_DIGIT: Final = re.compile(r"[0-9]")


@dataclasses.dataclass(frozen=True, slots=True)
class Inlet:
    """One way into the archive: a stream's prefix and error prefix, as Firehose has them."""

    prefix: str
    error_prefix: str = ""


class Arrivals:
    """Looks at one archive's newest keys, in few requests however much it holds."""

    def __init__(self, calls: Calls, archive: ArchivePlace) -> None:
        self._calls = calls
        self._archive = archive

    def newest(self, inlet: Inlet, now: dt.datetime) -> Answer[NewestObject | None]:
        """Find the object stored last: in this hour's folder, the last hour's, else in the latest folder there is.

        Where keys do not begin with a date we know, all are listed; more than 10,000 of those are no answer.
        """
        call, errors = self._call(inlet.prefix), error_prefixes(inlet.prefix, inlet.error_prefix) or ()
        if prefix_of_day(inlet.prefix, now.date()) == prefix_of_day(inlet.prefix, now.date() - _DAY):
            return self._newest_of_all(fixed_part(inlet.prefix), call, errors)
        for start in dict.fromkeys((prefix_at(inlet.prefix, now), prefix_at(inlet.prefix, now - _HOUR))):
            listed = self._list(self._call(start), Prefix=start)
            if listed.ended is not None and not _cut_short(listed):
                return listed.ended
            found = _newest(_contents(listed), errors)
            if found is not None:
                return Known(found, call)
        return self._newest_of_old(inlet, now, call, errors)

    def astray(self, inlet: Inlet, since: dt.datetime) -> Answer[int]:
        """Count objects stored under error prefixes from `since` on."""
        prefixes = error_prefixes(inlet.prefix, inlet.error_prefix)
        if prefixes is None:
            told = f"error prefix {inlet.error_prefix!r} cannot be told from {inlet.prefix!r}"
            return Missing(Reason.CONTRADICTORY, self._call(inlet.error_prefix), told)
        call = Call("s3", "ListObjectsV2", ", ".join(f"s3://{self._archive.bucket}/{prefix}" for prefix in prefixes))
        count = 0
        for prefix in prefixes:
            # Behind the default error prefix stands the date, so what is older need not be listed.
            after = {} if inlet.error_prefix else {"StartAfter": f"{prefix}{since:%Y/%m/%d}"}
            listed = self._list(call, Prefix=prefix, **after)
            count += sum(1 for item in _contents(listed) if item["LastModified"] >= since)
            if listed.ended is not None and not count:
                return listed.ended
        return Known(count, call)

    def _newest_of_old(
        self, inlet: Inlet, now: dt.datetime, call: Call, errors: tuple[str, ...]
    ) -> Answer[NewestObject | None]:
        """Walk down the latest folder of each level; what is not named like a date there is something else."""
        expected, at = prefix_at(inlet.prefix, now), fixed_part(whole_prefix(inlet.prefix))
        while "/" in expected[len(at) :]:
            shape = _shape(expected[: expected.index("/", len(at)) + 1])
            listed = self._list(self._call(at), Prefix=at, Delimiter="/")
            if listed.ended is not None:
                return listed.ended
            folders = [item["Prefix"] for page in listed.items for item in page.get("CommonPrefixes") or ()]
            dated = [folder for folder in folders if _shape(folder) == shape]
            if not dated:
                return Known(None, call)
            at = max(dated)
        return self._newest_of_all(at, call, errors)

    def _newest_of_all(self, prefix: str, call: Call, errors: tuple[str, ...]) -> Answer[NewestObject | None]:
        listed = self._list(self._call(prefix), Prefix=prefix)
        return listed.ended or Known(_newest(_contents(listed), errors), call)

    def _list(self, call: Call, **request: str) -> Listed:
        place = Place(self._archive.account, self._archive.region)
        return self._calls.pages(place, call, max_pages=_MAX_PAGES, Bucket=self._archive.bucket, **request)

    def _call(self, prefix: str) -> Call:
        return Call("s3", "ListObjectsV2", f"s3://{self._archive.bucket}/{prefix}")


def _contents(listed: Listed) -> Iterable[Any]:
    return (item for page in listed.items for item in page.get("Contents") or ())


def _newest(items: Iterable[Any], errors: tuple[str, ...]) -> NewestObject | None:
    found = [item for item in items if not item["Key"].startswith(errors)]
    last = max(found, key=lambda item: item["LastModified"], default=None)
    return None if last is None else NewestObject(last["Key"], last["LastModified"])


def _cut_short(listed: Listed) -> bool:
    return listed.ended is not None and len(listed.items) == _MAX_PAGES


def _shape(folder: str) -> str:
    return _DIGIT.sub("0", folder)
