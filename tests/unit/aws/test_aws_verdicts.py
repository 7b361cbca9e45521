import dataclasses
from collections.abc import Iterator
from typing import Final

import pytest

from dayseal.checking import CheckReport, check_clusters
from dayseal.checks.population import state_population
from dayseal.checks.retention import judge_retention
from dayseal.checks.route_terms import RouteThresholds
from dayseal.clouds.aws.discover import SearchScope
from dayseal.clouds.local.clock import SystemClock
from dayseal.model import Verdict
from dayseal.model.route import RouteFacts
from dayseal.settings import Settings
from dayseal.settings.tables import LedgerSettings
from support.moto_world import EU, US, World
from support.moto_world_gate import Request
from support.moto_world_routes import ALL, Asked, Estate

_SETTINGS: Final = Settings(ledger=LedgerSettings(origin="example.com/log"))
_CHECKS: Final = (
    *("audit-enabled", "audit-coverage", "retention", "export-route", "export-health"),
    *("archive-immutable", "archive-central", "continuity", "monitored"),
)
_ARCHIVE: Final = ("retention", "export-route", "export-health", "archive-immutable", "archive-central")
# One letter for each check, in their order: pass, fail, unknown; then words of the first finding that is no pass.
_EXPECTED: Final = """
prod             P P P P P P P P P
split-on         P P P P P P P P P
audit-off        F F P P P P P P P  no enabled entry names it
no-logging       F F P P P P P P P  the cluster has no logging configuration
hot-92           P P P P P P P P P
never-expires    P P P P P P P P P
short            P P P P P P P P P
filtered         P P P F P P P P P  a record of get secrets (level Metadata) does not pass
selected         P P P U P P P P P  may drop audit records
transformed      P P P F P P P P P  records the log group's transformer rewrote
dead-stream      P P P F U U U P P  deliverystream/deleted does not exist
lambda-export    P P U U U U U P P  how long what lies behind
group-gone       P P F F U U U P P  log group /aws/eks/group-gone/cluster does not exist
no-export        P P P F U U U P P  has no subscription filter, and no account policy covers it
no-default-rule  P P P P P U P P P  no default rule, and no object's lock was seen
governance       P P P P P F P P P  GOVERNANCE 1 days by default
own-bucket       P P P P P P F P P  lies in the cluster's own account
short-life       P P F P P P P P P  lifecycle rule 'tidy'
dead-export      P P P P F P P P P  while 5000 records came in; nothing arrived since
policy-short     P P P P P P P P P
far-stream       P P P P P P P P P
not-forwarded    P P P P F P P P P  5000 records came in and filter to-archive passed none of them on
uncounted        P P P P U P P P P  ForwardedLogEvents of filter to-archive shows none that went on
infrequent       P P P F P P P P P  class INFREQUENT_ACCESS, STANDARD promised
group-key        P P F P P P P P P  is PendingDeletion: what is stored under it cannot be read
stream-key       P P P P P F P P P  stream keyed's key
unwatched        P P P P P P P P F  (only in eu-central-1)
toggled          P P P P P P P F P  audit log switched off
"""
# A cluster, what is refused about it, how such a request is told, and the checks that can then say nothing.
_REFUSED: Final = (
    ("prod", "eks:DescribeCluster", "/clusters/prod?", ("audit-enabled", "audit-coverage")),
    ("hot-92", "logs:DescribeSubscriptionFilters", "/aws/eks/hot-92/cluster", _ARCHIVE),
    ("transformed", "logs:GetTransformer", "/aws/eks/transformed/cluster", ("export-route",)),
    ("own-bucket", "firehose:DescribeDeliveryStream", '"own-bucket"', _ARCHIVE),
    ("governance", "s3:GetObjectLockConfiguration", "-governance", ("archive-immutable",)),
    ("short-life", "s3:GetBucketLifecycleConfiguration", "-short-life", ("retention",)),
    ("no-default-rule", "s3:GetPublicAccessBlock", "-no-default-rule", ("archive-central",)),
    ("dead-export", "s3:ListObjectsV2", "-dead-export", ("export-health",)),
)
_HIDING: Final = ("logs:DescribeSubscriptionFilters", "firehose:DescribeDeliveryStream", "logs:DescribeDestinations")
_OTHERS: Final = (
    *("cloudtrail:LookupEvents", "cloudwatch:DescribeAlarms", "cloudwatch:GetMetricData", "cloudwatch:ListMetrics"),
    *("eks:DescribeCluster", "guardduty:GetDetector", "guardduty:ListDetectors", "logs:DescribeAccountPolicies"),
    *("logs:DescribeExportTasks", "logs:DescribeLogGroups", "logs:GetTransformer", "s3:GetBucketEncryption"),
    *("s3:GetBucketLifecycleConfiguration", "s3:GetBucketPolicy", "s3:GetBucketVersioning", "s3:HeadBucket"),
    *("s3:GetObjectLockConfiguration", "s3:GetPublicAccessBlock", "s3:ListObjectsV2"),
    *("s3:GetBucketReplication", "kms:DescribeKey"),
)
Verdicts = dict[str, dict[str, Verdict]]


def checked(world: World, scope: SearchScope = ALL) -> CheckReport:
    """Check everything, changes included."""
    asked = Asked(world, scope)
    return check_clusters(asked, asked, _SETTINGS, SystemClock(), changes=True)


def verdicts(report: CheckReport) -> Verdicts:
    """Give each cluster's verdicts by check."""
    return {c.cluster.name: {f.check: f.verdict for f in c.findings} for c in report.clusters}


def changed(before: Verdicts, now: Verdicts) -> Iterator[tuple[str, str, Verdict, Verdict]]:
    """Give each verdict that became another: cluster, check, before, now."""
    for name, found in now.items():
        for check, verdict in found.items():
            if verdict is not before[name][check]:
                yield name, check, before[name][check], verdict


@pytest.fixture(scope="module")
def told(furnished: Estate) -> CheckReport:
    """Check the estate once while all is well."""
    furnished.world.gate.heal()
    return checked(furnished.world)


def test_every_cluster_gets_the_verdicts_its_state_deserves(told: CheckReport, furnished: Estate) -> None:
    """No false clean and no false fail, and each for the reason that was planted."""
    rows = [line.split(maxsplit=len(_CHECKS) + 1) for line in _EXPECTED.strip().splitlines()]
    letters = {"P": Verdict.PASS, "F": Verdict.FAIL, "U": Verdict.UNKNOWN}
    expected = {name: {c: letters[v] for c, v in zip(_CHECKS, said, strict=False)} for name, *said in rows}
    assert verdicts(told) == expected
    assert set(expected) == set(furnished.where)
    words = {name: said[len(_CHECKS) :] for name, *said in rows}
    for cluster in told.clusters:
        first = next((f.summary for f in cluster.findings if f.verdict is not Verdict.PASS), "")
        assert [part for part in words[cluster.cluster.name] if part not in first] == []


def test_a_complete_report_says_whom_it_asked(told: CheckReport, furnished: Estate) -> None:
    """The worst verdict decides the exit code, and only a complete report may pass."""
    assert told.population.complete
    said = state_population(told.population)
    assert said.startswith(f"{len(furnished.where)} clusters returned by organizations:ListAccounts, eks:ListClusters")
    assert said.endswith("every scope answered")
    assert len(told.verdicts) == len(furnished.where) * len(_CHECKS)


def test_every_finding_that_is_no_pass_says_what_to_do(told: CheckReport) -> None:
    """A verdict without a next step is a complaint."""
    assert [(c.cluster.name, f.check) for c in told.clusters for f in c.findings if not f.fix] == [
        (c.cluster.name, f.check) for c in told.clusters for f in c.findings if f.verdict is Verdict.PASS
    ]


@pytest.mark.parametrize(
    ("codes", "reason", "status"),
    [
        (("AccessDeniedException", "AccessDenied"), "denied", 403),
        (("ThrottlingException", "SlowDown"), "throttled", 400),
    ],
)
def test_what_is_refused_about_one_cluster_changes_its_own_verdict_and_no_other(
    estate: Estate, told: CheckReport, codes: tuple[str, str], reason: str, status: int
) -> None:
    """Eight clusters have one refused call each: what rests on it is unknown, and 190 other verdicts stand."""
    for _, call, about, _ in _REFUSED:
        estate.world.gate.refuse(call, codes[call.startswith("s3:")], about=about, status=status)
    now = checked(estate.world)
    expected = {(name, check) for name, _, _, checks in _REFUSED for check in checks}
    found = {(name, check): verdict for name, check, _, verdict in changed(verdicts(told), verdicts(now))}
    assert found == dict.fromkeys(expected, Verdict.UNKNOWN)
    says = {(c.cluster.name, f.check): f for c in now.clusters for f in c.findings}
    for name, call, _, checks in _REFUSED:
        for check in checks:
            one = says[name, check]
            assert all(words in one.summary for words in (f"{call} on ", f": {reason} ("))
            assert one.fix.startswith("grant ") == (reason == "denied")
    assert [line[:15] for line in now.population.silent] == ["cluster prod of"]  # listed and not described


@pytest.mark.parametrize("call", [*_HIDING, *(pytest.param(call, marks=pytest.mark.slow) for call in _OTHERS)])
def test_a_call_that_nobody_may_make_turns_no_verdict_into_pass_or_fail(
    estate: Estate, told: CheckReport, call: str
) -> None:
    """Knowing less can only mean saying less: an archive nobody saw neither keeps logs nor fails to."""
    estate.world.gate.refuse(call, "AccessDenied" if call.startswith("s3:") else "AccessDeniedException", status=403)
    now = verdicts(checked(estate.world))
    assert set(now) == set(estate.where)
    assert {verdict for _, _, _, verdict in changed(verdicts(told), now)} <= {Verdict.UNKNOWN}


@pytest.mark.parametrize(
    ("name", "verdict", "words"),
    [
        ("short", Verdict.FAIL, "hot 30 days, 92 promised"),
        ("policy-short", Verdict.FAIL, "account policy org-retention_policy 30 days"),
        ("hot-92", Verdict.FAIL, "in total 92 days, 365 promised"),
        ("never-expires", Verdict.PASS, "hot without end"),
    ],
)
def test_a_term_passes_by_the_archive_and_not_by_oversight(
    routes: dict[str, RouteFacts], name: str, verdict: Verdict, words: str
) -> None:
    """The table passes short log groups since the archive keeps what they do not; without one they fail."""
    route = dataclasses.replace(routes[name], archive=None)
    found = judge_retention(route, RouteThresholds(), route.asked_at.date())
    assert (found.verdict, words in found.summary) == (verdict, True)


def test_a_region_that_is_off_is_named_and_the_report_is_incomplete(estate: Estate, told: CheckReport) -> None:
    """Its clusters cannot be counted, and nobody may take the rest for all."""
    world = estate.world
    world.gate.refuse("*", "UnrecognizedClientException", region=US, status=403)
    now = checked(world, dataclasses.replace(ALL, organisation=False, accounts=(world.first, world.second)))
    assert now.population.silent == tuple(
        f"{account} in {US}: the Region is off for this account (UnrecognizedClientException)"
        for account in (world.first, world.second)
    )
    _stands_incomplete(now, told, {name for name, place in estate.where.items() if place.region == EU})


def test_a_partial_listing_of_the_organisation_is_named_and_the_report_is_incomplete(
    estate: Estate, told: CheckReport
) -> None:
    """Accounts behind the broken page may have clusters without any log."""
    world = estate.world

    def one_page(request: Request) -> dict[str, object] | None:
        if "NextToken" in request.body:
            return None
        return {"Accounts": [{"Id": world.first, "Status": "ACTIVE"}], "NextToken": "more"}

    world.gate.additions["organizations:ListAccounts"] = one_page
    world.gate.refuse("organizations:ListAccounts", "TooManyRequestsException", about="NextToken")
    try:
        now = checked(world)
    finally:
        del world.gate.additions["organizations:ListAccounts"]
    (silent,) = now.population.silent
    assert silent.endswith("throttled (TooManyRequestsException); 1 accounts known")
    _stands_incomplete(now, told, {name for name, place in estate.where.items() if place.account == world.first})


def _stands_incomplete(now: CheckReport, told: CheckReport, names: set[str]) -> None:
    """Hold that these clusters are judged as before, and that the report cannot pass."""
    assert set(verdicts(now)) == names
    assert list(changed(verdicts(told), verdicts(now))) == []
    assert not now.population.complete
    assert now.verdicts[-1] is Verdict.UNKNOWN
    assert "perhaps not all; scopes that did not answer: " in state_population(now.population)
