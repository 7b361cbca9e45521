"""Defender for Cloud: the plans of subscriptions."""

from typing import Any, Final

from support.azure_routes import Answer, Page, Request, Route

_SUB: Final = r"/subscriptions/([^/]+)"
_TYPE: Final = "Microsoft.Security/pricings"


class Security:
    """Plans by subscription; tests change them."""

    def __init__(self) -> None:
        self.pricings: dict[str, list[dict[str, Any]]] = {}

    def routes(self) -> tuple[Route, ...]:
        """Give what is answered here."""
        return (Route("security:pricings.list", "GET", rf"{_SUB}/providers/Microsoft\.Security/pricings", self._list),)

    def set(self, subscription: str, *plans: str, **more: Any) -> None:  # noqa: ANN401 - any property
        """Switch some plans on, and all others that matter off."""
        names = ("VirtualMachines", "Containers", "KubernetesService")
        self.pricings[subscription] = [plan(subscription, name, on=name in plans, **more) for name in names]

    def _list(self, request: Request) -> Answer:
        assert request.query["api-version"] == "2024-01-01"
        return Page(self.pricings.get(request.found[1], []))


def plan(subscription: str, name: str, *, on: bool = True, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - any property
    """Give a plan as it is listed; its switches are texts."""
    extensions = [
        {"name": "ContainerSensor", "isEnabled": "True" if on else "False"},
        {"name": "AgentlessDiscoveryForKubernetes", "isEnabled": "False"},
    ]
    told = {
        "pricingTier": "Standard" if on else "Free",
        "freeTrialRemainingTime": "P0D",
        "resourcesCoverageStatus": "FullyCovered" if on else "NotCovered",
        **({"extensions": extensions} if name == "Containers" else {}),
        **more,
    }
    where = f"/subscriptions/{subscription}/providers/{_TYPE}/{name}"
    return {"id": where, "name": name, "type": _TYPE, "properties": told}
