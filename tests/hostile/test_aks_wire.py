"""Azure's answers, each altered at one place: not knowing is never passing, and an odd answer is never failing."""

from collections.abc import Iterator
from typing import Final

import pytest

from dayseal.checking import check_clusters
from dayseal.checks.aks.changes import AKS_OPERATIONS
from dayseal.clouds.azure.calls import Calls
from dayseal.clouds.azure.changes import Trails
from dayseal.clouds.azure.discover import AzureDiscovery, SearchScope
from dayseal.clouds.azure.places import ArchivePlace
from dayseal.clouds.azure.probe import AzureProbe, ProbeScope
from dayseal.clouds.azure.session import Reply, Sessions
from dayseal.model import Verdict
from dayseal.settings import Settings
from dayseal.settings.tables import LedgerSettings
from dayseal.testing.clock import FixedClock
from support.aks_wire_worlds import BROKEN, make_healthy
from support.azure_estate import ACCOUNT, CONTAINER
from support.azure_server import azure_world
from support.azure_verdicts import SHOP
from support.azure_world import World
from support.route_facts import NOW
from support.wire_mutations import (
    Alteration,
    Found,
    Tape,
    alterations,
    cut_pages,
    excused,
    recased,
    sampled,
    shufflings,
)

MORE: Final = 12  # times as many in the slow run: all of them take a quarter of an hour and more
LISTS: Final = ("value", "data")
RULES: Final = "properties.policy.rules"
# What Azure says by an empty list, or by leaving out what its description does not require.
SAID_BY_ABSENCE: Final[dict[tuple[str, str], str]] = {
    ("insights:diagnosticSettings.list", "value"): "the cluster has no setting",
    ("insights:diagnosticSettings.list", "value[].properties.logs"): "a setting of metrics alone",
    ("insights:diagnosticSettings.list", "value[].properties.storageAccountId"): "nothing is sent to an account",
    ("insights:eventtypes.list", "value"): "nothing happened",
    ("authorization:roleAssignments.list", "value"): "nobody has a role",
    ("authorization:roleDefinitions.get", "properties.permissions[].actions"): "the role allows data actions alone",
    ("authorization:roleDefinitions.get", "properties.permissions[].dataActions"): "the role allows no data actions",
    ("security:pricings.list", "value"): "the subscription has no plan",
    ("storage:managementPolicies.get", RULES): "nothing is deleted",
    ("storage:managementPolicies.get", f"{RULES}[].definition.actions.baseBlob"): "nothing is done to blobs",
    ("storage:managementPolicies.get", f"{RULES}[].definition.actions.baseBlob.delete"): "blobs are not deleted",
    ("storage:storageAccounts.get", "properties.networkAcls"): "a firewall that was never set lets everybody in",
    ("storage:blobContainers.get", "properties.legalHold"): "no legal hold",
    ("storage:blobContainers.get", "properties.hasLegalHold"): "no legal hold",
    (
        "storage:blobContainers.get",
        "properties.immutabilityPolicy.properties.allowProtectedAppendWritesAll",
    ): "optional, without it appends are blocked",
}


class PlayedSessions(Sessions):
    """Sessions whose answers come from a tape."""

    def __init__(self, world: World, tape: Tape) -> None:
        super().__init__(world.access(attempts=1))
        self._tape = tape

    def send(self, method: str, url: str, *, body: bytes | None) -> Reply:
        """Play the answer."""

        def ask() -> tuple[int, bytes]:
            found = super(PlayedSessions, self).send(method, url, body=body)
            return found.status, found.body

        return Reply(*self._tape.play(f"{method} {url} {(body or b'').decode()}", ask))


def judge(world: World, tape: Tape) -> Found:
    """Check the one cluster, as the verb does."""
    calls = Calls(PlayedSessions(world, tape), tape.hear)
    scope = ProbeScope(lambda _: ArchivePlace(ACCOUNT, CONTAINER))
    probe = AzureProbe(calls, FixedClock(NOW), scope, trails=lambda log, _: Trails(log, AKS_OPERATIONS), threads=2)
    settings = Settings(ledger=LedgerSettings(origin="example.com/log"))
    discovery = AzureDiscovery(calls, SearchScope(subscriptions=(SHOP,)), threads=1)
    report = check_clusters(discovery, probe, settings, FixedClock(NOW), changes=True)
    there = Verdict.PASS if report.clusters else Verdict.FAIL
    found = {"population": Verdict.UNKNOWN if report.population.silent else there}
    for cluster in report.clusters:
        found |= {finding.check: finding.verdict for finding in cluster.findings}
    return found


@pytest.fixture
def azure(monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """Give an Azure whose own answers nobody compares with descriptions: they are altered on purpose."""
    with azure_world(honest=False) as world:
        for name, value in world.environment().items():
            monkeypatch.setenv(name, value)
        make_healthy(world)
        yield world


def recorded(world: World) -> tuple[Tape, Found]:
    """Give all answers about a world, and its verdicts; what is not on the tape is not answered from now on."""
    tape = Tape()
    found = tape.judge(lambda: judge(world, tape))
    tape.after = (503, b"{}")
    return tape, found


def altered(world: World, tape: Tape, count: int) -> list[Alteration]:
    """Give alterations, and pages that are cut off, about so many."""
    cut = cut_pages(tape.answers, LISTS, lambda _: ("nextLink", f"{world.address}/more"))
    return sampled((*alterations(tape.answers), *cut), count)


def counts(few: int) -> pytest.MarkDecorator:
    """Sample a few alterations, or more of them."""
    return pytest.mark.parametrize("count", [few, pytest.param(MORE * few, marks=pytest.mark.slow)])


@counts(30)
@pytest.mark.parametrize("name", sorted(BROKEN))
def test_what_azure_does_not_say_passes_no_check(azure: World, name: str, count: int) -> None:
    """A route that is wrong somewhere: whatever is lost or odd, the check that told so does not pass."""
    check, change = BROKEN[name]
    change(azure)
    tape, before = recorded(azure)
    assert before[check] is not Verdict.PASS
    passed = [
        one.words
        for one in altered(azure, tape, count)
        if tape.judge(lambda: judge(azure, tape), one).get(check) is Verdict.PASS and not excused(one, SAID_BY_ABSENCE)
    ]
    assert passed == []


@counts(350)
def test_an_odd_answer_of_azure_fails_no_check(azure: World, count: int) -> None:
    """A route that is well: what cannot be read is not known, and no fault of the route's."""
    tape, before = recorded(azure)
    assert set(before.values()) == {Verdict.PASS}
    failed = [
        f"{one.words}: {name}"
        for one in altered(azure, tape, count)
        if not excused(one, SAID_BY_ABSENCE)
        for name, verdict in tape.judge(lambda: judge(azure, tape), one).items()
        if verdict is Verdict.FAIL
    ]
    assert failed == []


def test_what_azure_adds_turns_round_or_spells_otherwise_changes_nothing(azure: World) -> None:
    """Nobody promised an order, that there is no more to come, or the case of a resource's id."""
    tape, before = recorded(azure)
    tape.after = None  # an id of another case is another request, which Azure answers alike
    many = [*shufflings(tape.answers), *recased(tape.answers)]
    changed = [one.words for one in many if tape.judge(lambda: judge(azure, tape), one) != before]
    # The index counts its rows: one that is there twice is no complete answer.
    assert changed == ["resourcegraph:resources data: twice"]
