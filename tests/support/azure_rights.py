"""Role assignments and role definitions of the Azure of the tests, with what a scope inherits from above."""

from typing import Any, Final

from support.azure_routes import Answer, NotHereError, Page, Request, Route

READER: Final = "acdd72a7-3385-48ef-bd42-f606fba81ae7"
OWNER: Final = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635"


class Rights:
    """Assignments as ARM lists them, and the roles by their name (a GUID); tests change both."""

    def __init__(self) -> None:
        self.assignments: list[dict[str, Any]] = []
        self.roles: dict[str, dict[str, Any]] = {}
        self.parents: dict[str, list[str]] = {}  # by subscription: the management groups above it
        self.define("Reader", READER, "*/read")
        self.define("Owner", OWNER, "*")

    def routes(self) -> tuple[Route, ...]:
        """Give what is answered here."""
        base = r"providers/Microsoft\.Authorization"
        return (
            Route("authorization:roleAssignments.list", "GET", rf"(/.+)/{base}/roleAssignments", self._list),
            Route("authorization:roleDefinitions.get", "GET", rf"(/.+)?/{base}/roleDefinitions/([^/]+)", self._get),
        )

    def define(self, name: str, guid: str, *actions: str, **more: Any) -> None:  # noqa: ANN401 - other lists of actions
        """Make a role that allows some actions."""
        entry = {"actions": list(actions), "notActions": [], "dataActions": [], "notDataActions": [], **more}
        self.roles[guid] = {
            "id": f"/providers/Microsoft.Authorization/roleDefinitions/{guid}",
            "name": guid,
            "type": "Microsoft.Authorization/roleDefinitions",
            "properties": {"roleName": name, "type": "BuiltInRole", "permissions": [entry], "assignableScopes": ["/"]},
        }

    def assign(
        self, principal: str, guid: str, scope: str, kind: str = "ServicePrincipal", condition: str = ""
    ) -> None:
        """Give somebody a role at a scope."""
        told = {
            "roleDefinitionId": f"/providers/Microsoft.Authorization/roleDefinitions/{guid}",
            "principalId": principal,
            "principalType": kind,
            "scope": scope,
        }
        more = {"condition": condition, "conditionVersion": "2.0"} if condition else {}
        name = f"00000000-0000-0000-0000-{len(self.assignments):012d}"
        self.assignments.append({
            "id": f"{scope.rstrip('/')}/providers/Microsoft.Authorization/roleAssignments/{name}",
            "name": name,
            "type": "Microsoft.Authorization/roleAssignments",
            "properties": told | more,
        })  # fmt: skip

    def _list(self, request: Request) -> Answer:
        assert request.query["$filter"] == "atScope()"  # else what lies below would be listed too
        asked = request.found[1].lower()
        above = self.parents.get(asked.split("/")[2] if asked.startswith("/subscriptions/") else "", [])
        holds = {"/", *(f"/providers/microsoft.management/managementgroups/{name}".lower() for name in above)}
        return Page([a for a in self.assignments if _reaches(a["properties"]["scope"].lower(), asked, holds)])

    def _get(self, request: Request) -> Answer:
        if request.found[2] not in self.roles:
            raise NotHereError("RoleDefinitionDoesNotExist")
        return dict(self.roles[request.found[2]])


def _reaches(scope: str, asked: str, above: set[str]) -> bool:
    return scope in above or asked == scope or asked.startswith(f"{scope}/")
