"""What is asked about each AKS cluster's own side of the route; what clusters share is asked once a run."""

import datetime as dt
from collections.abc import Iterable
from typing import Final

from dayseal.clouds.azure.activity import ActivityLog, reach_of
from dayseal.clouds.azure.aks import AksDescribed, SubscriptionClusters, list_clusters
from dayseal.clouds.azure.archive import AUDIT_CONTAINERS
from dayseal.clouds.azure.calls import Calls
from dayseal.clouds.azure.diagnostics import Diagnostics
from dayseal.clouds.azure.discovered import unknown_id
from dayseal.clouds.azure.graph import Scopes, search
from dayseal.clouds.azure.operations import cluster_operations
from dayseal.clouds.azure.places import ArchivePlace, account_of, cluster_of, container_id
from dayseal.clouds.azure.refusals import says_gone
from dayseal.clouds.azure.rights import Rights, join_rights
from dayseal.clouds.azure.storage import Accounts
from dayseal.clouds.azure.tables import Workspaces
from dayseal.model import ClusterId
from dayseal.model.route import (
    AccountAnswer,
    AksSource,
    Answer,
    Call,
    DiagnosticSetting,
    Known,
    Missing,
    Reason,
    RoleAssignment,
    WorkspaceAnswer,
)
from dayseal.once import Once

_ACCOUNTS: Final = "microsoft.storage/storageaccounts"


class SourceProbe:
    """Asks about clusters and the archives they write to."""

    def __init__(self, calls: Calls, accounts: Accounts, workspaces: Workspaces, log: ActivityLog) -> None:
        self._calls = calls
        self._accounts = accounts
        self._workspaces = workspaces
        self._log = log
        self._diagnostics = Diagnostics(calls)
        self._rights = Rights(calls)
        self._clusters: Once[str, Answer[SubscriptionClusters]] = Once()
        self._ids: Once[str, Answer[str]] = Once()

    def described(self, cluster: ClusterId) -> AksDescribed:
        """Give a cluster that no discovery described, by its subscription's listing; one left out is not gone."""
        listed = self._clusters.get(cluster.account, lambda: list_clusters(self._calls, cluster.account))
        if isinstance(listed, Missing):
            return AksDescribed(unknown_id(cluster), listed)
        found = next((one for one in listed.value.clusters if one.cluster == cluster), None)
        if found is not None:
            return AksDescribed(found.resource_id, Known(found.facts, listed.source))
        miss = Missing(Reason.INCOMPLETE, listed.source, "it is not listed, and its resource id is not known")
        return AksDescribed(unknown_id(cluster), miss)

    def facts(self, told: AksDescribed, now: dt.datetime) -> AksSource:
        """Give everything about one cluster but the rights to its archive."""
        found, where = told.answer, told.resource_id
        if isinstance(found, Missing) and cluster_of(where) is None:
            return _unknown(told, found)
        settings = self._diagnostics.settings(where)
        named = settings.value if isinstance(settings, Known) else ()
        return AksSource(
            resource_id=where,
            cluster=found,
            settings=settings,
            categories=self._diagnostics.categories(where),
            workspaces=tuple(
                WorkspaceAnswer(one, self._workspaces.tables(one)) for one in _each(s.workspace for s in named)
            ),
            accounts=tuple(
                AccountAnswer(one, self._accounts.account(one)) for one in _each(s.storage_account for s in named)
            ),
            cluster_rights=self._rights.at(where),
            archive_rights=Missing(Reason.NOT_ASKED, Call("authorization", "roleAssignments.list", where)),
            operations=cluster_operations(self._log, where, now),
            operations_from=reach_of(now),
        )

    def account_id(self, place: ArchivePlace, source: AksSource) -> Answer[str]:
        """Give the resource id of an archive's account: as a setting names it, else as the index knows it.

        Account names are unique in the world, so a setting that names this one means it.
        """
        settings = source.settings.value if isinstance(source.settings, Known) else ()
        for setting in settings:
            found = account_of(setting.storage_account)
            if found is not None and found.name.casefold() == place.account and isinstance(source.settings, Known):
                return Known(setting.storage_account, source.settings.source)
        return self._ids.get(place.account, lambda: self._look_up(place.account))

    def archive_rights(self, place: ArchivePlace, account_id: Answer[str]) -> Answer[tuple[RoleAssignment, ...]]:
        """Give who may do what to the archive's container, or to all of them together with their account."""
        if isinstance(account_id, Missing):
            return account_id
        names = (place.container,) if place.container else AUDIT_CONTAINERS
        answers = [self._rights.at(container_id(account_id.value, name)) for name in names]
        # Azure Monitor makes a container with its first records; what is assigned at the account holds there too.
        there = [one for one in answers if not (isinstance(one, Missing) and says_gone(one))]
        return join_rights(there or [self._rights.at(account_id.value)])

    def _look_up(self, account: str) -> Answer[str]:
        found = search(self._calls, Scopes(account), _ACCOUNTS, named=account)
        named = [row.get("id") for row in found.rows]
        ids = [name for name in named if isinstance(name, str) and account_of(name) is not None]
        if len(ids) == 1:
            return Known(ids[0], found.call)
        if found.ended is not None:
            return found.ended
        said = "the index shows no such account" if not ids else "several accounts of one name"
        return Missing(Reason.INCOMPLETE if not ids else Reason.CONTRADICTORY, found.call, said)


def archive_of_route(source: AksSource) -> ArchivePlace | None:
    """Give the account that the cluster's settings write to, the first one that gets any logs; None: there is none."""
    settings = source.settings.value if isinstance(source.settings, Known) else ()
    for setting in sorted(settings, key=lambda one: not _writes(one)):
        found = account_of(setting.storage_account)
        if found is not None:
            return ArchivePlace(found.name.lower())
    return None


def _writes(setting: DiagnosticSetting) -> bool:
    return any(entry.enabled and (entry.group or "audit" in entry.category.casefold()) for entry in setting.logs)


def _each(names: Iterable[str]) -> tuple[str, ...]:
    """Give resource ids, each once, whatever their case."""
    return tuple({name.casefold(): name for name in names if name}.values())


def _unknown(told: AksDescribed, why: Missing) -> AksSource:
    """Give the source of a cluster whose resource id nobody knows: all is missing for one reason."""
    return AksSource(told.resource_id, why, why, why, (), (), why, why, why)
