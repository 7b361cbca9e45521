"""A tally on the wire: the summary document of the ledger, this version and the one before."""

from typing import Final, Literal

from dayseal.codec import Wire

OLD_TABLES: Final = (
    *("minutes", "heartbeats", "levels", "stages", "keys", "leases", "streams"),
    *("policy", "drift", "splits"),
)
CREDENTIAL_TABLES: Final = {
    "tokensUsed": "tokens_used",
    "tokensMinted": "tokens_minted",
    "specialUsed": "special_used",
    "forOthers": "for_others",
}
TABLES: Final = (*OLD_TABLES, "signs", "secrets", "versions", *CREDENTIAL_TABLES)


class CountedDocument(Wire):
    """What both versions have. Rows are sorted arrays: the key's parts, then the count.

    `minutes` rows are minute, events, first and last event time (microseconds), and `drift` rows end likewise;
    `keys`, `drift`, `policy`, `leases`, `streams` and `splits` rows begin with the parts of their keys. `rest` sums
    the events of what each bounded table left out; `copies` is a sample and leaves out nothing that was counted.
    """

    format: str
    events: int
    unparsable: int
    truncated: int
    skipped_bodies: int
    undated: int
    first_us: int | None
    last_us: int | None
    minutes: tuple[tuple[int, int, int, int], ...]
    heartbeats: tuple[tuple[int, int], ...]
    levels: tuple[tuple[str, int], ...]
    stages: tuple[tuple[str, int], ...]
    keys: tuple[tuple[str, str, str, str, str, str, int], ...]
    classes: tuple[tuple[str, int, int], ...]
    leases: tuple[tuple[str, int, int], ...]
    streams: tuple[tuple[str, int, int], ...]
    policy: tuple[tuple[str, str, int], ...]
    drift: tuple[tuple[str, str, str, str, str, str, str, str, str, int, int, int], ...]
    copies: tuple[tuple[str, int], ...]
    splits: tuple[tuple[str, int, int, int], ...]
    rest: dict[str, int]
    skew: tuple[int, int, int] | None


class OldTallyDocument(CountedDocument):
    """A tally of the version before, which is still read."""

    format: Literal["dayseal-tally/2"]


class TallyDocument(CountedDocument):
    """A tally on the wire.

    `signs` rows are detection, severity, count; `secrets` and `versions` name and count; the others pseudonyms of
    credentials and the events that name them.
    """

    format: Literal["dayseal-tally/3"]
    signs: tuple[tuple[str, str, int], ...]
    secrets: tuple[tuple[str, int], ...]
    versions: tuple[tuple[str, int], ...]
    tokens_used: tuple[tuple[str, int], ...]
    tokens_minted: tuple[tuple[str, int], ...]
    special_used: tuple[tuple[str, int], ...]
    for_others: tuple[tuple[str, int], ...]
