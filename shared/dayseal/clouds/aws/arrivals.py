"""What the archive itself shows of deliveries: the newest object, and objects that went astray."""

import dataclasses
import datetime as dt
from collections.abc import Iterable
from typing import Any, Final

from dayseal.clouds.aws.calls import Calls, Listed
from dayseal.clouds.aws.firehose_prefix import error_prefixes, fixed_part, prefix_at, whole_prefix
from dayseal.clouds.aws.places import ArchivePlace, Place
from dayseal.model.route import Answer, Call, Known, Missing, NewestObject, Reason

_HOUR: Final = dt.timedelta(hours=1)
_MAX_PAGES: Final = 10  # of 1,000 keys each
_MAX_DEPTH: Final = 12


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
        """Find the object stored last: in this hour's folder, the last hour's, else by walking down the latest folders.

        Keys without dates are walked too, by their order: then it is the newest of the last 10,000 keys.
        """
        call = self._call(inlet.prefix)
        errors = error_prefixes(inlet.prefix, inlet.error_prefix) or ()
        for start in dict.fromkeys((prefix_at(inlet.prefix, now), prefix_at(inlet.prefix, now - _HOUR))):
            listed = self._list(self._call(start), Prefix=start)
            found = _newest(_contents(listed), errors)
            if found is not None and (listed.ended is None or _cut_short(listed)):
                return Known(found, call)
            if listed.ended is not None and not _cut_short(listed):
                return listed.ended
        return self._walk(fixed_part(whole_prefix(inlet.prefix)), call, errors)

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

    def _walk(self, prefix: str, call: Call, errors: tuple[str, ...]) -> Answer[NewestObject | None]:
        """Follow the greatest folder downwards: of folders named by date that is the latest."""
        best: NewestObject | None = None
        for _ in range(_MAX_DEPTH):
            listed = self._list(self._call(prefix), Prefix=prefix, Delimiter="/")
            if listed.ended is not None and not _cut_short(listed):
                return listed.ended
            here = _newest(_contents(listed), errors)
            best = max((o for o in (best, here) if o is not None), key=lambda o: o.stored_at, default=None)
            folders = [item["Prefix"] for page in listed.items for item in page.get("CommonPrefixes") or ()]
            inside = [folder for folder in folders if not folder.startswith(errors)]
            if not inside:
                return Known(best, call)
            prefix = max(inside)
        return Known(best, call)

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
