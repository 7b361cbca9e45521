"""The route of a cluster that nobody could ask about: every fact of it is missing, each for that reason."""

import dataclasses
import datetime as dt
import types
import typing
from typing import Any, TypeVar

from dayseal.model import ClusterId
from dayseal.model.route import (
    AksSource,
    Call,
    DeliveryFacts,
    EksSource,
    GkeSource,
    Missing,
    Reason,
    RouteFacts,
    Source,
)

T = TypeVar("T")


def unasked_route(cluster: ClusterId, now: dt.datetime, reason: str) -> RouteFacts:
    """Give facts from which every check concludes that it cannot tell, and why."""
    missing = Missing(Reason.NOT_ASKED, Call("dayseal", "Check", cluster.text), reason)
    return _without(
        RouteFacts,
        missing,
        cluster=cluster,
        asked_at=now,
        source=_source(cluster, missing),
        archive=None,
        delivery=_without(DeliveryFacts, missing),
    )


def _source(cluster: ClusterId, missing: Missing) -> Source:
    if cluster.provider == "gke":
        return _without(GkeSource, missing)
    if cluster.provider == "aks":
        return _without(AksSource, missing, resource_id="")
    return _without(EksSource, missing, log_group_name=f"/aws/eks/{cluster.name}/cluster")


def _without(kind: type[T], missing: Missing, **given: object) -> T:
    """Build facts: those given, every other answer missing, every list empty, what may be absent None."""
    hints = typing.get_type_hints(kind)
    fields = [field.name for field in dataclasses.fields(kind)]  # type: ignore[arg-type]  # facts are dataclasses
    return kind(**{name: given[name] if name in given else _absent(hints[name], missing) for name in fields})


def _absent(hint: Any, missing: Missing) -> object:  # noqa: ANN401 - a type
    if typing.get_origin(hint) is tuple:
        return ()
    members = typing.get_args(hint) if typing.get_origin(hint) in (typing.Union, types.UnionType) else ()
    return missing if Missing in members else None
