import collections

import pytest

from dayseal.clouds.aws.calls import Calls
from dayseal.clouds.aws.discover import UNIDENTIFIED, AwsDiscovery, SearchScope
from dayseal.clouds.aws.places import Place
from dayseal.clouds.aws.session import Access, Sessions
from dayseal.errors import UsageError
from dayseal.model import ClusterId
from dayseal.model.route import Known, Missing, Reason
from support.moto_gaps import uid_of
from support.moto_world import EU, ROLE, US, World
from support.moto_world_gate import Request
from support.moto_world_routes import Estate

EVERYWHERE = SearchScope((EU, US), organisation=True)


def test_every_account_and_region_of_the_organisation_is_looked_into(estate: Estate) -> None:
    """A cluster that nobody looked for is a cluster without a log that nobody misses."""
    found = estate.discover()
    assert {c.name: (c.account, c.location) for c in found.clusters} == {
        name: (place.account, place.region) for name, place in estate.where.items()
    }
    assert found.silent == ()
    assert found.clusters == tuple(sorted(found.clusters))
    listings = collections.Counter(fact.call for fact in found.calls)
    assert listings == {"organizations:ListAccounts": 1, "eks:ListClusters": 6}


def test_the_oidc_issuer_tells_a_rebuilt_cluster_from_the_old_one(estate: Estate) -> None:
    """Names come back, issuers do not."""
    prod = next(c for c in estate.discover().clusters if c.name == "prod")
    assert prod == ClusterId("eks", estate.world.first, EU, "prod", uid_of(f"prod{EU}"))


def test_a_region_that_is_off_is_named_and_the_others_answer(estate: Estate) -> None:
    """A Region that is off has no clusters we could know of: that is not the same as none."""
    estate.world.gate.refuse("*", "UnrecognizedClientException", region=US, status=403)
    found = AwsDiscovery(estate.world.calls(), SearchScope((EU, US), (estate.world.first,))).discover()
    assert found.silent == (
        f"{estate.world.first} in {US}: the Region is off for this account (UnrecognizedClientException)",
    )
    assert {c.location for c in found.clusters} == {EU}


def test_an_account_that_cannot_be_entered_is_named_once(estate: Estate) -> None:
    """Both its Regions are lost to the same missing role."""
    estate.world.gate.refuse("sts:AssumeRole", "AccessDenied", about=estate.world.second, status=403)
    found = estate.discover()
    arn = f"arn:aws:iam::{estate.world.second}:role/{ROLE}"
    assert found.silent == (f"account {estate.world.second}: sts:AssumeRole on {arn}: denied (AccessDenied)",)
    assert {c.account for c in found.clusters} == {estate.world.first}


def test_a_listing_of_accounts_that_breaks_off_is_named(estate: Estate) -> None:
    """Whoever is behind the broken page is in scope, and nobody heard of it."""

    def one_page(request: Request) -> dict[str, object] | None:
        if "NextToken" in request.body:
            return None
        return {"Accounts": [{"Id": estate.world.first, "Status": "ACTIVE"}], "NextToken": "more"}

    estate.world.gate.additions["organizations:ListAccounts"] = one_page
    estate.world.gate.refuse("organizations:ListAccounts", "TooManyRequestsException", about="NextToken")
    try:
        found = estate.discover()
    finally:
        del estate.world.gate.additions["organizations:ListAccounts"]
    assert len(found.silent) == 1
    assert "throttled (TooManyRequestsException); 1 accounts known" in found.silent[0]
    assert {c.account for c in found.clusters} == {estate.world.first}


def test_a_suspended_account_is_named(estate: Estate) -> None:
    """Its clusters may live on for weeks, and nobody can ask them."""

    def suspended(request: Request) -> dict[str, object] | None:  # noqa: ARG001 - the gate's
        return {"Accounts": [{"Id": estate.world.home, "Status": "ACTIVE"}, {"Id": "1" * 12, "Status": "SUSPENDED"}]}

    estate.world.gate.additions["organizations:ListAccounts"] = suspended
    try:
        found = estate.discover()
    finally:
        del estate.world.gate.additions["organizations:ListAccounts"]
    assert found.silent == ("account 111111111111: it is SUSPENDED, nothing there can be asked",)


@pytest.mark.parametrize(
    ("code", "reason"), [("AccessDeniedException", "denied"), ("ThrottlingException", "throttled")]
)
def test_a_listing_that_is_refused_is_no_empty_list(estate: Estate, code: str, reason: str) -> None:
    """An outage must not look like an account without clusters."""
    estate.world.gate.refuse("eks:ListClusters", code, region=US)
    found = estate.discover()
    assert len(found.silent) == 3
    assert all(f"{reason} ({code})" in line for line in found.silent)
    assert {c.location for c in found.clusters} == {EU}


def test_a_cluster_that_cannot_be_described_stays_under_its_enrolled_identity(estate: Estate) -> None:
    """One denied call must neither lose the cluster nor make a second one of it."""
    prod = next(c for c in estate.discover().clusters if c.name == "prod")
    estate.world.gate.refuse("eks:DescribeCluster", "AccessDeniedException", about="/clusters/prod?", status=403)
    found = AwsDiscovery(estate.world.calls(), EVERYWHERE, known=[prod]).discover()
    answer = dict(found.described)[prod]
    assert prod in found.clusters
    assert len(found.clusters) == len(estate.where)
    assert isinstance(answer, Missing)
    assert (answer.reason, answer.permission) == (Reason.DENIED, "eks:DescribeCluster")
    assert len(found.silent) == 1


def test_a_stranger_that_cannot_be_described_is_told_apart(estate: Estate) -> None:
    """It is there, so it is named; who it is nobody knows, so nobody may enrol it."""
    estate.world.gate.refuse("eks:DescribeCluster", "AccessDeniedException", about="/clusters/prod?", status=403)
    found = AwsDiscovery(estate.world.calls(), EVERYWHERE).discover()
    assert found.unidentified == (ClusterId("eks", estate.world.first, EU, "prod", UNIDENTIFIED),)
    assert found.unidentified[0] not in found.clusters
    assert found.unidentified[0] in estate.discover().clusters  # asked to keep them
    assert found.silent[0].startswith(f"cluster prod of {estate.world.first} in {EU}: eks:DescribeCluster")


def test_without_credentials_everything_is_silent(world: World) -> None:
    """Nobody was asked, so nothing is known: certainly not that there are no clusters."""
    world.gate.refuse("sts:GetCallerIdentity", "InvalidClientTokenId", status=403)
    found = AwsDiscovery(world.calls(), EVERYWHERE).discover()
    assert found.clusters == ()
    assert found.silent[0].startswith("every account: sts:GetCallerIdentity")


def test_more_than_one_page_of_clusters_is_read(world: World) -> None:
    """EKS gives a hundred names at a time."""

    def pages(request: Request) -> dict[str, object]:
        return {"clusters": ["b"]} if "nextToken=more" in request.text else {"clusters": ["c"], "nextToken": "more"}

    world.gate.additions["eks:ListClusters"] = pages
    for name in ("b", "c"):
        world.add_cluster(_home(world), name)
    found = AwsDiscovery(world.calls(), SearchScope((EU,))).discover()
    assert [c.name for c in found.clusters] == ["b", "c"]


def test_a_second_page_that_is_refused_keeps_the_first(world: World) -> None:
    """What is known stays known, and the rest is named as unknown."""
    world.gate.additions["eks:ListClusters"] = lambda _: {"clusters": ["b"], "nextToken": "more"}
    world.gate.refuse("eks:ListClusters", "ThrottlingException", about="nextToken=more")
    world.add_cluster(_home(world), "b")
    found = AwsDiscovery(world.calls(), SearchScope((EU,))).discover()
    assert [c.name for c in found.clusters] == ["b"]
    assert found.silent[0].endswith("throttled (ThrottlingException); 1 clusters known")


def test_a_search_without_regions_makes_no_sense() -> None:
    """It would find nothing and look complete."""
    with pytest.raises(UsageError, match="no Region is named"):
        SearchScope(())


def test_nothing_is_asked_before_somebody_asks(world: World) -> None:
    """Building the parts must work on a plane."""
    AwsDiscovery(Calls(Sessions(Access(region=EU, endpoint=world.address))), EVERYWHERE)
    assert [r for r in world.gate.log if r.service != "organizations"] == []


def test_described_clusters_come_with_their_logging(estate: Estate) -> None:
    """The probe must not ask again what discovery was told."""
    described = dict(estate.discover().described)
    answer = next(a for c, a in described.items() if c.name == "split-on")
    assert isinstance(answer, Known)
    assert answer.value.enabled_types == ("audit", "authenticator")


def _home(world: World) -> Place:
    return Place(world.home, EU)
