"""Google's answers, each altered at one place: not knowing is never passing, and an odd answer is never failing."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

import pytest

from dayseal.checking import check_clusters
from dayseal.checks.gke.changes import GKE_METHODS
from dayseal.clouds.gcp.calls import Calls
from dayseal.clouds.gcp.changes import Trails
from dayseal.clouds.gcp.discover import GcpDiscovery, SearchScope
from dayseal.clouds.gcp.probe import GcpProbe, ProbeScope
from dayseal.clouds.gcp.session import Reply, Sessions
from dayseal.model import Verdict
from dayseal.settings import Settings
from dayseal.settings.tables import LedgerSettings
from dayseal.testing.clock import FixedClock
from support.gcp_server import google_world
from support.gcp_storage import NOW
from support.gcp_world import World
from support.gke_wire_worlds import BROKEN, make_healthy
from support.wire_mutations import Alteration, Found, Tape, alterations, cut_pages, excused, sampled, shufflings

MORE: Final = 12  # times as many in the slow run: all of them take a quarter of an hour and more
LISTS: Final = ("sinks", "buckets", "timeSeries", "alertPolicies", "securityCenterServices", "items", "prefixes")
POLICY: Final = "getIamPolicy"
# What Google says by leaving something out: ProtoJSON leaves out false, "" and empty lists.
SAID_BY_ABSENCE: Final[dict[tuple[str, str], str]] = {
    ("logging:sinks.list", "sinks"): "no sinks here, nor any above that intercept",
    ("logging:sinks.list", "sinks[].disabled"): "not disabled",
    ("logging:sinks.list", "sinks[].filter"): "LogSink.filter: optional, without one every entry is exported",
    ("logging:sinks.list", "sinks[].exclusions"): "nothing is excluded",
    ("logging:sinks.list", "sinks[].includeChildren"): "the children are not included",
    ("logging:sinks.list", "sinks[].interceptChildren"): "nothing is intercepted",
    ("container:clusters.list", "clusters"): "the project has no clusters",
    ("cloudresourcemanager:projects.get", "parent"): "a project outside of any organisation",
    ("cloudkms:cryptoKeys.get", "primary"): "a key without a primary version",
    ("monitoring:timeSeries.list", "timeSeries"): "nothing was counted",
    ("securitycentermanagement:securityCenterServices.list", "securityCenterServices"): "there are no services",
    ("storage:buckets.get", "retentionPolicy"): "no retention policy",
    ("storage:buckets.get", "retentionPolicy.isLocked"): "not locked",
    ("storage:buckets.get", "lifecycle"): "no lifecycle rules",
    ("storage:buckets.get", "lifecycle.rule"): "no lifecycle rules",
    ("storage:buckets.get", "encryption"): "Google's own keys",
    ("storage:buckets.get", "encryption.defaultKmsKeyName"): "Google's own keys",
    ("storage:buckets.getIamPolicy", "bindings"): "nobody has a role",
    ("storage:buckets.getIamPolicy", "bindings[].members"): "nobody has this role",
    ("storage:objects.list", "items"): "no objects here",
    ("storage:objects.list", "prefixes"): "no folders here",
} | {
    (f"cloudresourcemanager:{kind}.getIamPolicy", f"auditConfigs{place}"): "nothing is logged, or nobody exempted"
    for kind in ("projects", "folders", "organizations")
    for place in ("", "[].auditLogConfigs", "[].auditLogConfigs[].exemptedMembers")
}


class PlayedSessions(Sessions):
    """Sessions whose answers come from a tape."""

    def __init__(self, world: World, tape: Tape) -> None:
        super().__init__(world.access(attempts=1))
        self._tape = tape

    def send(self, method: str, url: str, *, params: Mapping[str, Any], body: bytes | None) -> Reply:
        """Play the answer."""
        key = f"{method} {url} {sorted(params.items())} {(body or b'').decode()}"

        def ask() -> tuple[int, bytes]:
            found = super(PlayedSessions, self).send(method, url, params=params, body=body)
            return found.status, found.body

        return Reply(*self._tape.play(key, ask))


def judge(world: World, tape: Tape) -> Found:
    """Check the one cluster, as the verb does."""
    calls = Calls(PlayedSessions(world, tape), tape.hear)
    probe = GcpProbe(
        calls, FixedClock(NOW), ProbeScope(lambda _: None),
        trails=lambda entries: Trails(entries, GKE_METHODS), threads=2,
    )  # fmt: skip
    settings = Settings(ledger=LedgerSettings(origin="example.com/log"))
    discovery = GcpDiscovery(calls, SearchScope(projects=("shop",)), threads=1)
    report = check_clusters(discovery, probe, settings, FixedClock(NOW), changes=True)
    there = Verdict.PASS if report.clusters else Verdict.FAIL
    found = {"population": Verdict.UNKNOWN if report.population.silent else there}
    for cluster in report.clusters:
        found |= {finding.check: finding.verdict for finding in cluster.findings}
    return found


@pytest.fixture
def google() -> Iterator[World]:
    """Give a Google Cloud whose own answers nobody compares with descriptions: they are altered on purpose."""
    with google_world(honest=False) as world:
        make_healthy(world)
        yield world


def recorded(world: World) -> tuple[Tape, Found]:
    """Give all answers about a world, and its verdicts; what is not on the tape is not answered from now on."""
    tape = Tape()
    found = tape.judge(lambda: judge(world, tape))
    tape.after = (503, b"{}")
    return tape, found


def altered(tape: Tape, count: int) -> list[Alteration]:
    """Give alterations, and pages that are cut off, about so many."""
    cut = cut_pages(tape.answers, LISTS, lambda _: ("nextPageToken", "more"))
    return sampled((*alterations(tape.answers), *cut), count)


def counts(few: int) -> pytest.MarkDecorator:
    """Sample a few alterations, or more of them."""
    return pytest.mark.parametrize("count", [few, pytest.param(MORE * few, marks=pytest.mark.slow)])


@counts(30)
@pytest.mark.parametrize("name", sorted(BROKEN))
def test_what_an_answer_does_not_say_passes_no_check(google: World, name: str, count: int) -> None:
    """A route that is wrong somewhere: whatever is lost or odd, the check that told so does not pass."""
    check, change = BROKEN[name]
    change(google)
    tape, before = recorded(google)
    assert before[check] is not Verdict.PASS
    passed = [
        one.words
        for one in altered(tape, count)
        if tape.judge(lambda: judge(google, tape), one).get(check) is Verdict.PASS and not excused(one, SAID_BY_ABSENCE)
    ]
    assert passed == []


@counts(350)
def test_an_odd_answer_fails_no_check(google: World, count: int) -> None:
    """A route that is well: what cannot be read is not known, and no fault of the route's."""
    tape, before = recorded(google)
    assert set(before.values()) == {Verdict.PASS}
    failed = [
        f"{one.words}: {name}"
        for one in altered(tape, count)
        if not excused(one, SAID_BY_ABSENCE)
        for name, verdict in tape.judge(lambda: judge(google, tape), one).items()
        if verdict is Verdict.FAIL
    ]
    assert failed == []


def test_what_google_adds_turns_round_or_says_twice_changes_nothing(google: World) -> None:
    """Nobody promised an order, or that there is no more to come."""
    tape, before = recorded(google)
    many = list(shufflings(tape.answers))
    assert [one.words for one in many if tape.judge(lambda: judge(google, tape), one) != before] == []
