"""The daily roll-call and its rows."""

from dayseal.attest.predicates.shared import Sha256
from dayseal.codec import Wire


class LatestInventory(Wire):
    """The newest inventory of one attestor at the time of a roll-call."""

    attestor: str
    envelope_sha256: str
    at: str


class RollCall(Wire):
    """Once a day by the recorder: who was expected, and the newest statement of each.

    `rows_root` is the hex RFC 6962 root over the rows (leaf data: the row's line without its LF), the
    rows are the ledger object `rollcalls/<sha256>.jsonl`, sorted by cluster.
    """

    number: int
    previous_envelope_sha256: str | None
    day: str
    enrolled: int
    rows_root: str
    rows: Sha256
    delegations: int
    delegation_head: str
    inventories: tuple[LatestInventory, ...]
    at: str


class RollCallRow(Wire):
    """One enrolled cluster in a roll-call: newest chain number, its envelope, newest day and its status."""

    cluster: str
    seq: int
    envelope_sha256: str
    day: str | None
    status: str
