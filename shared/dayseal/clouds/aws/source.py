"""One EKS cluster's own side of the route: cluster, log group, filters, streams, exports."""

import json
from typing import Final

from dayseal.clouds.aws.calls import Calls, Json
from dayseal.clouds.aws.discover import UNIDENTIFIED
from dayseal.clouds.aws.eks import describe_cluster
from dayseal.clouds.aws.keys import Keys
from dayseal.clouds.aws.places import Place
from dayseal.clouds.aws.shared_facts import SharedFacts, moment_of
from dayseal.clouds.aws.streams import Streams
from dayseal.model import ClusterId
from dayseal.model.route import (
    AccountPolicy,
    Answer,
    Call,
    EksCluster,
    EksSource,
    EncryptionKey,
    ExportTask,
    Known,
    LogGroup,
    Missing,
    PolicyKind,
    Reason,
    SubscriptionFilter,
)

_NO_GROUP: Final = {"ResourceNotFoundException": ()}  # a group that is not there has no filters
_NO_TRANSFORMER: Final = {"ResourceNotFoundException": None}


class SourceProbe:
    """Asks about clusters one by one; what they share comes from `shared` and `streams`."""

    def __init__(self, calls: Calls, shared: SharedFacts, streams: Streams, keys: Keys) -> None:
        self._calls = calls
        self._keys = keys
        self._shared = shared
        self._streams = streams

    def facts(self, cluster: ClusterId, described: Answer[EksCluster] | None) -> EksSource:
        """Ask everything about one cluster; `described` is what discovery was told already."""
        place, group = Place(cluster.account, cluster.location), f"/aws/eks/{cluster.name}/cluster"
        log_group = self._log_group(place, group)
        policies = self._shared.policies(place)
        filters = self._filters(place, group, log_group)
        destinations = [*_filter_targets(filters), *_policy_targets(policies)]
        return EksSource(
            cluster=described or self._cluster(place, cluster),
            log_group_name=group,
            log_group=log_group,
            log_group_key=self._log_group_key(place, log_group),
            account_policies=policies,
            filters=filters,
            transformer=self._transformer(place, group, filters),
            streams=tuple(self._streams.behind(arn) for arn in dict.fromkeys(destinations)),
            exports=self._exports(place, group),
        )

    def _cluster(self, place: Place, cluster: ClusterId) -> Answer[EksCluster | None]:
        found = describe_cluster(self._calls, place, cluster.name)
        if isinstance(found, Missing) or found.value is None:
            return found  # type: ignore[return-value]  # Known(None) of the one is Known(None) of the other
        answered, facts = found.value
        # Another uid is another cluster of the same name: the one we ask about is no more.
        same = answered == cluster or cluster.uid == UNIDENTIFIED
        return Known(facts if same else None, found.source)

    def _log_group(self, place: Place, group: str) -> Answer[LogGroup | None]:
        groups = self._shared.log_groups(place)
        return groups if isinstance(groups, Missing) else Known(groups.value.get(group), groups.source)

    def _log_group_key(self, place: Place, group: Answer[LogGroup | None]) -> Answer[EncryptionKey | None]:
        if isinstance(group, Missing):
            return Missing(Reason.NOT_ASKED, Call("kms", "DescribeKey", place.text), "the log group is not known")
        name = "" if group.value is None else group.value.key
        return self._keys.state(name, place) if name else Known(None, group.source)

    def _filters(
        self, place: Place, group: str, log_group: Answer[LogGroup | None]
    ) -> Answer[tuple[SubscriptionFilter, ...]]:
        if isinstance(log_group, Known) and log_group.value is None:
            return Known((), log_group.source)
        call = Call("logs", "DescribeSubscriptionFilters", place.arn("logs", f"log-group:{group}"))
        # A log group has two filters at most: there is never a second page.
        return self._calls.ask(place, call, _read_filters, absent=_NO_GROUP, logGroupName=group)

    def _transformer(
        self, place: Place, group: str, filters: Answer[tuple[SubscriptionFilter, ...]]
    ) -> Answer[str | None]:
        call = Call("logs", "GetTransformer", place.arn("logs", f"log-group:{group}"))
        if isinstance(filters, Known) and not any(way.on_transformed for way in filters.value):
            return Missing(Reason.NOT_ASKED, call, "no filter exports transformed records")
        return self._calls.ask(place, call, _read_transformer, absent=_NO_TRANSFORMER, logGroupIdentifier=group)

    def _exports(self, place: Place, group: str) -> Answer[tuple[ExportTask, ...]]:
        found = self._shared.exports(place)
        if isinstance(found, Missing):
            return found
        return Known(tuple(task for name, task in found.value if name == group), found.source)


def _read_filters(found: Json) -> tuple[SubscriptionFilter, ...]:
    return tuple(
        SubscriptionFilter(
            name=item["filterName"],
            pattern=item.get("filterPattern") or "",
            destination=item["destinationArn"],
            on_transformed=item.get("applyOnTransformedLogs") is True,
            field_selection=item.get("fieldSelectionCriteria") or "",
            created_at=moment_of(item["creationTime"]) if "creationTime" in item else None,
        )
        for item in found["subscriptionFilters"]
    )


def _read_transformer(found: Json) -> str | None:
    steps = [name for step in found.get("transformerConfig") or () for name in step]
    return ", ".join(steps) or None


def _filter_targets(filters: Answer[tuple[SubscriptionFilter, ...]]) -> list[str]:
    return [way.destination for way in filters.value] if isinstance(filters, Known) else []


def _policy_targets(policies: Answer[tuple[AccountPolicy, ...]]) -> list[str]:
    found = policies.value if isinstance(policies, Known) else ()
    return [
        target for policy in found if policy.kind is PolicyKind.SUBSCRIPTION and (target := target_of(policy.document))
    ]


def target_of(document: str) -> str:
    """Give the destination that an account's subscription policy names, `""` where it cannot be read."""
    try:
        target = json.loads(document).get("DestinationArn")
    except (ValueError, AttributeError, RecursionError):
        return ""  # the check meets the same document and says so
    return target if isinstance(target, str) else ""
