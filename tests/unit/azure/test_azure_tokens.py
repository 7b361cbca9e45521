"""Tokens for many threads: fetched once, for one audience each, and asked for anew when Azure says so."""

from typing import Any

import pytest
from azure.core.credentials import AccessToken, TokenCredential
from azure.core.exceptions import ClientAuthenticationError, ServiceRequestError

from dayseal.clouds.azure.calls import Ask
from dayseal.clouds.azure.credentials import SharedTokens
from dayseal.model.route import Call
from support.azure_routes import ARM, Answer, Raw, Request, Route
from support.azure_world import World

CHALLENGE = {"WWW-Authenticate": 'Bearer error="insufficient_claims", claims="eyJhIjoxfQ=="'}  # {"a":1}


class Counting(TokenCredential):
    """Credentials that note what they were asked for, and first fail as told."""

    def __init__(self, *failures: Exception) -> None:
        self.failures = list(failures)
        self.asked: list[tuple[tuple[str, ...], dict[str, Any]]] = []

    def get_token(self, *scopes: str, **options: Any) -> AccessToken:  # noqa: ANN401 - as the protocol has it
        """Give a token that says which one it is."""
        self.asked.append((scopes, options))
        if self.failures:
            raise self.failures.pop(0)
        return AccessToken(f"token-{len(self.asked)}", 4_000_000_000)


class Challenging:
    """Wants more of a token than it has, once."""

    def __init__(self) -> None:
        self.heard = 0

    def routes(self) -> tuple[Route, ...]:
        """Give what is answered here."""
        return (Route("test:challenge", "GET", "/challenge", self._answer),)

    def _answer(self, _: Request) -> Answer:
        self.heard += 1
        return Raw(401, headers=CHALLENGE) if self.heard == 1 else {"value": []}


def test_each_audience_has_its_own_token() -> None:
    """A token for Key Vault opens nothing at Resource Manager, and who asks for claims wants a new one."""
    behind = Counting()
    shared = SharedTokens(behind)
    tokens = [shared.get_token(f"{ARM}/.default").token for _ in range(3)]
    other = shared.get_token("https://vault.azure.net/.default").token
    claimed = shared.get_token(f"{ARM}/.default", claims='{"a":1}', tenant_id="t", enable_cae=True).token
    assert (tokens, other, claimed) == (["token-1"] * 3, "token-2", "token-3")
    assert behind.asked[2][1] == {"enable_cae": True, "claims": '{"a":1}', "tenant_id": "t"}


def test_a_token_is_asked_for_again_after_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever gives tokens knows when theirs end, and gives none that ends within the minute."""
    moments = iter((0.0, 59.0, 61.0))
    monkeypatch.setattr("dayseal.clouds.azure.credentials.time.monotonic", lambda: next(moments))
    behind = Counting()
    shared = SharedTokens(behind)
    assert [shared.get_token("x").token for _ in range(3)] == ["token-1", "token-1", "token-2"]


def test_only_a_refusal_is_final() -> None:
    """Whoever could not be reached may be reached later; who said no says no for all of this run."""
    behind = Counting(ServiceRequestError("unreachable"), ClientAuthenticationError("no"))
    shared = SharedTokens(behind)
    with pytest.raises(ServiceRequestError):
        shared.get_token("x")
    for _ in range(3):
        with pytest.raises(ClientAuthenticationError):
            shared.get_token("x")
    assert len(behind.asked) == 2
    assert [shared.get_token("y").token] == ["token-3"]


def test_a_login_that_once_worked_may_fail_for_a_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    """A function that runs for long must not be shut out by one answer."""
    moments = iter((0.0, 61.0, 62.0))
    monkeypatch.setattr("dayseal.clouds.azure.credentials.time.monotonic", lambda: next(moments))
    behind = Counting()
    shared = SharedTokens(behind)
    shared.get_token("x")
    behind.failures.append(ClientAuthenticationError("later"))
    with pytest.raises(ClientAuthenticationError):
        shared.get_token("x")
    assert [shared.get_token("x").token] == ["token-3"]


def test_azure_may_ask_for_a_better_token(azure: World) -> None:
    """Continuous access evaluation: the claims it names go to whoever gives tokens, and the call is made again."""
    part = Challenging()
    azure.parts.append(part)
    claims: list[Any] = []

    class Noting(TokenCredential):
        def get_token(self, *_: str, **options: Any) -> AccessToken:  # noqa: ANN401 - as the protocol has it
            claims.append(options.get("claims"))
            return azure.entra.give(ARM)

    calls = azure.calls(open_credentials=lambda: SharedTokens(Noting()))
    assert calls.list(Ask(Call("test", "challenge", "here"), "/challenge", "1")).ended is None
    assert (claims, part.heard) == ([None, '{"a":1}'], 2)


@pytest.mark.parametrize("body", [{}, {"value": None}, {"value": {}}, {"value": ["x"]}, {"error": {"code": "x"}}])
def test_a_page_without_its_list_is_no_empty_list(azure: World, body: dict[str, Any]) -> None:
    """200 with anything else says nothing about what there is."""

    class Empty:
        def routes(self) -> tuple[Route, ...]:
            return (Route("test:empty", "GET", "/empty", lambda _: body),)

    azure.parts.append(Empty())
    ended = azure.calls().list(Ask(Call("test", "empty", "here"), "/empty", "1")).ended
    assert ended is not None
    assert ended.detail == "value: a list of objects promised"
