"""`fsck`, third part: entries replayed, and the objects and look-up files that they promise."""

from dayseal.attest.dsse import open_envelope
from dayseal.attest.predicates import ClusterDay, RollCall
from dayseal.codec import parse_day, parse_sha256_hex, sha256_hex
from dayseal.errors import FormatError, NotFoundError, RefutedError, SignatureError, TamperError, TrustError
from dayseal.ledger.entry import Entry, parse_admitted
from dayseal.ledger.layout import ATTESTATIONS, attestation_key
from dayseal.ledger.lookup import encode_attestation, open_attestation
from dayseal.ledger.objects import objects_of
from dayseal.ledger.problems import Findings, ProblemKind
from dayseal.ledger.rollcall import check_rows
from dayseal.ledger.state import LedgerState
from dayseal.ledger.writes import get_or_none
from dayseal.model import TreeHead
from dayseal.ports import ObjectStore


class ContentCheck:
    """Goes through the entries in order, once."""

    def __init__(self, store: ObjectStore, state: LedgerState, found: Findings) -> None:
        self._store = store
        self._state = state
        self._found = found
        self._whole = True  # every entry so far was read and admitted, so the replay may go on
        self._unread: set[int] = set()
        self._known: set[str] = set()  # objects checked already
        self._files: set[str] = set()  # look-up files that entries promise
        self._seen: list[tuple[int, TreeHead]] = []

    @property
    def seen_heads(self) -> tuple[tuple[int, TreeHead], ...]:
        """The heads that attestors say they saw, each with the index of the entry that says so."""
        return tuple(self._seen)

    def entry(self, index: int, data: bytes | None) -> None:
        """Check one entry; None for one that is missing or altered, which ends the replay."""
        if data is None:
            self._end_replay(index)
            self._unread.add(index)
            return
        try:
            entry = parse_admitted(data, subject=f"entry {index}")
            objects = objects_of(entry.statement)
            self._note_seen(index, entry)
            self._check_file(index, entry)
        except FormatError as exc:
            self._found.add(ProblemKind.ENTRY_REFUSED, f"entry {index}", str(exc))
            self._end_replay(index)
            return
        for sha256, key in objects:
            self._check_object(key, sha256, index)
        self._replay(index, entry)

    def unnamed_files(self) -> None:
        """Report look-up files that no entry promises."""
        for key in self._store.keys(ATTESTATIONS):
            if key not in self._files and not self._may_show_unread(key):
                self._found.add(ProblemKind.ATTESTATION_ALTERED, key, "no entry promises it")

    def _may_show_unread(self, key: str) -> bool:
        # The entry that promised this file may be the very one that was altered: named already.
        try:
            return open_attestation(self._store.get(key), subject=key).index in self._unread
        except (NotFoundError, TamperError):
            return False

    def _replay(self, index: int, entry: Entry) -> None:
        if not self._whole:
            self._check_alone(index, entry)
            return
        try:
            said = entry.statement.predicate
            if isinstance(said, RollCall) and (rows := self._rows_of(entry)) is not None:
                check_rows(said, rows, self._state)
            self._take(index, entry)
        except (FormatError, RefutedError) as exc:
            self._found.add(ProblemKind.ENTRY_REFUSED, f"entry {index}", str(exc))
            self._end_replay(index)

    def _take(self, index: int, entry: Entry) -> None:
        try:
            self._state.take_logged(index, entry, check=True)
        except SignatureError as exc:
            self._found.add(ProblemKind.ENTRY_FORGED, f"entry {index}", str(exc))
            self._state.take_logged(index, entry, check=False)  # named; so that the next forgery is named too

    def _check_alone(self, index: int, entry: Entry) -> None:
        # The replay has ended, so what was delegated since is not known: a known key's signature must hold anyway.
        keys = self._state.known_keys()
        if not all(keyid in keys for keyid in entry.keyids):
            return
        try:
            open_envelope(entry.data, keys, subject=f"entry {index}")
        except (FormatError, SignatureError, TrustError) as exc:
            self._found.add(ProblemKind.ENTRY_FORGED, f"entry {index}", str(exc))

    def _end_replay(self, index: int) -> None:
        if self._whole:
            behind = "chains and delegations are not checked, signatures only by keys named before it"
            self._found.note(f"the replay ends at entry {index}: behind it {behind}")
        self._whole = False

    def _rows_of(self, entry: Entry) -> bytes | None:
        ((sha256, key),) = objects_of(entry.statement)
        data = get_or_none(self._store, key)
        return data if data is not None and sha256_hex(data) == sha256 else None  # reported by _check_object

    def _note_seen(self, index: int, entry: Entry) -> None:
        chain = getattr(entry.statement.predicate, "chain", None)
        if chain is not None:
            root = parse_sha256_hex(chain.seen_head.root, subject=f"entry {index} seen head")
            self._seen.append((index, TreeHead(chain.seen_head.size, root)))

    def _check_object(self, key: str, sha256: str, index: int) -> None:
        if key in self._known:
            return
        self._known.add(key)
        data = get_or_none(self._store, key)
        if data is None:
            self._found.add(ProblemKind.OBJECT_MISSING, key, f"missing, entry {index} names it")
        elif sha256_hex(data) != sha256:
            message = f"digest is {sha256_hex(data)}, entry {index} says {sha256}"
            self._found.add(ProblemKind.OBJECT_ALTERED, key, message)

    def _check_file(self, index: int, entry: Entry) -> None:
        said = entry.statement.predicate
        if not isinstance(said, ClusterDay):
            return
        key = attestation_key(said.cluster.id, parse_day(said.day), said.revision)
        self._files.add(key)
        filed = get_or_none(self._store, key)
        if filed is None:
            cause = "or the last run was cut off before it wrote it (the next run then does)"
            message = f"missing, entry {index} promises it: deleted, {cause}"
            self._found.add(ProblemKind.ATTESTATION_MISSING, key, message)
        elif filed != encode_attestation(index, entry.data):
            self._found.add(ProblemKind.ATTESTATION_ALTERED, key, f"does not show entry {index}")
