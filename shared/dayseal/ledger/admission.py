"""What an entry must satisfy to enter the ledger, one rule a function; the order of chains is `state`'s.

`check=False` leaves the signatures out, for entries that were admitted before.
"""

from collections.abc import Mapping

from dayseal.attest.dsse import open_envelope
from dayseal.attest.keys import keyid_of
from dayseal.attest.predicates import Chain, ClusterDay, Enrolment, Genesis, RollCall
from dayseal.codec import decode_base64, parse_day, parse_time
from dayseal.errors import ChainError, SignatureError, TrustError
from dayseal.ledger.delegations import Delegations, Role, spki_of
from dayseal.ledger.entry import Entry
from dayseal.ledger.heads import ChainHead, ClusterState, RollCallHead
from dayseal.ledger.layout import cluster_prefix, manifest_key
from dayseal.model import ClusterId


def check_genesis(entry: Entry, said: Genesis, origin: str, roots: Mapping[str, bytes], *, check: bool) -> None:
    """Require that the genesis names the pinned origin and roots and is signed by them."""
    if said.origin != origin:
        raise TrustError(f"genesis: origin {said.origin!r}, {origin!r} is pinned")
    named = {keyid_of(decode_base64(root.spki, subject=f"root key {root.name}")) for root in said.roots}
    if named != set(roots) or len(named) != len(said.roots):
        raise TrustError("genesis: its root keys are not the pinned ones")
    if not 1 <= said.threshold <= len(named):
        raise TrustError(f"genesis: threshold {said.threshold} of {len(named)} root keys")
    check_root_signatures("genesis", entry, said.threshold, roots, check=check)
    parse_time(said.at, subject="genesis")


def check_root_signatures(
    subject: str, entry: Entry, threshold: int, roots: Mapping[str, bytes], *, check: bool
) -> None:
    """Require the genesis' threshold of root signatures and none besides."""
    if check:
        open_envelope(entry.data, roots, threshold=threshold, subject=subject)


def check_attestor(
    index: int, entry: Entry, delegations: Delegations, cluster: ClusterId | None, *, check: bool
) -> str:
    """Require one signature by an attestor delegated at `index`, for `cluster` if given; give its key id."""
    keyid = _check_signer(index, entry, delegations, "attestor", check=check)
    if cluster is not None:
        grant = delegations.key_for(keyid, index, "attestor")
        if not grant.scope.scope.covers(cluster):
            raise TrustError(f"entry {index}: {cluster.text} is outside the scope of {grant.name} ({keyid[:16]})")
    return keyid


def check_recorder(index: int, entry: Entry, delegations: Delegations, *, check: bool) -> None:
    """Require one signature by a recorder delegated at `index`."""
    _check_signer(index, entry, delegations, "recorder", check=check)


def check_link(subject: str, chain: Chain, head: ChainHead | None) -> None:
    """Require the number after the chain's head and the head's envelope digest; 0 and None at the start."""
    seq, link = (head.seq + 1, head.envelope_sha256) if head else (0, None)
    if chain.seq != seq:
        raise ChainError(f"{subject}: number {chain.seq}, {seq} promised")
    if chain.previous_envelope_sha256 != link:
        raise ChainError(f"{subject}: number {seq} follows {chain.previous_envelope_sha256}, {link} promised")


def check_enrolment(said: Enrolment, known: ClusterState | None) -> None:
    """Require that a cluster enters only from outside and leaves only from inside, on a real day."""
    cluster = said.cluster.id
    parse_day(said.day, subject=f"enrolment of {cluster.name}")
    parse_time(said.at, subject=f"enrolment of {cluster.name}")
    cluster_prefix(cluster)
    if (said.action == "enter") == (known is not None and known.enrolled):
        raise ChainError(f"enrolment of {cluster.name}: asks to {said.action}, which it already did")


def check_cluster_day(entry: Entry, said: ClusterDay, known: ClusterState | None, revisions: int) -> ClusterState:
    """Require an enrolled cluster, the next revision of the day, and the manifest as the subject."""
    name = f"{said.cluster.name} {said.day}"
    parse_day(said.day, subject=name)
    parse_time(said.checked_at, subject=name)
    if known is None:
        raise ChainError(f"{name}: the cluster never entered, an enrolment promised first")
    if not known.enrolled and said.day >= known.since and not revisions:
        raise ChainError(f"{name}: the cluster left on {known.since}")
    if said.revision != revisions:
        raise ChainError(f"{name}: revision {said.revision}, {revisions} promised")
    manifest = said.archive.manifest
    if entry.statement.subject_sha256 != manifest.sha256 or manifest.uri != manifest_key(manifest.sha256):
        raise ChainError(f"{name}: subject and manifest differ, the manifest's digest and ledger key promised in both")
    return known


def check_roll_call(said: RollCall, head: RollCallHead | None, enrolled: int, delegations: Delegations) -> None:
    """Require the next number and link, a later day, and the counts that the entries before it give."""
    number, link = (head.number + 1, head.envelope_sha256) if head else (0, None)
    if said.number != number or said.previous_envelope_sha256 != link:
        found = f"number {said.number} after {said.previous_envelope_sha256}"
        raise ChainError(f"roll-call: {found}, {number} after {link} promised")
    parse_day(said.day, subject=f"roll-call {number}")
    parse_time(said.at, subject=f"roll-call {number}")
    if head and said.day <= head.day:
        raise ChainError(f"roll-call {number}: of {said.day}, a day after {head.day} promised")
    if said.enrolled != enrolled:
        raise ChainError(f"roll-call {number}: {said.enrolled} clusters enrolled, the entries say {enrolled}")
    if (said.delegations, said.delegation_head) != (delegations.count, delegations.head):
        raise ChainError(f"roll-call {number}: {said.delegations} delegations, the entries say {delegations.count}")


def _check_signer(index: int, entry: Entry, delegations: Delegations, role: Role, *, check: bool) -> str:
    subject = f"entry {index}"
    if len(entry.keyids) != 1:
        raise SignatureError(f"{subject}: {len(entry.keyids)} signatures, one promised")
    keyid = entry.keyids[0]
    grant = delegations.key_for(keyid, index, role)
    if check:
        open_envelope(entry.data, {keyid: spki_of(grant)}, subject=subject)
    return keyid
