"""How long records took from event to object."""

import dataclasses
import datetime as dt

import pytest

from dayseal.digest.bounded import Bounded, MinuteCell
from dayseal.digest.objects import ObjectDigest
from dayseal.digest.tally import EMPTY_TALLY
from dayseal.model import ArchiveObject, ClusterHint, ClusterId, ObjectDescriptor
from dayseal.model.route import Lag
from dayseal.steps.lags import measure_lags

START = dt.datetime(2026, 11, 22, tzinfo=dt.UTC)
HINT = ClusterHint("eks", "1", "eu-central-1", "prod", "")
OTHER = ClusterHint("eks", "1", "eu-central-1", "dev", "")
PROD = ClusterId("eks", "1", "eu-central-1", "prod", "U1")
DEV = ClusterId("eks", "1", "eu-central-1", "dev", "U2")


def digest(key: str, hint: ClusterHint, *minutes: tuple[int, int]) -> ObjectDigest:
    """Give an object with so many events at each second after the start."""
    at = int(START.timestamp())
    cells = {(at + s) // 60: MinuteCell(n, (at + s) * 1_000_000, (at + s) * 1_000_000) for s, n in minutes}
    tally = dataclasses.replace(EMPTY_TALLY, minutes=Bounded(10_080, cells))
    descriptor = ObjectDescriptor(
        events=1, events_root="0" * 64, start=0, key=key, sha256="0" * 64, splitter="x/1", end=1, version="v"
    )
    return ObjectDigest(descriptor, 1, ((hint, tally),), 0, 0, (), 0)


def stored(key: str, second: int) -> ArchiveObject:
    """Give the object as it was stored so many seconds after the start."""
    return ArchiveObject(key, "v", 1, START + dt.timedelta(seconds=second))


def test_lags_are_counted_by_records_and_not_by_objects() -> None:
    """One late object of a few records is the tail, not the middle."""
    digests = [digest("a", HINT, (0, 94)), digest("b", HINT, (600, 5), (0, 1))]
    found = measure_lags(digests, [stored("a", 60), stored("b", 900)], {HINT: PROD})
    assert found == {PROD: Lag(60.0, 300.0, 900.0)}


def test_each_cluster_has_its_own_lag_and_nobodys_records_have_none() -> None:
    """Records that name no cluster in scope are not somebody's delivery."""
    digests = [digest("a", HINT, (0, 1)), digest("a2", OTHER, (0, 1)), digest("c", OTHER, (0, 1))]
    objects = [stored("a", 30), stored("a2", 40)]  # where "c" was stored is not known
    assert measure_lags(digests, objects, {HINT: PROD, OTHER: DEV}) == {PROD: Lag(30, 30, 30), DEV: Lag(40, 40, 40)}
    assert measure_lags(digests, objects, {HINT: PROD}) == {PROD: Lag(30, 30, 30)}


@pytest.mark.parametrize("second", [0, -30])
def test_a_record_of_after_its_object_has_no_lag(second: int) -> None:
    """A skewed clock is another check's; time does not run backwards here."""
    assert measure_lags([digest("a", HINT, (0, 1))], [stored("a", second)], {HINT: PROD}) == {PROD: Lag(0, 0, 0)}
