"""Who watches the audit stream."""

import dataclasses

from dayseal.model.route.answers import Answer


@dataclasses.dataclass(frozen=True, slots=True)
class Detector:
    """One detector: its product, id, whether it runs, and whether it reads Kubernetes audit events."""

    product: str
    name: str
    enabled: bool
    reads_audit: bool


@dataclasses.dataclass(frozen=True, slots=True)
class WatchedPlace:
    """The detectors of one Region, project or subscription; an empty tuple says that there are none."""

    location: str
    detectors: Answer[tuple[Detector, ...]]
