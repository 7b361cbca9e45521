"""What an event shows, against what the policy promised."""

import pytest

from dayseal.audit.policy import (
    Comparison,
    Decision,
    Level,
    Observed,
    Request,
    Stage,
    compare,
    observed_event,
    observed_gke,
)

_COMPLETE = Stage.RESPONSE_COMPLETE


def _decision(level: Level, *omitted: Stage) -> Decision:
    return Decision(level, frozenset(omitted), omit_managed_fields=False, rule=0)


def _write(verb: str = "create", group: str = "", subresource: str = "") -> Request:
    name = "p" if subresource or verb != "create" else ""
    return Request("a", (), verb, True, group, "pods", subresource, "x", name)  # noqa: FBT003 - a resource


def _event(
    level: Level, bodies: str = "", code: int | None = 201, stage: Stage = _COMPLETE, *, cut: bool = False
) -> Observed:
    return observed_event(
        level=level, stage=stage, request_body="q" in bodies, response_body="s" in bodies, code=code, cut=cut
    )


@pytest.mark.parametrize(
    ("promised", "seen", "expected"),
    [
        (Level.METADATA, _event(Level.METADATA), Comparison.MATCH),
        (Level.REQUEST, _event(Level.REQUEST, "q"), Comparison.MATCH),
        (Level.REQUEST_RESPONSE, _event(Level.REQUEST_RESPONSE, "qs"), Comparison.MATCH),
        (Level.REQUEST, _event(Level.METADATA), Comparison.LOWER),
        (Level.METADATA, _event(Level.REQUEST, "q"), Comparison.HIGHER),
        (Level.NONE, _event(Level.METADATA), Comparison.UNEXPECTED),
        (Level.METADATA, _event(Level.METADATA, "q"), Comparison.BODY),
        (Level.REQUEST, _event(Level.REQUEST, "qs"), Comparison.BODY),
        (Level.REQUEST, _event(Level.REQUEST), Comparison.BODY),
        (Level.REQUEST_RESPONSE, _event(Level.REQUEST_RESPONSE, "q"), Comparison.BODY),
        (Level.REQUEST_RESPONSE, _event(Level.REQUEST_RESPONSE, "q", cut=True), Comparison.MATCH),
        (Level.REQUEST_RESPONSE, _event(Level.REQUEST_RESPONSE, code=403), Comparison.MATCH),
        (Level.REQUEST_RESPONSE, _event(Level.REQUEST_RESPONSE, code=None), Comparison.MATCH),
        (Level.REQUEST, _event(Level.REQUEST, stage=Stage.REQUEST_RECEIVED), Comparison.MATCH),
        (Level.REQUEST, _event(Level.REQUEST, "q", stage=Stage.REQUEST_RECEIVED), Comparison.BODY),
    ],
)
def test_a_create_is_classed_by_level_then_body(promised: Level, seen: Observed, expected: Comparison) -> None:
    """Less than promised is lost evidence, more is a risk, and a body must fit the level."""
    assert compare(_decision(promised), _write(), seen) is expected


def test_a_stage_that_is_left_out_is_told_after_the_level() -> None:
    """A lower level loses more than an event too many."""
    decision = _decision(Level.REQUEST, Stage.REQUEST_RECEIVED)
    assert compare(decision, _write(), _event(Level.REQUEST, stage=Stage.REQUEST_RECEIVED)) is Comparison.STAGE
    assert compare(decision, _write(), _event(Level.METADATA, stage=Stage.REQUEST_RECEIVED)) is Comparison.LOWER
    assert compare(decision, _write(), _event(Level.REQUEST, "q")) is Comparison.MATCH


@pytest.mark.parametrize(
    "request_",
    [
        _write(subresource="exec"),
        _write(verb="get"),
        _write(verb="list"),
        _write(verb="delete"),
        _write(group="metrics.k8s.io"),
        Request("a", (), "post", is_resource=False, path="/x"),
    ],
)
def test_no_body_is_demanded_where_there_may_be_none(request_: Request) -> None:
    """Connections and reads have none, deletes need none, and of aggregated APIs the server never sees them."""
    assert compare(_decision(Level.REQUEST_RESPONSE), request_, _event(Level.REQUEST_RESPONSE)) is Comparison.MATCH


def test_a_body_where_there_can_be_none_contradicts() -> None:
    """An exec has no body the server could have recorded: somebody wrote this event."""
    seen = _event(Level.REQUEST_RESPONSE, "q", 101)
    assert compare(_decision(Level.REQUEST_RESPONSE), _write(subresource="exec"), seen) is Comparison.BODY


@pytest.mark.parametrize(
    ("promised", "verb", "ok", "bodies", "expected"),
    [
        (Level.METADATA, "create", True, "", Comparison.MATCH),
        (Level.REQUEST, "create", True, "", Comparison.LOWER),
        (Level.REQUEST, "patch", True, "q", Comparison.MATCH),
        (Level.REQUEST_RESPONSE, "patch", True, "q", Comparison.LOWER),
        (Level.METADATA, "patch", True, "q", Comparison.HIGHER),
        (Level.REQUEST_RESPONSE, "update", True, "qs", Comparison.MATCH),
        (Level.REQUEST, "update", True, "qs", Comparison.HIGHER),
        (Level.REQUEST_RESPONSE, "get", True, "", Comparison.MATCH),
        (Level.REQUEST_RESPONSE, "create", False, "", Comparison.MATCH),
        (Level.REQUEST_RESPONSE, "delete", True, "", Comparison.MATCH),
        (Level.METADATA, "delete", True, "s", Comparison.HIGHER),
        (Level.NONE, "get", True, "", Comparison.UNEXPECTED),
    ],
)
def test_gke_entries_are_compared_by_what_their_bodies_allow(
    promised: Level,
    verb: str,
    ok: bool,  # noqa: FBT001 - a table's column
    bodies: str,
    expected: Comparison,
) -> None:
    """They name no level; reads and failures say nothing about it."""
    seen = observed_gke(_write(verb), ok=ok, request_body="q" in bodies, response_body="s" in bodies)
    assert compare(_decision(promised), _write(verb), seen) is expected


def test_a_gke_exec_does_not_look_lower() -> None:
    """It never has bodies, whatever the level."""
    request = _write(subresource="exec")
    seen = observed_gke(request, ok=True, request_body=False, response_body=False)
    assert compare(_decision(Level.REQUEST_RESPONSE), request, seen) is Comparison.MATCH


def test_a_cut_gke_entry_does_not_look_lower() -> None:
    """Its bodies may have been what was cut."""
    seen = observed_gke(_write(), ok=True, request_body=False, response_body=False, cut=True)
    assert compare(_decision(Level.REQUEST_RESPONSE), _write(), seen) is Comparison.MATCH
