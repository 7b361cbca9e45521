"""The attestor's side of the inbox: its own bytes first, everything else afterwards.

Signatures are randomised, so signing twice gives two envelopes. The inbox name settles which one
counts: whatever lies there is what this attestor said, and a second run must take those bytes.

Spec: ARCHITECTURE section 5.
"""

from collections.abc import Iterator, Mapping

from dayseal.attest.dsse import MAX_ENVELOPE_BYTES
from dayseal.ledger.layout import (
    DELEGATION_CHAIN,
    INBOX,
    RESET_CHAIN,
    ROOTS,
    InboxName,
    attestor_prefix,
    inbox_object_key,
    parse_inbox_key,
)
from dayseal.ledger.state import LedgerState
from dayseal.ledger.writes import create_once, create_same, get_or_none
from dayseal.model import ClusterId
from dayseal.ports import ObjectStore


class Submitter:
    """Submits the envelopes of the attestor whose key id is `keyid` (64 hex)."""

    def __init__(self, inbox: ObjectStore, keyid: str) -> None:
        self._inbox = inbox
        self._attestor = attestor_prefix(keyid)

    def submit(self, envelope: bytes, chain: str, seq: int, objects: Mapping[str, bytes]) -> bytes:
        """Submit number `seq` of a chain with its objects (hex SHA-256 to bytes); give what lies there now.

        `chain` is a cluster's path, `~inventory` or `~reverification`. The objects are durable before
        the envelope is, and the envelope before we return. When the bytes returned differ from
        `envelope`, an earlier run was first: take its bytes, or stop.

        Raises:
            TamperError: an object's name is taken by other bytes.
            UnclearError: no answer; submit the same bytes again.
        """
        for sha256, data in objects.items():
            create_same(self._inbox, inbox_object_key(self._attestor, sha256), data)
        # A crash here leaves objects nobody names: they expire with the inbox.
        return create_once(self._inbox, InboxName(self._attestor, chain, seq).key, envelope)

    def submitted(self, chain: str, seq: int) -> bytes | None:
        """Give the envelope that was submitted as number `seq` of a chain, None when there is none (any more)."""
        return get_or_none(self._inbox, InboxName(self._attestor, chain, seq).key)

    def waiting(self, state: LedgerState) -> Iterator[InboxName]:
        """Give the names under which something lies in this attestor's inbox that `state` does not hold, by key."""
        for key in self._inbox.keys(f"{INBOX}{self._attestor}/"):
            name = parse_inbox_key(key)
            if name is not None and not state.admitted(name):
                yield name

    def read(self, name: InboxName) -> bytes:
        """Give what lies under a name, which somebody else may have put there.

        Raises:
            NotFoundError: it has expired since.
            FormatError: it is larger than any envelope.
            TamperError: it is no plain object.
        """
        return self._inbox.get(name.key, max_bytes=MAX_ENVELOPE_BYTES)


def submit_delegation(inbox: ObjectStore, number: int, envelope: bytes) -> bytes:
    """Submit delegation `number`, signed by root keys; give what lies under its name now."""
    return create_once(inbox, InboxName(ROOTS, DELEGATION_CHAIN, number).key, envelope)


def submit_reset(inbox: ObjectStore, cluster: ClusterId, seq: int, envelope: bytes) -> bytes:
    """Submit a chain reset, signed by root keys, that takes number `seq`; give what lies under its name now."""
    return create_once(inbox, InboxName(ROOTS, f"{RESET_CHAIN}/{cluster.path}", seq).key, envelope)
