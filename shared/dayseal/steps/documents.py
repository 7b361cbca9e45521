"""The content-addressed objects beside a statement: facts and details."""

from collections.abc import Mapping, Sequence

from dayseal.codec import Wire, encode_document
from dayseal.model import ClusterId, Fact

MAX_FACTS = 500


class FactsDocument(Wire):
    """Every answer behind a statement's findings, sorted by id; at most 500, the rest counted.

    Format: docs/formats/predicates.md, facts.
    """

    facts: tuple[Fact, ...]
    left_off: int


class DetailsDocument(Wire):
    """What a statement must not carry: user names with their counts, under a random salt.

    The ledger holds only the SHA-256; deleting this object leaves every proof intact.
    """

    salt: str
    cluster: str
    day: str
    users: tuple[tuple[str, int], ...]
    users_rest: int


def encode_facts(facts: Sequence[Fact]) -> bytes:
    """Encode the facts behind a statement, sorted and capped."""
    ordered = sorted(facts, key=lambda f: (f.id, f.resource, f.field, f.value))
    return encode_document(FactsDocument(facts=tuple(ordered[:MAX_FACTS]), left_off=max(0, len(ordered) - MAX_FACTS)))


def encode_details(*, salt: bytes, cluster: ClusterId, day: str, users: Mapping[str, int], rest: int) -> bytes:
    """Encode the details of one cluster-day; `salt` keeps equal contents from having equal digests."""
    rows = tuple(sorted(users.items(), key=lambda item: (-item[1], item[0])))
    return encode_document(DetailsDocument(salt=salt.hex(), cluster=cluster.text, day=day, users=rows, users_rest=rest))
