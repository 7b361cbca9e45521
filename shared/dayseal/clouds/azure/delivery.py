"""Signs of life of one cluster's export: what its workspaces count, the blob that grew last, the owner's alarms."""

import dataclasses
import datetime as dt
from typing import Final

from dayseal.checks.aks.categories import ADMIN, KUBE_AUDIT, switched_on
from dayseal.clouds.azure.counting import SHARED, CountedPlace, Counting
from dayseal.model import Window
from dayseal.model.route import (
    AksSource,
    Alarm,
    Answer,
    Call,
    DeliveryFacts,
    HourlyCounts,
    Known,
    Missing,
    NewestObject,
    Reading,
    Reason,
)

_HOURS: Final = 3  # a workspace and the archive get the same records within minutes
_DAYS: Final = 6  # an event day is final, and compared with its count, two days after it was sealed
_TABLES: Final = {KUBE_AUDIT: "AKSAudit", ADMIN: "AKSAuditAdmin"}


def delivery_facts(
    source: AksSource,
    counting: Counting,
    newest: Answer[NewestObject | None],
    alarms: Answer[tuple[Alarm, ...]],
    now: dt.datetime,
) -> DeliveryFacts:
    """Join what the workspaces of the cluster's settings counted in the last full hours with the newest blob."""
    asked = Call("storage", "blobs.list", "error folders")
    return DeliveryFacts(
        incoming=_incoming(source, counting, now),
        filters=(),
        streams=(),
        newest=newest,
        astray=Missing(Reason.NOT_ASKED, asked, "diagnostic settings have no folder for errors"),
        alarms=alarms,
    )


def with_counts(
    facts: DeliveryFacts, source: AksSource, account: str, counting: Counting, now: dt.datetime
) -> DeliveryFacts:
    """Give the same signs with the hourly counts of the last days, of the category that lies in the archive's account.

    `account` is the account's name, `""` where none is known. A workspace that gets another category than the archive
    counts other records.
    """
    stored = _categories_in(source, account)
    category = KUBE_AUDIT if KUBE_AUDIT in stored else ADMIN
    place = next((one for one in counted_places(source) if one.category == category and category in stored), None)
    if place is None:
        call = Call("loganalytics", "query", source.resource_id)
        counts: Answer[HourlyCounts] = Missing(Reason.NOT_ASKED, call, "no workspace gets the archive's records too")
    else:
        counts = counting.hours(place, source.resource_id, days_of(now))
    return dataclasses.replace(facts, counted=counts)


def counted_places(source: AksSource) -> tuple[CountedPlace, ...]:
    """Give where the cluster's records can be counted, the fullest category first."""
    found = [
        CountedPlace(on.setting.workspace, _TABLES[name] if on.setting.dedicated else SHARED, name)
        for name in _TABLES
        for on in switched_on(source)
        if on.setting.workspace and name in on.categories
    ]
    return tuple(dict.fromkeys(found))


def hours_of(now: dt.datetime) -> Window:
    """Give the last full hours."""
    end = now.replace(minute=0, second=0, microsecond=0)
    return Window(end - dt.timedelta(hours=_HOURS), end)


def days_of(now: dt.datetime) -> Window:
    """Give the last full hours, from a midnight some days back."""
    end = now.replace(minute=0, second=0, microsecond=0)
    return Window(end.replace(hour=0) - dt.timedelta(days=_DAYS), end)


def _incoming(source: AksSource, counting: Counting, now: dt.datetime) -> Answer[Reading]:
    places = counted_places(source)
    if not places:
        call = Call("loganalytics", "query", source.resource_id)
        return Missing(Reason.NOT_ASKED, call, "no workspace gets the audit records")
    found = counting.hours(places[0], source.resource_id, hours_of(now))
    if isinstance(found, Missing):
        return found
    counts = found.value
    reading = Reading(counts.metric, counts.resource, counts.window, counts.total(counts.window))
    return Known(reading, found.source)


def _categories_in(source: AksSource, account: str) -> frozenset[str]:
    named = ((on, on.setting.storage_account.rpartition("/")[2].casefold()) for on in switched_on(source))
    ours = (on for on, name in named if name and name == account.casefold())
    return frozenset(name for on in ours for name in on.categories)
