"""From traces to counts: bursts, and credentials that were used as no one holder uses them."""

import collections
import dataclasses
import datetime as dt
import ipaddress
from collections.abc import Hashable, Iterable, Iterator
from typing import Final

from dayseal.audit.detections import BURSTS, Sign, find_detection
from dayseal.audit.names import HUMAN, NODE, OTHER, SERVICE_ACCOUNT
from dayseal.codec import format_time
from dayseal.digest.bounded import bound_counts
from dayseal.digest.tally_keys import SIGNS
from dayseal.digest.tally_value import Tally
from dayseal.digest.traces import NO_TRACES, Example, Traces, Use, merge_examples

SHARED: Final = "shared-credential"
SEVERAL: Final = "two-credentials"
AGENTS: Final = "changing-agent"

_EPOCH: Final = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_HOUR: Final = 3_600
_SHOWN: Final = 4
_PEOPLE: Final = frozenset({HUMAN, OTHER, SERVICE_ACCOUNT})
_EXACT: Final = {4: 32, 6: 128}
_NEIGHBOURS: Final = {4: 24, 6: 64}
_NETWORKS: Final = {4: 16, 6: 48}

Found = tuple[str, Example]


def settle(tally: Tally) -> Tally:
    """Count what only several events show, and forget what it was told by; examples stay. Settling twice adds nothing.

    Call it once for all that is new of a cluster's day: merging settled tallies does not find what lies across them.
    """
    traces = tally.traces
    uses = (*traces.tokens.kept, *traces.named.kept)
    found = (*_bursts(traces), *_shared(uses), *_several(traces.named.kept), *_agents(uses))
    if not found and not uses and not traces.windows.kept:
        return tally
    counted = collections.Counter(Sign(name, find_detection(name).severity.value) for name, _ in found)
    counted.update(dict(tally.signs.kept))
    examples: dict[str, list[Example]] = collections.defaultdict(list)
    for name, example in found:
        examples[name].append(example)
    kept = merge_examples(traces.examples, {name: tuple(few) for name, few in examples.items()})
    return dataclasses.replace(
        tally,
        signs=bound_counts(counted.items(), bound=SIGNS, rest=tally.signs.rest),
        traces=dataclasses.replace(NO_TRACES, examples=kept),
    )


def _bursts(traces: Traces) -> Iterator[Found]:
    for (subject, name, window), items in traces.windows.kept.items():
        burst = BURSTS[name]
        if len(items) >= burst.threshold:
            said = f"{subject or '(nobody)'}: at least {len(items)} different in {burst.seconds} s"
            yield name, Example(_text(window * burst.seconds), said)


def _shared(uses: Iterable[Use]) -> Iterator[Found]:
    """One credential, one hour, several addresses of one family: nodes and servers may have neighbouring ones."""
    places: dict[Hashable, set[str]] = collections.defaultdict(set)
    owners: dict[Hashable, Use] = {}
    for use in uses:
        size = _EXACT if use.user_class in _PEOPLE else _NEIGHBOURS
        if found := _network(use.source, size):
            family, place = found
            places[use.credential, use.hour, family].add(place)
            owners[use.credential, use.hour, family] = use
    for key, found_places in places.items():
        if len(found_places) > 1:
            use = owners[key]
            yield SHARED, Example(_text(use.hour * _HOUR), f"{use.user} {use.credential}: {_some(found_places)}")


def _several(uses: Iterable[Use]) -> Iterator[Found]:
    """One user, one hour, several credentials from several networks."""
    held: dict[Hashable, dict[str, str]] = collections.defaultdict(dict)
    for use in uses:
        if found := _network(use.source, _NETWORKS):
            family, network = found
            held[use.user, use.hour, family].setdefault(network, use.credential)
    for key, networks in held.items():
        if len(networks) > 1 and len(set(networks.values())) > 1 and isinstance(key, tuple):
            user, hour, _ = key
            yield SEVERAL, Example(_text(int(hour) * _HOUR), f"{user}: {_some(networks)}")


def _agents(uses: Iterable[Use]) -> Iterator[Found]:
    programs: dict[Hashable, set[str]] = collections.defaultdict(set)
    owners: dict[Hashable, Use] = {}
    for use in uses:
        if use.program and use.user_class in (SERVICE_ACCOUNT, NODE):
            programs[use.credential, use.hour].add(use.program)
            owners[use.credential, use.hour] = use
    for key, found in programs.items():
        if len(found) > 1:
            use = owners[key]
            yield AGENTS, Example(_text(use.hour * _HOUR), f"{use.user} {use.credential}: {_some(found)}")


def _network(source: str, sizes: dict[int, int]) -> tuple[int, str] | None:
    """Give family and network of an address; None: it is none, or the server's own."""
    try:
        address = ipaddress.ip_address(source)
    except ValueError:
        return None
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    if address.is_loopback or address.is_unspecified:
        return None
    return address.version, str(ipaddress.ip_network((address, sizes[address.version]), strict=False))


def _some(texts: Iterable[str]) -> str:
    ordered = sorted(texts)
    more = f" and {len(ordered) - _SHOWN} more" if len(ordered) > _SHOWN else ""
    return ", ".join(ordered[:_SHOWN]) + more


def _text(seconds: int) -> str:
    return format_time(_EPOCH + dt.timedelta(seconds=seconds))
