"""Which credentials were used and made, as pseudonyms: small, mergeable, and joined over days."""

import dataclasses
from typing import Final

from dayseal.digest.bounded import Bounded, merge_counts
from dayseal.digest.tally_keys import CREDENTIALS


@dataclasses.dataclass(frozen=True, slots=True)
class CredentialTables:
    """Credentials by pseudonym, with the events that name them: how often each was used, or made.

    `tokens_used` and `tokens_minted` are service accounts' tokens. `special_used` are certificates and the tokens of
    kube-system or of administrators; `for_others` are credentials that somebody made for somebody else. A table keeps
    its smallest pseudonyms, which are hashes: up to its bound it is exact, beyond that a sample (`rest` is not 0) whose
    credentials are kept whole, the same ones on every day.
    """

    tokens_used: Bounded[str, int]
    tokens_minted: Bounded[str, int]
    special_used: Bounded[str, int]
    for_others: Bounded[str, int]


NO_CREDENTIALS: Final = CredentialTables(
    tokens_used=Bounded(CREDENTIALS, {}),
    tokens_minted=Bounded(CREDENTIALS, {}),
    special_used=Bounded(CREDENTIALS, {}),
    for_others=Bounded(CREDENTIALS, {}),
)


def own_order(pseudonym: str) -> bytes:
    """Order pseudonyms by themselves: they are hashes already."""
    return pseudonym.encode("ascii")


def merge_credentials(a: CredentialTables, b: CredentialTables) -> CredentialTables:
    """Add two sets of tables. Associative and commutative."""
    if NO_CREDENTIALS in (a, b):  # most objects name none
        return a if b == NO_CREDENTIALS else b
    return CredentialTables(
        tokens_used=merge_counts(a.tokens_used, b.tokens_used, order=own_order),
        tokens_minted=merge_counts(a.tokens_minted, b.tokens_minted, order=own_order),
        special_used=merge_counts(a.special_used, b.special_used, order=own_order),
        for_others=merge_counts(a.for_others, b.for_others, order=own_order),
    )
