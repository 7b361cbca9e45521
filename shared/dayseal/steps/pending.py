"""The attestor's own alarm: what it submitted and no checkpoint covers a day later.

It rests on three things: that the submission still lies in the inbox (what was taken out of it shows as a
missing day), on the time that this attestor itself signed, and on the newest checkpoint it is shown.

Spec: ARCHITECTURE section 5.
"""

import dataclasses
import datetime as dt
import itertools
from collections.abc import Iterator, Sequence
from typing import Final

from dayseal.attest.dsse import open_envelope
from dayseal.attest.keys import keyid_of
from dayseal.attest.predicates import ClusterDay, Enrolment, Inventory, Reverification
from dayseal.attest.statement import open_statement
from dayseal.codec import format_time, parse_time
from dayseal.errors import FormatError, NotFoundError, SignatureError, TamperError
from dayseal.ledger.inbox import Submitter
from dayseal.ledger.intake import Held
from dayseal.ledger.layout import InboxName
from dayseal.ledger.reader import LedgerReader

DEADLINE: Final = dt.timedelta(hours=24)
MAX_LOOKED_AT: Final = 5_000  # as many as a recorder looks at in one run


@dataclasses.dataclass(frozen=True, slots=True)
class Overdue:
    """A submission that is in no checkpoint `DEADLINE` after the time it was signed with, and why, as far as known."""

    name: InboxName
    at: dt.datetime
    reason: str

    @property
    def text(self) -> str:
        """Say it in one line."""
        hours = int(DEADLINE.total_seconds()) // 3600
        where = f"{self.name.chain} number {self.name.seq}, signed at {format_time(self.at)}"
        return f"{where}, is in no checkpoint after {hours} hours: {self.reason}"


def find_overdue(
    ledger: LedgerReader, submitter: Submitter, spki: bytes, now: dt.datetime, *, held: Sequence[Held] = ()
) -> tuple[Overdue, ...]:
    """Give what the attestor with the public key `spki` submitted in vain, oldest first.

    What others put into its inbox is not its own and is left out. `held` is what a recorder run just now said.

    Raises:
        AccessError: inbox or ledger cannot be read.
        RefutedError: the ledger's own bytes do not hold.
    """
    waits = {one.key: one.reason for one in held}
    found = []
    for name, envelope in _lying(ledger, submitter):
        at = _signed_at(envelope, spki, name)
        if at is not None and now - at >= DEADLINE:
            found.append(Overdue(name, at, _why(ledger, name, envelope, waits.get(name.key, ""))))
    return tuple(sorted(found, key=lambda one: (one.at, one.name)))


def _lying(ledger: LedgerReader, submitter: Submitter) -> Iterator[tuple[InboxName, bytes]]:
    for name in itertools.islice(submitter.waiting(ledger.state()), MAX_LOOKED_AT):
        try:
            yield name, submitter.read(name)
        except (NotFoundError, FormatError, TamperError):
            continue  # expired since, or nothing that this attestor ever wrote


def _signed_at(envelope: bytes, spki: bytes, name: InboxName) -> dt.datetime | None:
    try:
        payload, _ = open_envelope(envelope, {keyid_of(spki): spki}, subject=name.key)
        said = open_statement(payload, subject=name.key).predicate
    except (FormatError, SignatureError):
        return None
    match said:
        case ClusterDay():
            return parse_time(said.checked_at, subject=name.key)
        case Enrolment() | Inventory() | Reverification():
            return parse_time(said.at, subject=name.key)
        case _:
            return None


def _why(ledger: LedgerReader, name: InboxName, envelope: bytes, held: str) -> str:
    if held:
        return f"the recorder waits with it: {held}"
    if refused := ledger.refusal(envelope):
        return f"the recorder refused it: {refused}"
    due = ledger.state().next_seq(name)
    if name.seq > due:
        return f"its chain needs number {due} first"
    if name.seq < due:
        return f"its chain went on without it and needs number {due} next; remove it from the inbox once you know why"
    return "no recorder has taken it"
