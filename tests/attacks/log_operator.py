"""What whoever runs the log can do: he holds its key, its stores and its guard, and need not ask the recorder."""

from collections.abc import Callable, Iterable

from attacks.grounds import LOG, POLICY, Site
from dayseal.attest.dsse import sign_envelope
from dayseal.attest.predicates import ClusterDay, Delegation, Genesis, RollCall
from dayseal.attest.statement import encode_statement
from dayseal.codec import parse_day
from dayseal.ledger.commit import Committer
from dayseal.ledger.entry import Entry, parse_admitted
from dayseal.ledger.layout import attestation_key, rollcall_key
from dayseal.ledger.lookup import encode_attestation
from dayseal.ledger.reader import root_keys
from dayseal.ledger.rollcall import make_roll_call
from dayseal.ledger.setup import create_ledger
from dayseal.ledger.state import LedgerState
from dayseal.testing.memory import MemoryGuard, MemoryStore
from dayseal.testing.world import ORIGIN

_OBJECTS = ("manifests/", "summaries/", "facts/", "rollcalls/")


def append_unasked(site: Site, envelopes: Iterable[bytes]) -> None:
    """Append entries that nobody admitted, with all that belongs to them."""
    entries = list(envelopes)
    size = site.reader().tree_head.size
    Committer(site.store, site.guard, origin=ORIGIN, log=LOG).append(entries, onto_size=size)
    for index, data in enumerate(entries, start=size):
        said = _entry(data).statement.predicate
        if isinstance(said, ClusterDay):
            key = attestation_key(said.cluster.id, parse_day(said.day), said.revision)
            site.store.create(key, encode_attestation(index, data))


def rebuild_ledger(site: Site, keep: Callable[[Entry], bool], *, call_again: bool = True) -> None:
    """Make the ledger anew with the entries to `keep`; with `call_again` every roll-call is made to fit them.

    Guard, checkpoints, commits and look-up files all belong to the new log.
    """
    before = site.store
    entries = [_entry(data) for data in site.reader().entries()]
    founding = _founding(entries)
    site.store, site.guard = MemoryStore(), MemoryGuard()
    genesis, *delegations = founding
    create_ledger(site.store, site.guard, origin=ORIGIN, genesis=genesis, delegations=delegations, log=LOG)
    for prefix in _OBJECTS:
        for key in before.keys(prefix):
            site.store.create(key, before.get(key))
    rest = [e for e in entries[len(founding) :] if keep(e)]
    append_unasked(site, _called_again(site, founding, rest) if call_again else [e.data for e in rest])


def _called_again(site: Site, founding: list[bytes], rest: Iterable[Entry]) -> list[bytes]:
    state = LedgerState(ORIGIN, root_keys(POLICY))
    made = list(founding)
    for index, data in enumerate(founding):
        state.apply(index, data)
    for entry in rest:
        said = entry.statement.predicate
        data = entry.data
        if isinstance(said, RollCall):
            statement, rows = make_roll_call(state, parse_day(said.day), site.clock.now())
            key = rollcall_key(statement.subject_sha256)
            if key not in list(site.store.keys(key)):
                site.store.create(key, rows)
            data = sign_envelope(encode_statement(statement), [LOG])
        state.apply(state.size, data)
        made.append(data)
    return made[len(founding) :]


def _founding(entries: list[Entry]) -> list[bytes]:
    count = next(n for n, e in enumerate(entries) if not isinstance(e.statement.predicate, Genesis | Delegation))
    return [e.data for e in entries[:count]]


def _entry(data: bytes) -> Entry:
    return parse_admitted(data, subject="an entry of the old log")
