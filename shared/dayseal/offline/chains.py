"""V7, the cluster's own chain: no hole, no branch, revisions in order."""

import dataclasses
import itertools
from collections.abc import Sequence

from dayseal.attest.predicates import Chain, ChainReset, ClusterDay, Enrolment, Inventory, Reverification
from dayseal.errors import ChainError
from dayseal.evidence import OldHead, StatedEntry
from dayseal.model import ClusterId, TreeHead


@dataclasses.dataclass(frozen=True, slots=True)
class Link:
    """One statement of a cluster's chain where it stands in the log; `chain` is None for a chain reset."""

    index: int
    envelope_sha256: str
    seq: int
    chain: Chain | None
    said: ClusterDay | Enrolment | ChainReset


def cluster_links(entries: Sequence[StatedEntry], cluster: ClusterId) -> tuple[Link, ...]:
    """Give the cluster's chain, in log order, and require that it is the only cluster's chain here.

    Raises:
        ChainError: a statement is about another cluster.
    """
    links = []
    for stated in entries:
        said = stated.statement.predicate
        if not isinstance(said, ClusterDay | Enrolment | ChainReset):
            continue
        if said.cluster.id != cluster:
            raise ChainError(f"entry {stated.index}: about {said.cluster.id.text}, {cluster.text} promised")
        chain = None if isinstance(said, ChainReset) else said.chain
        seq = said.seq if isinstance(said, ChainReset) else said.chain.seq
        links.append(Link(stated.index, stated.envelope_sha256, seq, chain, said))
    return tuple(links)


def check_chain(links: Sequence[Link], cluster: ClusterId) -> tuple[str, ...]:
    """Require number 0 and, from the first cluster-day on, every number once and linked; give what was reset.

    Between number 0 and the first cluster-day only enrolments are shown: that part may have gaps.

    Raises:
        ChainError: no enrolment as number 0, a hole, a branch, or a wrong link.
    """
    if not links or links[0].seq != 0 or not isinstance(links[0].said, Enrolment):
        raise ChainError(f"chain of {cluster.name}: the enrolment that starts it, number 0, is not here")
    resets = []
    sealing = False
    for before, link in itertools.pairwise(links):
        subject = f"chain of {cluster.name}"
        if link.seq <= before.seq:
            raise ChainError(
                f"{subject}: entry {link.index} is number {link.seq}, entry {before.index} is {before.seq}: it branches"
            )
        sealing = sealing or isinstance(before.said, ClusterDay)
        if isinstance(link.said, ChainReset):
            resets.append(f"root keys restarted the chain at number {link.seq}: {link.said.reason}")
        elif link.seq == before.seq + 1:
            _check_link(link, before, subject)
        elif sealing:
            raise ChainError(
                f"{subject}: number {link.seq} at entry {link.index} follows number {before.seq}, "
                f"number {before.seq + 1} promised: a hole"
            )
    return tuple(resets)


def check_revisions(links: Sequence[Link], first: str, last: str) -> None:
    """Require that each day's revisions are counted without a hole, from 0 for days `first` to `last`.

    Raises:
        ChainError: a revision is missing or comes twice.
    """
    newest: dict[str, int] = {}
    for link in links:
        said = link.said
        if not isinstance(said, ClusterDay):
            continue
        inside = first <= said.day <= last
        promised = newest[said.day] + 1 if said.day in newest else 0
        if said.revision != promised and (inside or said.day in newest):
            raise ChainError(f"{said.day}: entry {link.index} is revision {said.revision}, {promised} promised")
        newest[said.day] = said.revision


def check_enrolled(links: Sequence[Link]) -> None:
    """Require that no day is stated for the first time after the cluster left, from the day it left on.

    So an enrolment that lets it enter again cannot be left out without its statements.

    Raises:
        ChainError: there is such a statement.
    """
    left: str | None = None
    for link in links:
        said = link.said
        if isinstance(said, Enrolment):
            left = said.day if said.action == "leave" else None
        elif isinstance(said, ClusterDay) and left is not None and said.day >= left and said.revision == 0:
            raise ChainError(
                f"{said.day}: entry {link.index} states it, the cluster left on {left}: an entry is left out"
            )


def check_seen_heads(entries: Sequence[StatedEntry], old_heads: Sequence[OldHead], new: TreeHead) -> tuple[int, int]:
    """Compare the heads that the attestors wrote down with this log; give how many agree and how many stay open.

    Raises:
        ChainError: an attestor saw another root, or a log as large as its own entry's index was not yet.
    """
    shown = {old.head.size: old.head.root for old in old_heads} | {new.size: new.root}
    agreed = unproved = 0
    for stated in entries:
        said = stated.statement.predicate
        if not isinstance(said, ClusterDay | Enrolment | Inventory | Reverification):
            continue
        index, seen = stated.index, said.chain.seen_head
        if seen.size > index:
            raise ChainError(f"entry {index}: its attestor saw {seen.size} entries, at most {index} promised")
        if seen.size in shown and shown[seen.size].hex() != seen.root:
            raise ChainError(
                f"entry {index}: its attestor saw root {seen.root[:16]} at {seen.size} entries, "
                f"this log has {shown[seen.size].hex()[:16]}: the log showed two histories"
            )
        if seen.size in shown or seen.size == 0:
            agreed += 1
        else:
            unproved += 1
    return agreed, unproved


def _check_link(link: Link, before: Link, subject: str) -> None:
    named = link.chain.previous_envelope_sha256 if link.chain else None
    if named != before.envelope_sha256:
        raise ChainError(
            f"{subject}: number {link.seq} follows envelope {(named or 'none')[:16]}, "
            f"number {before.seq} is {before.envelope_sha256[:16]}"
        )
