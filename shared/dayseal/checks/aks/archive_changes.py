"""Changes to an Azure archive: immutability policies, legal holds, lifecycle, container, account, rights."""

from collections.abc import Mapping
from typing import Final

from dayseal.checks.aks.ways import account_name
from dayseal.checks.change_words import ChangeEffect, Effect, RouteView
from dayseal.checks.route_terms import term_days
from dayseal.checks.store_terms import delete_after, touching
from dayseal.model.route import ArchiveFacts, Known, LockStrength

_ACCOUNTS: Final = "microsoft.storage/storageaccounts"
_CONTAINERS: Final = f"{_ACCOUNTS}/blobservices/containers"
_POLICIES: Final = f"{_CONTAINERS}/immutabilitypolicies"
_LIFECYCLE: Final = f"{_ACCOUNTS}/managementpolicies"
_ASSIGNMENTS: Final = "microsoft.authorization/roleassignments"
_AGES: Final = ("daysAfterModificationGreaterThan", "daysAfterCreationGreaterThan")

ARCHIVE_OPERATIONS: Final = (
    *(f"{_POLICIES}/{verb}" for verb in ("write", "delete", "lock/action", "extend/action")),
    *(f"{_CONTAINERS}/{verb}" for verb in ("write", "delete", "setlegalhold/action", "clearlegalhold/action")),
    *(f"{_LIFECYCLE}/{verb}" for verb in ("write", "delete")),
    *(f"{_ACCOUNTS}/{verb}" for verb in ("write", "delete")),
    *(f"{_ASSIGNMENTS}/{verb}" for verb in ("write", "delete")),
)


def archive_effect(view: RouteView) -> ChangeEffect | None:
    """Say what a change to a storage account or what lies in it meant; None when it is not this archive's."""
    archive = view.facts.archive
    if archive is None or not _is_ours(view.text("resourceId").casefold(), archive):
        return None
    operation = view.change.name.casefold()
    if operation.startswith(f"{_POLICIES}/"):
        return _policy(view, archive, operation)
    if operation.startswith(f"{_CONTAINERS}/"):
        return _container(operation)
    if operation.startswith(f"{_LIFECYCLE}/"):
        return _lifecycle(view, archive, operation)
    if operation.startswith(f"{_ASSIGNMENTS}/"):
        return ChangeEffect("rights", Effect.NEUTRAL, "rights on the archive changed; archive-central judges them")
    if operation.endswith("/delete"):
        return ChangeEffect("archive", Effect.REDUCED, f"storage account {account_name(archive)} deleted")
    return _account(view)


def _policy(view: RouteView, archive: ArchiveFacts, operation: str) -> ChangeEffect:
    if operation.endswith("/delete"):
        return ChangeEffect("lock", Effect.REDUCED, "immutability policy deleted")
    if operation.endswith("/lock/action"):
        return ChangeEffect("lock", Effect.RESTORED, "immutability policy locked")
    promised = term_days(view.change.at.date(), view.thresholds.total_days)
    days = view.number("body", "properties", "immutabilityPeriodSinceCreationInDays")
    if days is not None:
        effect = Effect.RESTORED if days >= promised else Effect.REDUCED
        return ChangeEffect("lock", effect, f"immutability policy set to {days} days")
    if operation.endswith("/extend/action"):
        return ChangeEffect("lock", Effect.NEUTRAL, "immutability policy extended; a locked one cannot be shortened")
    rule = archive.locking.value.rule if isinstance(archive.locking, Known) else None
    if rule is not None and rule.strength is LockStrength.FIRM and rule.days >= promised:
        said = "immutability policy written before it was locked; it is locked for the term now"
        return ChangeEffect("lock", Effect.NEUTRAL, said)
    return ChangeEffect("lock", Effect.UNCLEAR, "immutability policy set, to a period the log does not tell")


def _container(operation: str) -> ChangeEffect:
    match operation.removeprefix(f"{_CONTAINERS}/"):
        case "delete":
            return ChangeEffect("archive", Effect.REDUCED, "the archive's container deleted")
        case "clearlegalhold/action":
            return ChangeEffect("hold", Effect.NEUTRAL, "legal hold cleared; it is no lock")
        case "setlegalhold/action":
            return ChangeEffect("hold", Effect.NEUTRAL, "legal hold set; archive-immutable judges what it blocks")
        case _:
            return ChangeEffect("container", Effect.NEUTRAL, "the container's access or metadata written")


def _lifecycle(view: RouteView, archive: ArchiveFacts, operation: str) -> ChangeEffect:
    if operation.endswith("/delete"):
        return ChangeEffect("lifecycle", Effect.RESTORED, "lifecycle removed: it deletes nothing")
    promised = term_days(view.change.at.date(), view.thresholds.total_days)
    rules = view.says("body", "properties", "policy", "rules")
    if isinstance(rules, list):
        return _told_rules(rules, promised)
    if isinstance(archive.lifecycle, Known) and _is_last(view):
        found = [delete_after(rule, view.change.at.date()) for rule in touching(archive, archive.lifecycle.value)]
        if all(after is None or after >= promised for after in found):
            said = f"lifecycle set, nothing deleted before {promised} days now"
            return ChangeEffect("lifecycle", Effect.RESTORED, said)
    return ChangeEffect("lifecycle", Effect.UNCLEAR, "lifecycle set, to rules the log does not tell")


def _told_rules(rules: list[object], promised: int) -> ChangeEffect:
    for rule in rules:
        base = _inner(rule, "definition", "actions", "baseBlob")
        delete = base.get("delete") if isinstance(base, Mapping) else None
        if not isinstance(delete, Mapping) or (isinstance(rule, Mapping) and rule.get("enabled") is False):
            continue
        ages = [age for name in _AGES if isinstance(age := delete.get(name), int | float)]
        if not ages:
            return ChangeEffect("lifecycle", Effect.UNCLEAR, "lifecycle set to delete, on conditions other than age")
        if min(ages) < promised:
            return ChangeEffect("lifecycle", Effect.REDUCED, f"lifecycle set to delete after {min(ages):g} days")
    return ChangeEffect("lifecycle", Effect.RESTORED, f"lifecycle set, nothing deleted before {promised} days")


def _account(view: RouteView) -> ChangeEffect:
    acls = view.says("body", "properties", "networkAcls")
    if not isinstance(acls, Mapping):
        told = "the storage account's settings changed, in a way the log does not tell"
        if _is_last(view):
            return ChangeEffect("account", Effect.NEUTRAL, f"{told}; what it set is judged by the other checks")
        return ChangeEffect("account", Effect.UNCLEAR, told)
    shut = str(acls.get("defaultAction", "")).casefold() == "deny"
    let = "azureservices" in str(acls.get("bypass", "")).casefold()
    effect = Effect.REDUCED if shut and not let else Effect.RESTORED
    did = "closed to" if effect is Effect.REDUCED else "opened to"
    return ChangeEffect("firewall", effect, f"the account's firewall {did} trusted Azure services")


def _is_ours(resource: str, archive: ArchiveFacts) -> bool:
    """Say whether a resource is the archive's account, or lies in it and not in another container."""
    _, found, rest = resource.partition(f"/{_ACCOUNTS}/")
    name, _, inside = rest.partition("/")
    if not found or name != account_name(archive):
        return False
    container = archive.name.partition("/")[2].casefold()
    _, named, after = f"/{inside}".partition("/containers/")
    return not named or not container or after.partition("/")[0] == container


def _is_last(view: RouteView) -> bool:
    """Say whether the trail holds no later change of the same kind."""
    trail = view.facts.changes
    changes = trail.value.changes if isinstance(trail, Known) else ()
    same = [c for c in changes if c.name.casefold() == view.change.name.casefold() and not c.error]
    return len(same) == 1


def _inner(value: object, *path: str) -> object:
    for step in path:
        value = value.get(step) if isinstance(value, Mapping) else None
    return value
