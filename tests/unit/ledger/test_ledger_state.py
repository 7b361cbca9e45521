"""What may follow what in a ledger."""

from collections.abc import Callable

import msgspec
import pytest

from dayseal.attest.keys import keyid_of
from dayseal.attest.predicates import Chain, ChainReset, ClusterRef, RollCall, Sha256
from dayseal.codec import Wire, sha256_hex
from dayseal.errors import ChainError, DaysealError, FormatError, SignatureError, TrustError
from dayseal.ledger.layout import InboxName, attestor_prefix
from dayseal.ledger.state import LedgerState
from dayseal.testing.keys import Ed25519Signer
from dayseal.testing.statements import AT, chain, cluster_day, delegation, enrolment, inventory
from dayseal.testing.world import ORIGIN, Keys, day_objects, seal, some_cluster

KEYS = Keys.from_seed("state")
ROOTS = {keyid_of(KEYS.root.spki): KEYS.root.spki}
CLUSTER = some_cluster()
DAY = "2026-11-20"


@pytest.fixture
def state() -> LedgerState:
    """Give a state with genesis, two delegations and one enrolled cluster (4 entries)."""
    fresh = LedgerState(ORIGIN, ROOTS)
    for index, envelope in enumerate(KEYS.first_envelopes()):
        fresh.apply(index, envelope)
    fresh.apply(3, seal(enrolment(CLUSTER, chain(0, None)), KEYS.attestor))
    return fresh


def place(state: LedgerState) -> Chain:
    """Give the next place in the cluster's chain."""
    known = state.cluster(CLUSTER)
    assert known is not None
    return chain(known.chain.seq + 1, known.chain.envelope_sha256)


def day(at: Chain, **more: int) -> Wire:
    """Give the statement of one day."""
    return cluster_day(CLUSTER, DAY, at, day_objects(CLUSTER, DAY), **more)


def test_a_day_and_its_revision_follow_each_other(state: LedgerState) -> None:
    """Revision n+1 comes after n, in the same chain."""
    name = state.apply(4, seal(day(place(state)), KEYS.attestor))
    state.apply(5, seal(day(place(state), revision=1), KEYS.attestor))
    assert name == InboxName(attestor_prefix(keyid_of(KEYS.attestor.spki)), CLUSTER.path, 1)
    assert [(r.revision, r.index) for r in state.revisions(CLUSTER, DAY)] == [(0, 4), (1, 5)]
    known = state.cluster(CLUSTER)
    assert known is not None
    assert known.newest == state.revisions(CLUSTER, DAY)[1]
    assert state.days(CLUSTER) == (DAY,)


REFUSED: dict[str, tuple[Callable[[LedgerState], bytes], type[DaysealError], str]] = {
    "a number is left out": (
        lambda s: seal(day(chain(2, place(s).previous_envelope_sha256)), KEYS.attestor),
        ChainError,
        "number 2, 1 promised",
    ),
    "the link is another": (lambda _: seal(day(chain(1, "0" * 64)), KEYS.attestor), ChainError, "follows"),
    "the revision is too high": (lambda s: seal(day(place(s), revision=1), KEYS.attestor), ChainError, "revision 1, 0"),
    "the cluster never entered": (
        lambda _: seal(cluster_day(some_cluster("new"), DAY, chain(0, None), day_objects(CLUSTER, DAY)), KEYS.attestor),
        ChainError,
        "never entered",
    ),
    "it enters twice": (lambda s: seal(enrolment(CLUSTER, place(s)), KEYS.attestor), ChainError, "already did"),
    "a stranger signed": (lambda s: seal(day(place(s)), Ed25519Signer("x")), TrustError, "no delegation names it"),
    "a root key signed": (lambda s: seal(day(place(s)), KEYS.root), TrustError, "no delegation names it"),
    "the recorder signed": (lambda s: seal(day(place(s)), KEYS.log), TrustError, "attestor promised"),
    "two keys signed": (
        lambda s: seal(day(place(s)), KEYS.attestor, KEYS.log),
        SignatureError,
        "2 signatures, one promised",
    ),
    "an attestor delegates": (
        lambda s: seal(delegation(2, s.delegations.head, Ed25519Signer("x")), KEYS.attestor),
        SignatureError,
        "not accepted",
    ),
    "a second genesis": (lambda _: seal(KEYS.genesis, KEYS.root), ChainError, "second genesis"),
    "the day is no day": (
        lambda s: seal(msgspec.structs.replace(day(place(s)), day="2026-02-30"), KEYS.attestor),
        FormatError,
        "no day",
    ),
    "the subject is another manifest": (
        lambda s: seal(_other_manifest(place(s)), KEYS.attestor),
        ChainError,
        "subject and manifest differ",
    ),
    "garbage": (lambda _: b"\x00garbage", FormatError, "entry 4"),
    "a roll-call that counts wrong": (lambda s: seal(_roll_call(s, enrolled=2), KEYS.log), ChainError, "2 clusters"),
    "a roll-call by an attestor": (lambda s: seal(_roll_call(s), KEYS.attestor), TrustError, "recorder promised"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_does_not_fit_is_refused_and_changes_nothing(state: LedgerState, case: str) -> None:
    """After a refusal the right statement must still be admitted."""
    make, error, message = REFUSED[case]
    with pytest.raises(error, match=message):
        state.apply(4, make(state))
    state.apply(4, seal(day(place(state)), KEYS.attestor))
    state.apply(5, seal(_roll_call(state), KEYS.log))


def test_scope_is_judged_by_the_statements_own_cluster(state: LedgerState) -> None:
    """An attestor of one account must not speak about another's cluster."""
    narrow = Ed25519Signer("narrow")
    state.apply(4, seal(delegation(2, state.delegations.head, narrow, accounts=("42",)), KEYS.root))
    with pytest.raises(TrustError, match="outside the scope"):
        state.apply(5, seal(day(place(state)), narrow))
    state.apply(5, seal(enrolment(some_cluster("b", account="42"), chain(0, None)), narrow))


def test_a_cluster_that_left_is_sealed_up_to_its_last_day_only(state: LedgerState) -> None:
    """Deleted clusters stay in scope for the days they lived."""
    state.apply(4, seal(enrolment(CLUSTER, place(state), action="leave", day="2026-11-20"), KEYS.attestor))
    assert state.enrolled() == ()
    with pytest.raises(ChainError, match="left on 2026-11-20"):
        state.apply(5, seal(day(place(state)), KEYS.attestor))
    earlier = cluster_day(CLUSTER, "2026-11-19", place(state), day_objects(CLUSTER, "2026-11-19"))
    state.apply(5, seal(earlier, KEYS.attestor))


def test_attestors_chains_of_their_own_are_apart(state: LedgerState) -> None:
    """Each attestor numbers its inventories itself."""
    envelope = seal(inventory(chain(0, None), (CLUSTER.text,)), KEYS.attestor)
    state.apply(4, envelope)
    assert [i.envelope_sha256 for i in state.inventories] == [sha256_hex(envelope)]
    with pytest.raises(ChainError, match="number 0, 1 promised"):
        state.apply(5, seal(inventory(chain(0, None)), KEYS.attestor))
    state.apply(5, seal(inventory(chain(1, sha256_hex(envelope))), KEYS.attestor))


def test_a_chain_reset_takes_a_number_and_the_chain_goes_on_from_it(state: LedgerState) -> None:
    """After a loss root keys, and only they, may leave numbers out."""
    reset = ChainReset(cluster=ClusterRef.of(CLUSTER), seq=7, reason="inbox lost", at=AT)
    with pytest.raises(SignatureError):
        state.apply(4, seal(reset, KEYS.attestor))
    envelope = seal(reset, KEYS.root)
    state.apply(4, envelope)
    state.apply(5, seal(day(chain(8, sha256_hex(envelope))), KEYS.attestor))
    with pytest.raises(ChainError, match="beyond the newest number"):
        state.apply(6, envelope)


def test_replaying_admitted_entries_gives_the_same_state(state: LedgerState) -> None:
    """The quick replay leaves out signatures, nothing else."""
    again = LedgerState(ORIGIN, ROOTS)
    envelopes = [*KEYS.first_envelopes(), seal(enrolment(CLUSTER, chain(0, None)), KEYS.attestor)]
    for index, envelope in enumerate(envelopes):
        again.apply(index, envelope, admitted=True)
    assert (again.clusters(), again.delegations, again.size) == (state.clusters(), state.delegations, state.size)


def _other_manifest(at: Chain) -> Wire:
    said = day(at)
    other = msgspec.structs.replace(said.archive.manifest, uri="manifests/other.jsonl")  # type: ignore[attr-defined]  # a cluster-day, as built here
    return msgspec.structs.replace(said, archive=msgspec.structs.replace(said.archive, manifest=other))  # type: ignore[attr-defined]  # a cluster-day, as built here


def _roll_call(state: LedgerState, *, enrolled: int = 1) -> RollCall:
    return RollCall(
        number=0,
        previous_envelope_sha256=None,
        day=DAY,
        enrolled=enrolled,
        rows_root="0" * 64,
        rows=Sha256(sha256="0" * 64),
        delegations=state.delegations.count,
        delegation_head=state.delegations.head,
        inventories=(),
        at=AT,
    )
