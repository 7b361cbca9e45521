"""Resource Graph: an index of what this identity can read, minutes late; it never proves that nothing is there."""

import dataclasses
from collections.abc import Sequence
from typing import Any, Final

from dayseal.clouds.azure.calls import Ask, Calls, Json
from dayseal.model.route import Call, Known, Missing, Reason

_PATH: Final = "/providers/Microsoft.ResourceGraph/resources"
_VERSION: Final = "2021-03-01"
_PAGE: Final = 1_000  # the most that Resource Graph gives at once
_MAX_PAGES: Final = 1_000


@dataclasses.dataclass(frozen=True, slots=True)
class Scopes:
    """Where the index is searched: management groups or subscriptions; neither: everywhere this identity can read."""

    name: str
    groups: tuple[str, ...] = ()
    subscriptions: tuple[str, ...] = ()

    @property
    def body(self) -> dict[str, Any]:
        """The scopes as a query names them."""
        named = {"managementGroups": list(self.groups), "subscriptions": list(self.subscriptions)}
        return {key: names for key, names in named.items() if names}


@dataclasses.dataclass(frozen=True, slots=True)
class Indexed:
    """The rows a search gave before it ended, and why it ended early or is not whole (None: it is complete)."""

    rows: tuple[Json, ...]
    call: Call
    ended: Missing | None


def search(calls: Calls, scopes: Scopes, kind: str, columns: Sequence[str] = (), *, named: str = "") -> Indexed:
    """Search the index for resources of a kind, by name if told; each row has `id`, and `columns` (KQL) beside.

    Paging, the number of records promised and resultTruncated are checked: half of an index is not all of it.
    """
    call = Call("resourcegraph", "resources", scopes.name)
    wanted = f" and name =~ '{named}'" if named else ""
    query = f"resources | where type =~ '{kind}'{wanted} | project {', '.join(('id', *columns))} | order by id asc"
    rows: list[Json] = []
    token = ""
    for _ in range(_MAX_PAGES):
        options = {"resultFormat": "objectArray", "$top": _PAGE} | ({"$skipToken": token} if token else {})
        body = scopes.body | {"query": query, "options": options}
        page = calls.ask(Ask(call, _PATH, _VERSION, body=body), lambda found: found)
        if isinstance(page, Missing):
            return Indexed(tuple(rows), call, page)
        data = page.value.get("data")
        if not isinstance(data, list) or not all(isinstance(row, dict) for row in data):
            return Indexed(tuple(rows), call, Missing(Reason.CONTRADICTORY, call, "data: a list of objects promised"))
        rows += data
        before, token = token, str(page.value.get("$skipToken") or "")
        if not token:
            return Indexed(tuple(rows), call, _doubt(call, page, len(rows)))
        if token == before:
            break
    return Indexed(tuple(rows), call, Missing(Reason.CONTRADICTORY, call, "a page follows itself"))


def _doubt(call: Call, last: Known[Json], found: int) -> Missing | None:
    """Say why a search that came to its end is not whole."""
    if str(last.value.get("resultTruncated")).lower() == "true":
        return Missing(Reason.INCOMPLETE, call, "resultTruncated")
    total = last.value.get("totalRecords")
    if total != found:
        return Missing(Reason.INCOMPLETE, call, f"totalRecords {total}, {found} shown")
    return None
