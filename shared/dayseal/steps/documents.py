"""The content-addressed objects beside a statement: facts and details."""

from collections.abc import Mapping, Sequence

from msgspec import UNSET, UnsetType

from dayseal.codec import Wire, encode_document
from dayseal.model import ArchiveObject, ClusterId, Fact

MAX_FACTS = 500
MAX_UNREAD = 5_000


class UnreadObject(Wire):
    """One stored version that was listed and could not be read: its bytes are not known."""

    key: str
    version: str
    size: int


class FactsDocument(Wire):
    """Every answer behind a statement's findings, sorted by id; at most 500, the rest counted.

    `unread` names the objects that the statement counts as unreadable, at most 5,000, so that none of them can be
    taken away unseen before it was read.

    Format: docs/formats/predicates.md, facts.
    """

    facts: tuple[Fact, ...]
    left_off: int
    unread: tuple[UnreadObject, ...] | UnsetType = UNSET


class DetailsDocument(Wire):
    """What a statement must not carry: user names with their counts, and who did what, under a random salt.

    `actors` names who made each change of check `continuity`, by event id. `examples` are a few events behind each sign
    of unauthorised access, each secret in the archive, and each credential made for another: its name, time and text.

    The ledger holds only the SHA-256; deleting this object leaves every proof intact.
    """

    salt: str
    cluster: str
    day: str
    users: tuple[tuple[str, int], ...]
    users_rest: int
    actors: tuple[tuple[str, str], ...]
    examples: tuple[tuple[str, str, str], ...]


def unread_of(found: ArchiveObject) -> UnreadObject:
    """Name a stored version that could not be read."""
    return UnreadObject(key=found.key, version=found.version, size=found.size)


def encode_facts(facts: Sequence[Fact], unread: Sequence[UnreadObject] = ()) -> bytes:
    """Encode the facts behind a statement, sorted and capped, and the objects it could not read, capped."""
    ordered = sorted(facts, key=lambda f: (f.id, f.resource, f.field, f.value))
    return encode_document(
        FactsDocument(
            facts=tuple(ordered[:MAX_FACTS]),
            left_off=max(0, len(ordered) - MAX_FACTS),
            unread=tuple(unread[:MAX_UNREAD]) or UNSET,
        )
    )


def encode_details(
    *,
    salt: bytes,
    cluster: ClusterId,
    day: str,
    users: Mapping[str, int],
    rest: int,
    actors: Sequence[tuple[str, str]] = (),
    examples: Sequence[tuple[str, str, str]] = (),
) -> bytes:
    """Encode the details of one cluster-day; `salt` keeps equal contents from having equal digests."""
    rows = tuple(sorted(users.items(), key=lambda item: (-item[1], item[0])))
    return encode_document(
        DetailsDocument(
            salt=salt.hex(),
            cluster=cluster.text,
            day=day,
            users=rows,
            users_rest=rest,
            actors=tuple(actors),
            examples=tuple(examples),
        )
    )
