"""Compares what a policy promises for a request with what an event of it shows.

Reads are never judged by their bodies: with level RequestResponse some have one and some do not. Nor is a body
demanded of groups that kube-apiserver does not serve itself: it passes those requests on without reading them.
"""

import dataclasses
import enum
from typing import Final

from dayseal.audit.policy.builtin import BUILTIN_GROUPS, CONNECT_SUBRESOURCES
from dayseal.audit.policy.rules import Decision, Level, Request, Stage

_WRITES: Final = frozenset({"create", "update", "patch"})
_SUCCESS: Final = range(200, 300)
_READS: Final = frozenset({"get", "list", "watch"})


class Comparison(enum.StrEnum):
    """How an event relates to the policy."""

    MATCH = "MATCH"  # as promised, or nothing contradicts it
    LOWER = "LOWER"  # less was recorded: evidence is lost
    HIGHER = "HIGHER"  # more was recorded: secrets may lie in the archive
    UNEXPECTED = "UNEXPECTED"  # the policy says None and there is an event
    STAGE = "STAGE"  # the policy leaves this stage out and there is an event
    BODY = "BODY"  # a body the level forbids, or none where level, code and verb require one


@dataclasses.dataclass(frozen=True, slots=True)
class Observed:
    """What one event shows.

    The level lies between `lowest` and `highest`; they are equal where the event names it. `stage` and `code` are
    None where the event does not tell. `cut` says that a mark of truncation was found in it.
    """

    lowest: Level
    highest: Level
    stage: Stage | None
    request_body: bool
    response_body: bool
    code: int | None
    cut: bool = False


def observed_event(
    *, level: Level, stage: Stage, request_body: bool, response_body: bool, code: int | None, cut: bool = False
) -> Observed:
    """Give what an event that names its level and stage shows: EKS, AKS and plain kube-apiserver."""
    return Observed(level, level, stage, request_body, response_body, code, cut)


def observed_gke(request: Request, *, ok: bool, request_body: bool, response_body: bool, cut: bool = False) -> Observed:
    """Give what a GKE entry shows: its level can only be told from the bodies of a write that succeeded."""
    lowest, highest = Level.METADATA, Level.REQUEST_RESPONSE
    if ok and response_body and request.verb not in _READS:
        lowest = Level.REQUEST_RESPONSE
    elif ok and not cut and request.verb in _WRITES and _has_bodies(request):
        lowest = highest = Level.REQUEST if request_body else Level.METADATA
    return Observed(lowest, highest, None, request_body, response_body, None, cut)


def compare(decision: Decision, request: Request, observed: Observed) -> Comparison:
    """Give the class of one event; where several fit, the first of UNEXPECTED, LOWER, HIGHER, STAGE, BODY.

    Spec: kubernetes/apiserver 24a394e5, pkg/endpoints/filters/audit.go and pkg/audit/request.go.
    """
    if decision.level is Level.NONE:
        return Comparison.UNEXPECTED
    if observed.highest < decision.level:
        return Comparison.LOWER
    if observed.lowest > decision.level:
        return Comparison.HIGHER
    if observed.stage is not None and observed.stage in decision.omit_stages:
        return Comparison.STAGE
    if observed.lowest == observed.highest and _body_contradicts(observed.lowest, request, observed):
        return Comparison.BODY
    return Comparison.MATCH


def _body_contradicts(level: Level, request: Request, observed: Observed) -> bool:
    never = not _may_have_bodies(request) or observed.stage is Stage.REQUEST_RECEIVED
    if observed.request_body and (never or level < Level.REQUEST):
        return True
    if observed.response_body and (never or level < Level.REQUEST_RESPONSE):
        return True
    if observed.cut or observed.stage is not Stage.RESPONSE_COMPLETE or observed.code not in _SUCCESS:
        return False
    if request.verb not in _WRITES or not _has_bodies(request):
        return False
    return (level >= Level.REQUEST and not observed.request_body) or (
        level >= Level.REQUEST_RESPONSE and not observed.response_body
    )


def _may_have_bodies(request: Request) -> bool:
    return request.is_resource and request.subresource not in CONNECT_SUBRESOURCES


def _has_bodies(request: Request) -> bool:
    return _may_have_bodies(request) and request.group in BUILTIN_GROUPS
