"""Whose records are these? Never a guess: ambiguous and unknown hints are named."""

import dataclasses

from hypothesis import given
from hypothesis import strategies as st

from dayseal.digest.objects import ObjectDigest
from dayseal.digest.tally import EMPTY_TALLY
from dayseal.model import ClusterHint, ClusterId, ObjectDescriptor
from dayseal.steps.claims import UNVERIFIED_UID, claim_records

PROD = ClusterId("eks", "111122223333", "eu-central-1", "prod", "A1")
REBUILT = ClusterId("eks", "111122223333", "eu-central-1", "prod", "B2")
OTHER = ClusterId("eks", "444455556666", "eu-central-1", "prod", "C3")
HINT = ClusterHint("eks", "111122223333", "", "prod", "/aws/eks/prod/cluster")


def digest(*counts: tuple[ClusterHint | None, int]) -> ObjectDigest:
    """Give the digest of an object whose records have these hints."""
    descriptor = ObjectDescriptor(
        events=0, events_root="", start=0, key="k", sha256="", splitter="x/1", end=0, version=""
    )
    tallies = tuple((hint, dataclasses.replace(EMPTY_TALLY, events=n)) for hint, n in counts)
    return ObjectDigest(descriptor, 0, tallies, 0, 0, (), 0)


def test_a_hint_goes_to_the_one_cluster_it_fits() -> None:
    """Account and name decide where the record says no region."""
    claims = claim_records([digest((HINT, 3)), digest((HINT, 4))], [PROD, OTHER], adopt=None)
    assert [(c, t.events) for c, t in claims.tallies] == [(PROD, 7)]
    assert claims.unclaimed == ()


def test_a_hint_that_fits_two_clusters_is_nobodys() -> None:
    """A rebuilt cluster of the same name: only a person can say which."""
    claims = claim_records([digest((HINT, 3))], [PROD, REBUILT], adopt=None)
    assert claims.tallies == ()
    assert [(u.events, u.reason) for u in claims.unclaimed] == [(3, "2 clusters in scope fit it")]


def test_a_hint_that_fits_nobody_is_named_and_counted() -> None:
    """A cluster nobody enrolled writes into this archive."""
    claims = claim_records([digest((HINT, 3))], [OTHER], adopt=None)
    assert [(u.hint, u.reason) for u in claims.unclaimed] == [(HINT.text, "no cluster in scope fits it")]


def test_records_without_a_hint_belong_to_the_only_cluster_and_are_counted() -> None:
    """Only the configuration binds them; the statement says so."""
    assert claim_records([digest((None, 5))], [PROD], adopt=None).unattributed == 5
    assert claim_records([digest((None, 5))], [PROD], adopt=None).of(PROD) is not None
    assert claim_records([digest((None, 5))], [PROD, OTHER], adopt=None).tallies == ()


def test_without_settings_the_records_name_their_clusters() -> None:
    """A plain folder is enough; what only records say is marked unverified."""
    claims = claim_records([digest((HINT, 3), (None, 2))], [], adopt="logs")
    assert [(c.text, t.events) for c, t in claims.tallies] == [
        (f"eks:111122223333:-:prod:{UNVERIFIED_UID}", 3),
        (f"local:local:-:logs:{UNVERIFIED_UID}", 2),
    ]


def test_an_adopted_cluster_keeps_its_identity_on_the_next_day() -> None:
    """Else every day would enrol it anew."""
    first = claim_records([digest((HINT, 3), (None, 1))], [], adopt="logs")
    clusters = [c for c, _ in first.tallies]
    again = claim_records([digest((HINT, 3), (None, 1))], clusters, adopt="logs")
    assert [c for c, _ in again.tallies] == clusters


@given(st.lists(st.tuples(st.sampled_from([HINT, None, ClusterHint("gke", "p", "l", "n", "r")]), st.integers(0, 99))))
def test_no_record_is_lost_or_counted_twice(counts: list[tuple[ClusterHint | None, int]]) -> None:
    """Claimed and unclaimed add up to everything, whatever the hints."""
    claims = claim_records([digest(one) for one in counts], [PROD, OTHER], adopt=None)
    total = sum(t.events for _, t in claims.tallies) + sum(u.events for u in claims.unclaimed)
    assert total == sum(n for _, n in counts)
