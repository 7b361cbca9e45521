"""Every key name of a ledger and of its inbox, in one place.

Spec: ledger-formats sections 2, 10 and 11.
"""

import dataclasses
import datetime as dt
import re
from typing import Final

from dayseal.codec import format_day, parse_sha256_hex
from dayseal.errors import FormatError
from dayseal.model import ClusterId, TreeHead

CHECKPOINT: Final = "checkpoint"
CHECKPOINTS: Final = "checkpoints/"
COMMITS: Final = "commits/"
TILES: Final = "tile/"
ATTESTATIONS: Final = "attestations/"
REJECTED: Final = "rejected/"
PROBES: Final = "probe/"
INBOX: Final = "inbox/"
INVENTORY_CHAIN: Final = "~inventory"
REVERIFICATION_CHAIN: Final = "~reverification"
ROOTS: Final = "roots"
DELEGATION_CHAIN: Final = "delegations"
RESET_CHAIN: Final = "resets"

MAX_KEY_BYTES: Final = 900
_KEY = re.compile(r"[A-Za-z0-9_~-][A-Za-z0-9._~-]*(?:/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)*\Z", re.ASCII)
_PROVIDER = re.compile(r"[a-z][a-z0-9-]{0,31}\Z", re.ASCII)
_INBOX = re.compile(r"inbox/([0-9a-f]{16}|roots)/([A-Za-z0-9_~-][A-Za-z0-9._~/-]*)/([0-9]{8})\.json\Z", re.ASCII)


@dataclasses.dataclass(frozen=True, slots=True, order=True)
class InboxName:
    """Where an envelope was submitted: by whom (16 hex, or `roots`), to which chain, as which number."""

    attestor: str
    chain: str
    seq: int

    @property
    def key(self) -> str:
        """The inbox key; one name never holds two envelopes, which makes an attestor's runs linear."""
        return f"{INBOX}{self.attestor}/{self.chain}/{self.seq:08d}.json"


def check_key(key: str) -> None:
    """Require a key that every store can hold: plain ASCII parts joined by `/`, none starting with a dot.

    Raises:
        FormatError: empty, absolute, `..`, control characters, or over 900 bytes.
    """
    if len(key) > MAX_KEY_BYTES or not _KEY.match(key):
        raise FormatError(f"key: {key[:80]!r}, plain parts of A-Z a-z 0-9 . _ ~ - joined by / promised")


def commit_key(g: int, head: TreeHead) -> str:
    """Name the commit object that makes `head` the head number `g`."""
    return f"{COMMITS}{g:08d}-{head.size}-{head.root.hex()[:16]}"


def checkpoint_key(g: int) -> str:
    """Name the kept checkpoint of commit `g`."""
    return f"{CHECKPOINTS}{g:08d}"


def manifest_key(sha256: str) -> str:
    """Name a manifest by its digest."""
    return f"manifests/{_hex(sha256)}.jsonl"


def summary_key(sha256: str) -> str:
    """Name a day's full tally by its digest."""
    return f"summaries/{_hex(sha256)}.json"


def facts_key(sha256: str) -> str:
    """Name the answers behind a statement's findings by their digest."""
    return f"facts/{_hex(sha256)}.json"


def rollcall_key(sha256: str) -> str:
    """Name a roll-call's rows by their digest."""
    return f"rollcalls/{_hex(sha256)}.jsonl"


def details_key(sha256: str) -> str:
    """Name a details object by its digest; it lies outside the ledger's lock."""
    return f"details/{_hex(sha256)}.json"


def rejected_key(sha256: str) -> str:
    """Name the refusal of a submission by the digest of its bytes (of its inbox key, when too large to read)."""
    return f"{REJECTED}{_hex(sha256)}.json"


def cluster_prefix(cluster: ClusterId) -> str:
    """Give the prefix of a cluster's attestations, with its final `/`.

    Raises:
        FormatError: the provider is no plain lower-case word.
    """
    if not _PROVIDER.match(cluster.provider):
        raise FormatError(f"cluster provider: {cluster.provider!r}, a lower-case word promised")
    return f"{ATTESTATIONS}{cluster.provider}/{cluster.path}/"


def attestation_key(cluster: ClusterId, day: dt.date, revision: int) -> str:
    """Name the look-up file of one revision of a cluster's day."""
    return f"{cluster_prefix(cluster)}{format_day(day)}/{revision}.json"


def inbox_object_key(attestor: str, sha256: str) -> str:
    """Name an object that an attestor (16 hex) submits beside its envelopes."""
    return f"{INBOX}{attestor}/objects/{_hex(sha256)}"


def parse_inbox_key(key: str) -> InboxName | None:
    """Read what `InboxName.key` writes; None for any other key."""
    match = _INBOX.match(key)
    if match is None:
        return None
    name = InboxName(match[1], match[2], int(match[3]))
    return name if name.key == key else None


def is_inbox_object(key: str) -> bool:
    """Say whether an inbox key is that of a submitted object rather than of an envelope."""
    parts = key.split("/")
    return len(parts) == 4 and parts[2] == "objects"  # noqa: PLR2004 - inbox, attestor, objects, digest


def attestor_prefix(keyid: str) -> str:
    """Give the name of an attestor's inbox: the first 16 hex digits of its key id."""
    return keyid[:16]


def _hex(sha256: str) -> str:
    parse_sha256_hex(sha256)
    return sha256
