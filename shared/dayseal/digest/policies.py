"""How events compare with the policy their provider published, or a file of one's own; remembered where it repeats."""

import dataclasses
import functools
from collections.abc import Mapping
from typing import Final, NamedTuple

from dayseal.audit.formats.shapes import Shape
from dayseal.audit.names import Target
from dayseal.audit.policy import (
    Evaluator,
    Policy,
    compare,
    load_policy,
    observed_event,
    observed_gke,
    profile_policy,
    profile_text,
    request_of_event,
    request_of_target,
)
from dayseal.audit.policy.rules import LEVELS, STAGES, Decision, Request
from dayseal.audit.wire import EventWire, PayloadWire, is_there, whole_number
from dayseal.codec import sha256_hex

Key = tuple[object, ...]

_MAX_REQUESTS: Final = 8_192
_MAX_JUDGEMENTS: Final = 8_192
_MAX_KEPT_TEXT: Final = 1_024  # characters of a request; longer ones hardly repeat
_MAX_CODE: Final = 4  # bytes, `null` among them
_VERSION_DIGITS: Final = 12
_PROFILES: Final[Mapping[Shape, str]] = {
    Shape.FIREHOSE: "eks",
    Shape.EXPORT: "eks",
    Shape.GKE: "gke",
    Shape.AKS: "aks",
}


OWN: Final = "own"  # takes a profile's place in names


@dataclasses.dataclass(frozen=True, slots=True)
class OwnPolicy:
    """The policy file that a cluster of one's own runs with, in place of a provider's; `subject` names it in errors."""

    subject: str
    data: bytes

    def judge(self) -> "PolicyJudge":
        """Give a judge by it.

        Raises:
            FormatError: it is no policy a server would start with.
        """
        version = sha256_hex(self.data)[:_VERSION_DIGITS]
        return PolicyJudge(f"{OWN}@{version}", load_policy(self.data, subject=self.subject))


class Judgement(NamedTuple):
    """The class of an event, and the level that the policy promises for it; both empty where nothing was compared."""

    comparison: str
    expected: str


NOT_COMPARED: Final = Judgement("", "")


class PolicyJudge:
    """Compares events with one policy; `name` is `profile@version`. Remembers a bounded number of requests."""

    def __init__(self, name: str, policy: Policy) -> None:
        self.name: Final = name
        self._decide: Final = Evaluator(policy).decide
        self._requests: Final[dict[Key, _Decided]] = {}
        self._judgements: Final[dict[Key, dict[Key, Judgement]]] = {}  # by what decides beside the event's own parts
        self._size = 0  # of `_judgements`
        self._entries: Final[dict[Key, Judgement]] = {}

    def judge_event(self, event: EventWire, *, cut: bool) -> Judgement:
        """Compare an event; `cut` says that something was taken out of it."""
        verb, uri, user = event.verb, event.request_uri, event.user
        path, _, query = uri.partition("?")
        if "fieldSelector" not in query:
            uri = path  # nothing else of a query decides
        decided = self._requests.get((verb, uri, user.username, user.groups)) or self._decided(event, uri)
        asked, answered = is_there(event.request_object), is_there(event.response_object)
        code = bytes(event.response_status.code)
        key = (event.level, event.stage, asked, answered, code, cut)
        return decided.known.get(key) or self._judge(decided, event, key, cut=cut)

    def judge_entry(self, payload: PayloadWire, target: Target, *, cut: bool) -> Judgement:
        """Compare a GKE entry, which names neither level nor stage."""
        user = payload.authentication_info.principal_email
        asked, answered = is_there(payload.request), is_there(payload.response)
        code = payload.status.code
        ok = not is_there(code) or whole_number(code) == 0
        about = (target.verb, target.group, target.resource, target.subresource, target.namespace, target.name)
        key = (user, asked, answered, ok, cut, about)
        known = self._entries.get(key)
        if known is None:
            request = request_of_target(target, user=user)
            decision = self._decide(request)
            seen = observed_gke(request, ok=ok, request_body=asked, response_body=answered, cut=cut)
            known = Judgement(compare(decision, request, seen).value, decision.level.text)
            if len(user) + sum(map(len, about)) <= _MAX_KEPT_TEXT:
                if len(self._entries) >= _MAX_REQUESTS:
                    self._entries.clear()
                self._entries[key] = known
        return known

    def _decided(self, event: EventWire, uri: str) -> "_Decided":
        verb, user, groups = event.verb, event.user.username, event.user.groups
        request = request_of_event(verb=verb, request_uri=uri, user=user, groups=groups)
        decision = self._decide(request)
        if len(verb) + len(uri) + len(user) + sum(map(len, groups)) > _MAX_KEPT_TEXT:
            return _Decided(decision, request, {})
        if self._size >= _MAX_JUDGEMENTS or len(self._judgements) >= _MAX_JUDGEMENTS:
            self._judgements.clear()
            self._requests.clear()  # they hold what was just forgotten
            self._size = 0
        if len(self._requests) >= _MAX_REQUESTS:
            self._requests.clear()
        kind = (decision.rule, verb, request.group, request.subresource, request.is_resource)
        decided = _Decided(decision, request, self._judgements.setdefault(kind, {}))
        self._requests[verb, uri, user, groups] = decided
        return decided

    def _judge(self, decided: "_Decided", event: EventWire, key: Key, *, cut: bool) -> Judgement:
        level, stage = LEVELS.get(event.level), STAGES.get(event.stage)
        if level is None or stage is None:
            return NOT_COMPARED  # no server writes that
        code = whole_number(event.response_status.code)
        asked, answered = is_there(event.request_object), is_there(event.response_object)
        seen = observed_event(level=level, stage=stage, request_body=asked, response_body=answered, code=code, cut=cut)
        decision = decided.decision
        judgement = Judgement(compare(decision, decided.request, seen).value, decision.level.text)
        if len(bytes(event.response_status.code)) <= _MAX_CODE and self._size < _MAX_JUDGEMENTS:
            decided.known[key] = judgement
            self._size += 1
        return judgement


class _Decided(NamedTuple):
    """What a policy says of a request, and the judgements on events of its kind."""

    decision: Decision
    request: Request
    known: dict[Key, Judgement]


def judge_of(shape: Shape) -> PolicyJudge | None:
    """Give a judge by the policy that the provider of this shape published; None where nobody did."""
    profile = _PROFILES.get(shape)
    return None if profile is None else PolicyJudge(f"{profile}@{profile_version(profile)}", _policy(profile))


@functools.cache
def profile_version(profile: str) -> str:
    """Give the version of a profile's rules: the first 12 hex digits of the SHA-256 of their text."""
    return sha256_hex(profile_text(profile))[:_VERSION_DIGITS]


@functools.cache
def _policy(profile: str) -> Policy:
    """Read a profile once a process: that takes 10 ms."""
    return profile_policy(profile)
