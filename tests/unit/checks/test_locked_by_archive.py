"""What a statement says of the locks: an Azure container's policy holds every blob, and none of them shows it."""

import datetime as dt

import pytest

from dayseal.checks.object_locks import locked_by_archive
from dayseal.model import Listing
from dayseal.model.route import Known, LegalHold, RouteFacts
from support.aks_facts import aks_archived, aks_denied, blobs, worm
from support.gke_facts import gke_archived, gke_objects, retention


def shown(objects: object) -> Listing:
    """Give the listing inside."""
    answer = getattr(objects, "listing", None)
    assert isinstance(answer, Known)
    listing: Listing = answer.value
    return listing


@pytest.mark.parametrize("mode", ["Locked", "Unlocked"])
def test_a_containers_policy_locks_what_shows_no_lock(mode: str) -> None:
    """Its end is counted from the last write; a blob's own lock that ends later stays."""
    listing = shown(blobs(("", 0), ("Locked", 500), ("Unlocked", 30)))
    found = locked_by_archive(listing, aks_archived(locking=worm(400, mode)))
    start = listing.objects[0].stored_at
    assert [(item.lock_mode, item.retain_until) for item in found] == [
        (mode, start + dt.timedelta(days=400)),
        ("Locked", start + dt.timedelta(days=500)),
        (mode, start + dt.timedelta(days=400)),
    ]


@pytest.mark.parametrize(
    "facts",
    [
        None,
        aks_archived(locking=worm(0)),
        aks_archived(locking=aks_denied("storage:blobContainers.get")),
        gke_archived(locking=retention()),
    ],
    ids=["nobody asked", "no policy", "denied", "another cloud"],
)
def test_without_such_a_policy_objects_stand_under_their_own_locks(facts: RouteFacts | None) -> None:
    """Nothing is taken for locked that was not seen to be; elsewhere listings show what holds."""
    listing = shown(gke_objects(("", 0), ("Locked", 10)))
    assert locked_by_archive(listing, facts) == listing.objects


def test_a_legal_hold_is_no_lock() -> None:
    """It has no end, and who sets it can lift it."""
    listing = shown(blobs(("", 0)))
    held = aks_archived(locking=worm(0, hold=LegalHold(1)))
    assert locked_by_archive(listing, held)[0].lock_mode == ""
