"""Traces on the way from one worker to the next; they go into no ledger."""

from dayseal.codec import Wire
from dayseal.digest.bounded import Bounded
from dayseal.digest.traces import USES, WINDOWS, BurstWindow, Example, Traces, Use


class TracesDocument(Wire):
    """`Traces` as rows: the key's parts, then the value. PERSONAL."""

    tokens: tuple[tuple[str, str, str, str, int, str, str, int], ...]
    tokens_rest: int
    named: tuple[tuple[str, str, str, str, int, str, str, int], ...]
    named_rest: int
    windows: tuple[tuple[str, str, int, tuple[str, ...]], ...]
    windows_rest: int
    examples: tuple[tuple[str, str, str], ...]


def traces_document(traces: Traces) -> TracesDocument:
    """Give the wire form."""
    return TracesDocument(
        tokens=tuple((*use, events) for use, events in sorted(traces.tokens.kept.items())),
        tokens_rest=traces.tokens.rest,
        named=tuple((*use, events) for use, events in sorted(traces.named.kept.items())),
        named_rest=traces.named.rest,
        windows=tuple((*window, items) for window, items in sorted(traces.windows.kept.items())),
        windows_rest=traces.windows.rest,
        examples=tuple((name, *example) for name, few in sorted(traces.examples.items()) for example in few),
    )


def traces_of(document: TracesDocument) -> Traces:
    """Give the traces of a wire form."""
    examples: dict[str, tuple[Example, ...]] = {}
    for name, time, text in document.examples:
        examples[name] = (*examples.get(name, ()), Example(time, text))
    return Traces(
        tokens=Bounded(USES, {Use(*row[:7]): row[7] for row in document.tokens}, document.tokens_rest),
        named=Bounded(USES, {Use(*row[:7]): row[7] for row in document.named}, document.named_rest),
        windows=Bounded(WINDOWS, {BurstWindow(*row[:3]): row[3] for row in document.windows}, document.windows_rest),
        examples=examples,
    )
