"""Resource Manager as far as clusters are looked for: management groups, Resource Graph, clusters, own permissions."""

import re
from typing import Any, Final

from support.azure_routes import Answer, NotHereError, Page, Request, Route

_SUB: Final = r"/subscriptions/([^/]+)"
_AKS: Final = r"/providers/Microsoft\.ContainerService/managedClusters"
_READER: Final = {"actions": ["*/read"], "notActions": [], "dataActions": [], "notDataActions": []}


class Arm:
    """What there is; every member may be changed by a test.

    `groups` are management groups with what lies directly below: subscriptions and other groups. `index` is what
    Resource Graph knows, resource ids, with the resources `known` behind them, and `hidden` the subscriptions it says
    nothing about. `truncated` and
    `uncounted` make its answers incomplete.
    """

    def __init__(self) -> None:
        self.groups: dict[str, list[str]] = {}
        self.subscriptions: set[str] = set()
        self.clusters: dict[str, list[dict[str, Any]]] = {}
        self.permissions: dict[str, list[dict[str, Any]]] = {}
        self.index: list[str] = []
        self.known: dict[str, dict[str, Any]] = {}
        self.hidden: set[str] = set()
        self.truncated = False
        self.uncounted = 0

    def routes(self) -> tuple[Route, ...]:
        """Give what is answered here."""
        groups = r"/providers/Microsoft\.Management/managementGroups/([^/]+)/descendants"
        cluster = rf"({_SUB}/resourceGroups/[^/]+{_AKS}/[^/]+)"
        permissions = rf"{_SUB}/providers/Microsoft\.Authorization/permissions"
        graph = r"/providers/Microsoft\.ResourceGraph/resources"
        return (
            Route("management:descendants.list", "GET", groups, self._descendants),
            Route("resourcegraph:resources", "POST", graph, self._graph),
            Route("containerservice:managedClusters.list", "GET", f"{_SUB}{_AKS}", self._list),
            Route("containerservice:managedClusters.get", "GET", cluster, self._get),
            Route("authorization:permissions.list", "GET", permissions, self._permissions),
        )

    def below(self, group: str) -> list[str]:
        """Give every subscription below a management group."""
        found = []
        for name in self.groups.get(group, []):
            found += self.below(name) if name in self.groups else [name]
        return found

    def _descendants(self, request: Request) -> Answer:
        assert request.query["api-version"] == "2020-05-01"
        if request.found[1] not in self.groups:
            raise NotHereError("NotFound")
        return Page(self._walk(request.found[1]))

    def _walk(self, group: str) -> list[dict[str, Any]]:
        found = []
        base = "/providers/Microsoft.Management/managementGroups"
        for name in self.groups[group]:
            told = {"displayName": f"the {name}", "parent": {"id": f"{base}/{group}"}}
            if name in self.groups:
                kind = "Microsoft.Management/managementGroups"
                found += [{"id": f"{base}/{name}", "type": kind, "name": name, "properties": told}, *self._walk(name)]
            else:
                found.append(
                    {"id": f"/subscriptions/{name}", "type": "/subscriptions", "name": name, "properties": told}
                )
        return found

    def _graph(self, request: Request) -> Answer:
        assert request.query["api-version"] == "2021-03-01"
        body, options = request.body, request.body["options"]
        groups = [name for group in body.get("managementGroups", []) for name in self.below(group)]
        asked = {*body.get("subscriptions", []), *groups} if body.keys() - {"query", "options"} else self.subscriptions
        kind = re.findall(r"type =~ '([^']+)'", body["query"])[0]
        name = re.findall(r"name =~ '([^']+)'", body["query"])
        rows = [
            {"id": found} | self._columns(body["query"], found) for found in sorted(self.index)
            if found.split("/")[2].lower() in asked - self.hidden and f"/{kind}/" in found.lower()
            and (not name or found.rpartition("/")[2].lower() == name[0].lower())
        ]  # fmt: skip
        assert options["resultFormat"] == "objectArray"
        start, size = int(options.get("$skipToken", "0")), min(options["$top"], request.page)
        shown = rows[start : start + size]
        answer: dict[str, Any] = {
            "totalRecords": len(rows) + self.uncounted,
            "count": len(shown),
            "resultTruncated": "true" if self.truncated or start + size < len(rows) else "false",
            "data": shown,
            "facets": [],
        }
        return answer | ({"$skipToken": str(start + size)} if start + size < len(rows) else {})

    def _columns(self, query: str, found: str) -> dict[str, Any]:
        resource = self.known.get(found, {})
        uid = resource.get("properties", {}).get("resourceUID", "")
        return {"location": resource.get("location", ""), "uid": uid} if "resourceUID" in query else {}

    def _list(self, request: Request) -> Answer:
        return Page(self.clusters[self._subscription(request)])

    def _get(self, request: Request) -> Answer:
        for cluster in self.clusters[self._subscription(request, 2)]:
            if cluster["id"].lower() == request.found[1].lower():
                return dict(cluster)
        raise NotHereError

    def _permissions(self, request: Request) -> Answer:
        return Page(self.permissions.get(self._subscription(request), [_READER]))

    def _subscription(self, request: Request, group: int = 1) -> str:
        name = request.found[group]
        if name not in self.subscriptions:
            raise NotHereError("SubscriptionNotFound")
        return name
