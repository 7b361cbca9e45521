"""Which clusters are expected: enrolments and inventories."""

from typing import Literal

from dayseal.attest.predicates.shared import Chain, ClusterRef
from dayseal.codec import Wire


class Enrolment(Wire):
    """A cluster enters or leaves the expected set from `day` on; entering is number 0 of its chain."""

    cluster: ClusterRef
    action: Literal["enter", "leave"]
    day: str
    reason: str
    chain: Chain
    at: str


class Inventory(Wire):
    """An attestor's discovery: calls made, scopes that did not answer, clusters returned (as text)."""

    calls: tuple[str, ...]
    silent_scopes: tuple[str, ...]
    clusters: tuple[str, ...]
    clusters_left_off: int
    chain: Chain
    at: str
