"""Attacks on the archive, after the day was sealed, and what the law or the term allow there."""

from typing import Final

from attacks.attack import Attack
from attacks.grounds import DAYS, Site, object_key, records

_DAY: Final = DAYS[3]
_KEY: Final = object_key(_DAY, 1)


def alter_object(site: Site) -> None:
    """Flip one bit."""
    data = bytearray(site.archives["eks"].read(_KEY))
    data[len(data) // 2] ^= 1
    site.archives["eks"].overwrite(_KEY, bytes(data))
    site.day = _DAY


def delete_object(site: Site) -> None:
    """Lose it with all its versions."""
    site.archives["eks"].forget(_KEY)
    site.day = _DAY


def append_to_object(site: Site) -> None:
    """Append records of that day behind the recorded bytes."""
    site.archives["eks"].append(_KEY, records("eks", _DAY, minutes=range(3)))
    site.day = _DAY


def replace_object(site: Site) -> None:
    """Put other records on top; the recorded version lies below."""
    site.archives["eks"].put(_KEY, records("eks", _DAY, 1, minutes=range(3)), site.clock.now())
    site.day = _DAY


def hide_object(site: Site) -> None:
    """Put a delete marker on top; the recorded version lies below."""
    site.archives["eks"].mark(_KEY, site.clock.now())
    site.day = _DAY


def add_late_object(site: Site) -> None:
    """Add an object to a day that is sealed."""
    site.archives["eks"].put(f"{_DAY}/late.log", records("eks", _DAY, minutes=range(3)), site.clock.now())
    site.day = _DAY


def let_expire(site: Site) -> None:
    """Delete what is older than the term."""
    for archive in site.archives.values():
        for day in DAYS[:2]:
            for half in range(2):
                archive.forget(object_key(day, half))
    site.day = DAYS[1]


def delete_details(site: Site) -> None:
    """Delete the user names of every day."""
    for key in list(site.details.keys("")):
        site.details.forget(key)


_ADDED: Final = (
    "it may be data that came late. The recorded bytes are untouched, the addition becomes a revision with a time of "
    "its own"
)

ARCHIVE_ATTACKS: Final = (
    Attack("object-altered", "one bit of a sealed object altered", alter_object),
    Attack("object-deleted", "a sealed object deleted with all its versions, before its term", delete_object),
    Attack("object-appended", "records appended to a sealed object", append_to_object, undetected=_ADDED),
    Attack("object-replaced", "a new version put on top of a sealed object", replace_object, undetected=_ADDED),
    Attack("object-hidden", "a delete marker put on top of a sealed object", hide_object),
    Attack("object-late", "an object added to a sealed day", add_late_object, undetected=_ADDED),
    Attack("details-deleted", "the details (user names) deleted", delete_details, lawful=True),
    Attack("archive-expired", "objects deleted after their term", let_expire, lawful=True),
)
