"""What the answers of a bucket become: lost and kept writes, busy stores, refusals, absences that are none."""

from collections.abc import Callable

import pytest

from dayseal.errors import AccessError, DaysealError, ExistsError, StaleError, UnclearError, UsageError
from dayseal.ledger.probe import probe_guard, probe_store
from dayseal.model import GuardState, TreeHead
from support.http_switch import Strike
from support.stores import CLOUDS, Clouds, Place

FIRST = GuardState(0, TreeHead(3, b"\0" * 32), "commits/00000000-3-0000000000000000")
SECOND = GuardState(1, TreeHead(4, b"\1" * 32), "commits/00000001-4-0101010101010101")
WRITES: dict[str, Callable[[Place], None]] = {
    "create": lambda place: place.store().create("tile/0/000", b"x"),
    "replace": lambda place: place.store().replace("checkpoint", b"x"),
    "guard": lambda place: place.guard().create(FIRST),
}


@pytest.fixture(params=CLOUDS)
def place(request: pytest.FixtureRequest, clouds: Clouds) -> Place:
    """Give an empty place."""
    return clouds.place(request.param)


@pytest.mark.parametrize("strike", [Strike.LOST, Strike.KEPT, Strike.KEPT_503])
def test_a_create_without_an_answer_is_unclear_and_sent_once(place: Place, strike: Strike) -> None:
    """Only the ledger may try again: a hidden second try would take our own object for somebody else's."""
    store = place.store()
    place.switch.arm(strike, "PUT")
    before = len(place.switch.log)
    with pytest.raises(UnclearError):
        store.create("tile/0/000", b"x")
    assert len(place.switch.log) == before + 1
    assert list(store.keys("")) == ([] if strike is Strike.LOST else ["tile/0/000"])


@pytest.mark.parametrize("strike", [Strike.LOST, Strike.KEPT])
def test_a_swap_without_an_answer_is_unclear(place: Place, strike: Strike) -> None:
    """The commit protocol reads the guard back; a "stale" for our own swap would drop a commit that won."""
    guard = place.guard()
    guard.create(FIRST)
    read = guard.read()
    assert read is not None
    place.switch.arm(strike, "PUT")
    with pytest.raises(UnclearError):
        guard.swap(read[1], SECOND)
    after = guard.read()
    assert after is not None
    assert after[0] == (FIRST if strike is Strike.LOST else SECOND)


@pytest.mark.parametrize("strike", [Strike.LOST, Strike.CUT])
def test_a_read_without_a_whole_answer_is_tried_again(place: Place, strike: Strike) -> None:
    """Reading twice harms nobody, and half an object is none."""
    store = place.store()
    store.create("tile/0/000", b"whole")
    place.switch.arm(strike, "GET", times=2)
    assert store.get("tile/0/000") == b"whole"
    place.switch.arm(strike, "GET", times=1)
    assert list(store.keys("tile/")) == ["tile/0/000"]


def test_a_read_that_is_never_answered_is_no_absence(place: Place) -> None:
    """An outage must not look like an empty ledger."""
    place.switch.arm(Strike.REFUSED, "GET", times=100, status=503)
    with pytest.raises(AccessError, match="503 from"):
        place.guard().read()


@pytest.mark.parametrize("write", WRITES)
def test_a_busy_store_is_asked_again(place: Place, write: str) -> None:
    """A race of conditional writes in S3, and a second write within a second in GCS, are no reason to fail."""
    for code in sorted(place.dialect.busy):
        place.switch.arm(Strike.REFUSED, "PUT", times=100, status=409, code=code)
        with pytest.raises(UnclearError, match=code):
            WRITES[write](place)
    place.switch.arm(Strike.REFUSED, "PUT", times=3, status=429)
    WRITES[write](place)


@pytest.mark.parametrize("write", WRITES)
@pytest.mark.parametrize("status", [400, 401, 403, 404, 405])
def test_a_refusal_is_an_access_error_that_names_no_address(place: Place, write: str, status: int) -> None:
    """An address may hold a secret (a shared access signature), and the code says enough."""
    place.switch.arm(Strike.REFUSED, "PUT", status=status, code="SomeReason")
    with pytest.raises(AccessError, match=f"{status} SomeReason from {place.dialect.name}") as caught:
        WRITES[write](place)
    assert "127.0.0.1" not in str(caught.value)


@pytest.mark.parametrize("code", ["NoSuchBucket", "ContainerNotFound", ""])
def test_a_missing_bucket_is_not_a_missing_object(place: Place, code: str) -> None:
    """A mistyped bucket, or a stranger's 404 page, must not look like a ledger without a guard."""
    place.switch.arm(Strike.REFUSED, "GET", status=404, code=code)
    with pytest.raises(AccessError, match="404"):
        place.guard().read()


@pytest.mark.parametrize(
    ("code", "create", "replace"),
    [
        ("BlobAlreadyExists", ExistsError, AccessError),
        ("BlobImmutableDueToPolicy", ExistsError, AccessError),
        ("BlobImmutableDueToLegalHold", ExistsError, AccessError),
        ("ContainerBeingDeleted", AccessError, AccessError),
        ("LeaseIdMissing", AccessError, AccessError),
    ],
)
def test_the_conflicts_of_azure_are_told_apart(
    clouds: Clouds, code: str, create: type[DaysealError], replace: type[DaysealError]
) -> None:
    """Azure says 409 of a blob that exists, of one that is locked, and of much else."""
    place = clouds.place("azure")
    for expected, act in ((create, WRITES["create"]), (replace, WRITES["replace"])):
        place.switch.arm(Strike.REFUSED, "PUT", status=409, code=code)
        with pytest.raises(expected, match=code):
            act(place)


def test_a_locked_guard_is_no_lost_race(clouds: Clouds) -> None:
    """Under a lock the guard can never be swapped: saying "stale" would have the recorder try for ever."""
    place = clouds.place("azure")
    place.guard().create(FIRST)
    read = place.guard().read()
    assert read is not None
    place.switch.arm(Strike.REFUSED, "PUT", status=409, code="BlobImmutableDueToPolicy")
    with pytest.raises(AccessError, match="cannot replace head guard"):
        place.guard().swap(read[1], SECOND)


def test_a_swap_of_a_guard_that_was_deleted_is_stale(place: Place) -> None:
    """S3 says 404 of it, the others 412."""
    with pytest.raises(StaleError):
        place.guard().swap("1700000000000001" if place.dialect.tag == "version" else '"0x1"', SECOND)


@pytest.mark.parametrize("name", ["s3", "s3-lock", "gcs"])  # Azurite sees that a signed header is gone
def test_the_probe_refuses_a_store_that_does_not_know_conditions(clouds: Clouds, name: str) -> None:
    """Some stores that look like S3 take every write; the ledger would lose entries there."""
    place = clouds.place(name)
    place.guard().create(FIRST)
    place.switch.dropped = frozenset({"if-none-match", "if-match", "x-goog-if-generation-match"})
    with pytest.raises(UsageError, match="create-if-absent promised"):
        probe_store(place.store(), "a")
    with pytest.raises(UsageError, match="compare-and-set promised"):
        probe_guard(place.guard())


def test_the_probe_accepts_the_store(place: Place) -> None:
    """It runs before anything else does."""
    probe_store(place.store(), "a")
