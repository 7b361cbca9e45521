"""Who watches: the services of Security Command Center, as they are in effect."""

from typing import Final

from dayseal.clouds.gcp.calls import Ask, Calls, Listed, quoted
from dayseal.clouds.gcp.values import Json, named, word
from dayseal.model.route import Answer, Call, Detector, WatchedPlace
from dayseal.once import Once

# By service: its product, and whether it reads audit logs. Container Threat Detection watches nodes, not the API.
_SERVICES: Final = {
    "event-threat-detection": ("Event Threat Detection", True),
    "container-threat-detection": ("Container Threat Detection", False),
}

_STATES: Final = ("ENABLED", "DISABLED", "INGEST_ONLY")  # in effect; INHERITED is none


class Watching:
    """Asks about projects, each once a run."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls
        self._answers: Once[str, Answer[tuple[Detector, ...]]] = Once()

    def place(self, name: str) -> WatchedPlace:
        """Give the detectors that are in effect for a project (`projects/P`), whichever level switches them."""
        return WatchedPlace(name, self._answers.get(name, lambda: self._ask(name)))

    def _ask(self, name: str) -> Answer[tuple[Detector, ...]]:
        call = Call("securitycentermanagement", "securityCenterServices.list", name)
        ask = Ask(call, f"v1/{quoted(name)}/locations/global/securityCenterServices")
        return self._calls.list(ask).answer(_detectors)


def _detectors(listed: Listed) -> tuple[Detector, ...]:
    found = (_detector(item) for item in listed.items("securityCenterServices"))
    return tuple(sorted((one for one in found if one is not None), key=lambda one: one.name))


def _detector(item: Json) -> Detector | None:
    service = named(item, "name").rpartition("/")[2]
    if service not in _SERVICES:
        return None
    product, reads = _SERVICES[service]
    state = word(item, "effectiveEnablementState", _STATES)
    return Detector(product, service, enabled=state == "ENABLED", reads_audit=reads)
