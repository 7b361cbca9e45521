"""The end of the chain of delegations, taken from evidence: what a machine without a network knows of a ledger."""

import datetime as dt

from dayseal.attest.predicates import Delegation, Genesis
from dayseal.errors import RefutedError
from dayseal.evidence import parse_event_proof, parse_evidence
from dayseal.ledger.delegating import DelegationPlace
from dayseal.ledger.delegations import DelegationEntry, Delegations
from dayseal.ledger.entry import parse_admitted
from dayseal.model import Verdict
from dayseal.notes import TrustPolicy, parse_checkpoint
from dayseal.offline.verify import verify_bundle, verify_event_proof

_ZIP_MAGIC = b"PK\x03\x04"


def place_in_evidence(data: bytes, policy: TrustPolicy, as_of: dt.datetime) -> DelegationPlace:
    """Verify an evidence bundle or event proof, and give the place behind the delegations it holds.

    A file holds every delegation of its log, which its newest roll-call counts. What was delegated later is not in
    it: the recorder then refuses the number.

    Raises:
        FormatError: it is neither.
        RefutedError: it does not hold.
    """
    if data.startswith(_ZIP_MAGIC):
        verification = verify_bundle(data, policy, since=None, as_of=as_of).verification
        entries, checkpoint = parse_evidence(data).entries, parse_evidence(data).checkpoint
    else:
        verification = verify_event_proof(data, policy, since=None, as_of=as_of).verification
        entries, checkpoint = parse_event_proof(data).entries, parse_event_proof(data).checkpoint
    if verification.verdict is Verdict.FAIL:
        raise RefutedError(f"the evidence is REFUTED: {verification.problems[0]}")
    genesis: Genesis | None = None
    delegations = Delegations()
    for entry in entries:
        stated = parse_admitted(entry.envelope, subject=f"entry {entry.index}")
        match stated.statement.predicate:
            case Genesis() as said:
                genesis = said
            case Delegation() as said:
                delegations = delegations.extend(DelegationEntry(entry.index, stated.envelope_sha256, said))
            case _:
                pass
    if genesis is None:
        raise RefutedError("the evidence holds no genesis, entry 0 promised")
    return DelegationPlace.after(delegations, genesis, parse_checkpoint(checkpoint).head.size)
