import concurrent.futures
import pickle
from collections.abc import Callable
from typing import Any

import pytest
from azure.core.credentials import AccessToken, TokenCredential
from azure.core.exceptions import ClientAuthenticationError
from azure.identity import ClientSecretCredential

from dayseal.clouds.azure.calls import Ask, Calls
from dayseal.clouds.azure.credentials import OrdinaryCredentials, SharedTokens, open_credentials
from dayseal.clouds.azure.graph import Scopes, search
from dayseal.clouds.azure.session import Access, Sessions
from dayseal.errors import AccessError
from dayseal.model.route import Call, Missing, Reason
from support.azure_entra import CLIENT, SECRET, TENANT
from support.azure_estate import ROOT, TEAM, add_subscription, subscription_id
from support.azure_gate import Fault
from support.azure_routes import ARM, Answer, Raw, Request, Route
from support.azure_world import World

PATH = f"/providers/Microsoft.Management/managementGroups/{ROOT}/descendants"
BELOW = Ask(Call("management", "descendants.list", ROOT), PATH, "2020-05-01")
SCRIPTED = Ask(Call("test", "scripted", "here"), "/scripted", "1", {"$filter": "a eq 'b c'"})
ONE, TWO = {"n": 1}, {"n": 2}


class Scripted:
    """Answers from a list, the last one for ever; remembers what it was asked."""

    def __init__(self, *answers: Answer) -> None:
        self.answers = list(answers)
        self.heard: list[Request] = []

    def routes(self) -> tuple[Route, ...]:
        """Give what is answered here."""
        return (Route("test:scripted", "GET", "/scripted", self._next), Route("test:else", "GET", "/else", self._next))

    def _next(self, request: Request) -> Answer:
        self.heard.append(request)
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


class Slow(TokenCredential):
    """Credentials that count how often a token was fetched, and may refuse."""

    def __init__(self, give: Callable[[str], AccessToken] | None) -> None:
        self._give = give
        self.fetched = 0

    def get_token(self, *scopes: str, **_: Any) -> AccessToken:  # noqa: ANN401 - as the protocol has it
        """Fetch a token."""
        self.fetched += 1
        if self._give is None:
            raise ClientAuthenticationError("AADSTS70021: somebody@example.com")
        return self._give(scopes[0].removesuffix("/.default"))


@pytest.fixture
def groups(azure: World) -> World:
    """Give a management group with a subscription."""
    add_subscription(azure, subscription_id(1))
    return azure


def ended(calls: Calls, ask: Ask = BELOW) -> Missing | None:
    """List, and give why that ended early."""
    return calls.list(ask).ended


def ended_so(calls: Calls, ask: Ask = BELOW) -> Missing:
    """List what ends early."""
    found = ended(calls, ask)
    assert found is not None
    return found


def scripted(world: World, *answers: Answer) -> Scripted:
    """Serve answers from a list."""
    part = Scripted(*answers)
    world.parts.append(part)
    return part


def test_a_token_is_fetched_once_for_all_threads(groups: World) -> None:
    """Sixteen threads begin at once, and what gives tokens may be a program that is started each time."""
    credentials = Slow(groups.entra.give)
    calls = groups.calls(open_credentials=lambda: SharedTokens(credentials))
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: ended(calls), range(24)))
    assert (found, credentials.fetched) == ([None] * 24, 1)


def test_a_login_that_failed_is_not_tried_again(groups: World) -> None:
    """Each try may cost seconds, and hundreds of calls follow; every one of them says why."""
    credentials = Slow(None)
    calls = groups.calls(open_credentials=lambda: SharedTokens(credentials))
    found = [ended_so(calls) for _ in range(3)]
    assert [(one.reason, one.detail) for one in found] == [(Reason.DENIED, "ClientAuthenticationError")] * 3
    assert found[0].permission.startswith("credentials that Entra accepts")
    assert (credentials.fetched, groups.gate.count("management:descendants.list")) == (1, 0)


def test_the_machines_managed_identity_is_found(groups: World) -> None:
    """As in a function: the environment names the endpoint, and nothing else is set up."""
    assert ended(Calls(Sessions(Access(endpoint=groups.address)))) is None
    assert ended(Calls(Sessions(Access(endpoint=groups.address, open_credentials=OrdinaryCredentials(CLIENT))))) is None
    assert groups.entra.asked == {ARM: 2}


def test_a_service_principal_logs_in_at_entra(groups: World) -> None:
    """The official flow with a client secret; the answer's token is the one that is checked."""
    told = {"authority": groups.address, "disable_instance_discovery": True}
    good = ClientSecretCredential(TENANT, CLIENT, SECRET, **told)
    assert ended(groups.calls(open_credentials=lambda: good)) is None
    bad = ClientSecretCredential(TENANT, CLIENT, "guessed", **told)
    assert ended_so(groups.calls(open_credentials=lambda: bad)).reason is Reason.DENIED


def test_a_machine_without_identity_has_no_credentials(azure: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Said before anything is asked, with what to do."""
    monkeypatch.setenv("AZURE_TOKEN_CREDENTIALS", "ManagedIdentityCredential")  # or a person's login is looked for
    assert open_credentials().get_token(f"{ARM}/.default").token
    azure.entra.identity = False
    with pytest.raises(AccessError, match="no Azure credentials found") as refused:
        open_credentials()
    assert "az login" in refused.value.hint


def test_only_tokens_for_resource_manager_are_let_in(groups: World) -> None:
    """The server looks at them: one for another audience, or one that is over, is no answer."""
    other = groups.calls(open_credentials=lambda: Slow(lambda _: groups.entra.give("https://vault.azure.net")))
    assert (ended_so(other).reason, ended_so(other).detail) == (Reason.DENIED, "InvalidAuthenticationToken")
    groups.entra.seconds = -1
    assert ended_so(groups.calls()).detail == "ExpiredAuthenticationToken"


def test_no_token_goes_over_plain_http(groups: World) -> None:
    """The SDK's own policy refuses, and it is the one that is used."""
    calls = groups.calls()
    plain = Access(endpoint=groups.address.replace("https", "http"), open_credentials=groups.credentials, attempts=1)
    assert ended(calls) is None
    assert ended_so(Calls(Sessions(plain))).reason is Reason.TIMED_OUT


def test_an_access_travels_to_other_processes() -> None:
    """Workers get in by themselves, so nothing that is open goes along."""
    access = Access(open_credentials=OrdinaryCredentials("client", ("other",)))
    assert pickle.loads(pickle.dumps(access)) == access  # noqa: S301 - our own bytes
    assert (access.management, access.logs) == (ARM, "https://api.loganalytics.io")
    assert access.blobs("audit") == "https://audit.blob.core.windows.net"
    assert Access(blob_endpoint="https://{account}.blob/").blobs("audit") == "https://audit.blob"


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize("call", ["management:descendants.list", "resourcegraph:resources"])
def test_a_service_may_say_when_to_come_back(groups: World, call: str, status: int) -> None:
    """Also for what is posted: Resource Graph's questions change nothing."""
    waits: list[float] = []
    groups.gate.refuse(call, status=status, code="TooManyRequests", retry_after="3", times=2)
    calls = groups.calls(wait=waits.append)
    found = search(calls, Scopes("x"), "x").ended if call.startswith("resource") else ended(calls)
    assert found is None
    assert waits == [3.0, 3.0]


def test_a_service_that_says_tomorrow_is_not_waited_for(groups: World) -> None:
    """A run must end; coming back earlier would only be refused again."""
    waits: list[float] = []
    groups.gate.refuse("management:descendants.list", status=429, code="TooManyRequests", retry_after="86400")
    found = ended_so(groups.calls(wait=waits.append))
    assert (found.reason, waits) == (Reason.THROTTLED, [])
    assert groups.gate.count("management:descendants.list") == 1


def test_without_a_word_the_waits_grow(groups: World) -> None:
    """At once, then longer and longer, as often as allowed."""
    waits: list[float] = []
    groups.gate.refuse("management:descendants.list", status=503, code="ServiceUnavailable")
    assert ended_so(groups.calls(wait=waits.append)).reason is Reason.TIMED_OUT
    assert waits == [1.6, 3.2]
    assert groups.gate.count("management:descendants.list") == 4


def test_a_service_that_never_answers_is_given_up(groups: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """After as many attempts as were allowed, each bounded."""
    monkeypatch.setattr("dayseal.clouds.azure.session._READ_S", 0.1)
    groups.gate.hurt("management:descendants.list", Fault.DELAYED).seconds = 0.3
    assert ended_so(groups.calls(attempts=2)).reason is Reason.TIMED_OUT
    assert groups.gate.count("management:descendants.list") == 2


def test_an_answer_that_leads_elsewhere_is_not_followed(azure: World) -> None:
    """The token would go along."""
    part = scripted(azure, Raw(302, headers={"Location": f"{azure.address}/else"}))
    assert ended_so(azure.calls(), SCRIPTED).reason is Reason.CONTRADICTORY
    assert len(part.heard) == 1


@pytest.mark.parametrize(
    "link",
    ["https://evil.example/scripted", "http://{host}/scripted", "https://{host}@evil.example/x", "/scripted", "x"],
)
def test_a_next_page_on_another_host_is_not_asked_for(azure: World, link: str) -> None:
    """Whoever answers for Azure once would be given the token for good."""
    told = link.replace("{host}", azure.address.removeprefix("https://"))
    part = scripted(azure, {"value": [ONE], "nextLink": told})
    found = azure.calls().list(SCRIPTED)
    assert found.ended is not None
    assert (found.ended.detail, found.items()) == ("nextLink leads to another host", (ONE,))
    assert len(part.heard) == 1


def test_a_next_page_is_asked_for_as_it_is_named(azure: World) -> None:
    """With its own query, even when it spells out the port or is on another path."""
    part = scripted(azure, {"value": [ONE], "nextLink": f"{azure.address}/else?token=%20x"}, {"value": [TWO]})
    assert azure.calls().list(SCRIPTED).items() == (ONE, TWO)
    assert [dict(request.query) for request in part.heard] == [
        {"api-version": "1", "$filter": "a eq 'b c'"}, {"token": " x"},
    ]  # fmt: skip


def test_a_listing_that_never_ends_is_no_listing(azure: World) -> None:
    """A page that follows itself would be asked for ever."""
    part = scripted(azure, {"value": [ONE], "nextLink": f"{azure.address}/scripted?again=1"})
    assert ended_so(azure.calls(), SCRIPTED).reason is Reason.CONTRADICTORY
    assert len(part.heard) == 2


def test_a_listing_that_is_refused_halfway_is_no_listing(groups: World) -> None:
    """What was shown is kept for messages, and is no value."""
    add_subscription(groups, subscription_id(2))
    groups.gate.pages["management:descendants.list"] = 1
    groups.gate.refuse("management:descendants.list", after=2)
    found = groups.calls().list(BELOW)
    assert found.ended is not None
    assert (found.ended.reason, len(found.items())) == (Reason.DENIED, 2)
    assert found.answer(lambda listed: listed.items()) == found.ended
    assert found.items()[0]["name"] == TEAM
