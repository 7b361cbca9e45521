"""What the archive itself shows of deliveries: the object stored last, found in few requests."""

import re
from typing import Final

from dayseal.clouds.gcp.calls import Ask, Calls, Listed, quoted
from dayseal.clouds.gcp.moments import read_moment
from dayseal.clouds.gcp.places import ArchivePlace
from dayseal.clouds.gcp.values import named
from dayseal.model.route import Answer, Call, Known, Missing, NewestObject
from dayseal.once import Once

LOGS: Final = ("cloudaudit.googleapis.com/activity", "cloudaudit.googleapis.com/data_access")
_PARTS: Final = (r"[0-9]{4}/", r"[0-9]{2}/", r"[0-9]{2}/")  # year, month, day
_LATEST: Final = 2  # days that are looked at: an addendum to yesterday may be the newest
_MAX_PAGES: Final = 10


class Arrivals:
    """Looks at archives' newest objects, each archive once a run."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls
        self._answers: Once[ArchivePlace, Answer[NewestObject | None]] = Once()

    def newest(self, archive: ArchivePlace) -> Answer[NewestObject | None]:
        """Find the object stored last in the folders of the audit logs, in the latest two days that there are."""
        return self._answers.get(archive, lambda: self._ask(archive))

    def _ask(self, archive: ArchivePlace) -> Answer[NewestObject | None]:
        found: list[NewestObject] = []
        call = Call("storage", "objects.list", archive.uri)
        for log in LOGS:
            days = self._latest_days(archive, f"{archive.prefix}{log}/")
            if isinstance(days, Missing):
                return days
            for day in days.value:
                objects = self._list(archive, day, "").answer(lambda listed: _newest(listed, archive.prefix))
                if isinstance(objects, Missing):
                    return objects
                found += objects.value
        return Known(max(found, key=lambda item: item.stored_at, default=None), call)

    def _latest_days(self, archive: ArchivePlace, root: str) -> Answer[tuple[str, ...]]:
        folders: tuple[str, ...] = (root,)
        for part in _PARTS:
            below: list[str] = []
            for folder in folders:
                answer = self._folders(archive, folder, part)
                if isinstance(answer, Missing):
                    return answer
                below += answer.value
            folders = tuple(sorted(below, reverse=True)[:_LATEST])
        return Known(folders, Call("storage", "objects.list", f"gs://{archive.bucket}/{root}"))

    def _folders(self, archive: ArchivePlace, prefix: str, part: str) -> Answer[tuple[str, ...]]:
        shape = re.compile(f"{part}\\Z", re.ASCII)
        return self._list(archive, prefix, "/").answer(
            lambda listed: tuple(f for f in listed.names("prefixes") if shape.match(f.removeprefix(prefix)))
        )

    def _list(self, archive: ArchivePlace, prefix: str, delimiter: str) -> Listed:
        call = Call("storage", "objects.list", f"gs://{archive.bucket}/{prefix}")
        fields = "items(name,timeCreated),prefixes,nextPageToken"
        params = {"prefix": prefix, "fields": fields} | ({"delimiter": delimiter} if delimiter else {})
        return self._calls.list(Ask(call, f"storage/v1/b/{quoted(archive.bucket)}/o", params), max_pages=_MAX_PAGES)


def _newest(listed: Listed, prefix: str) -> list[NewestObject]:
    rows = ((named(item, "name"), read_moment(named(item, "timeCreated"))) for item in listed.items("items"))
    return [NewestObject(name.removeprefix(prefix), stored_at) for name, stored_at in rows]
