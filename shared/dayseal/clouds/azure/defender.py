"""Defender for Cloud's plans for containers on a subscription, and their extensions."""

from typing import Final

from dayseal.clouds.azure.calls import Ask, Calls
from dayseal.clouds.azure.values import Json, part, parts, text, word
from dayseal.errors import FormatError
from dayseal.model.route import Answer, Call, Detector, WatchedPlace
from dayseal.once import Once

# By plan: its product. Both read the control plane's audit log by themselves; the older one was replaced.
_PLANS: Final = {"Containers": "Defender for Containers", "KubernetesService": "Defender for Kubernetes"}
_NEWEST: Final = "Containers"
_COVERAGE: Final = ("FullyCovered", "PartiallyCovered", "NotCovered")
_VERSION: Final = "2024-01-01"


class Watching:
    """Asks about subscriptions, each once a run."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls
        self._answers: Once[str, Answer[tuple[Detector, ...]]] = Once()

    def place(self, subscription: str) -> WatchedPlace:
        """Give the plans of a subscription, which is named by its id alone."""
        name = f"subscriptions/{subscription}"
        return WatchedPlace(name, self._answers.get(subscription.casefold(), lambda: self._ask(name)))

    def _ask(self, name: str) -> Answer[tuple[Detector, ...]]:
        ask = Ask(Call("security", "pricings.list", name), f"/{name}/providers/Microsoft.Security/pricings", _VERSION)
        return self._calls.list(ask).answer(lambda found: read_detectors(found.items()))


def read_detectors(listed: tuple[Json, ...]) -> tuple[Detector, ...]:
    """Read the plans for containers and each one's extensions, which read images and nodes but no audit log.

    Raises:
        FormatError: plans are listed, but not the one for containers, and none that took its place before is on; a
            plan has no name; a tier or a coverage is none we know; or only some resources are covered and it is not
            told which.
    """
    found: list[Detector] = []
    for item in listed:
        said = text(item, "name").casefold()
        if not said:
            raise FormatError("pricings: a plan without a name")
        name = next((plan for plan in _PLANS if plan.casefold() == said), None)
        if name is not None:
            on = _is_on(part(item, "properties"))
            found.append(Detector(_PLANS[name], name, enabled=on, reads_audit=True))
            found += _extensions(part(item, "properties"), _PLANS[name], on=on)
    told = any(one.enabled or one.name == _NEWEST for one in found if one.reads_audit)
    if listed and not told:
        raise FormatError(f"pricings: no plan {_NEWEST}, listed on or off promised")
    return tuple(found)


def _is_on(properties: Json) -> bool:
    tier = word(properties, "pricingTier", ("Free", "Standard"))
    covered = word(properties, "resourcesCoverageStatus", _COVERAGE, "FullyCovered")
    if tier == "Standard" and covered == "PartiallyCovered":
        raise FormatError("resourcesCoverageStatus: PartiallyCovered, and which resources are is not told")
    return tier == "Standard" and covered != "NotCovered"


def _extensions(properties: Json, product: str, *, on: bool) -> list[Detector]:
    return [
        Detector(product, text(one, "name"), enabled=on and _switched(one), reads_audit=False)
        for one in parts(properties, "extensions")
    ]


def _switched(extension: Json) -> bool:
    # This API writes its switches as the texts True and False.
    return word(extension, "isEnabled", ("True", "False")) == "True"
