"""Answers an API's requests about the ledger, each with a few reads and nothing to believe: cloud-neutral.

What a caller sends is hostile until it fits; what the ledger's store gives is proved against its checkpoint.
"""

from typing import Final

from dayseal.codec import encode_base64, parse_day, parse_sha256_hex
from dayseal.errors import FormatError, NotFoundError, UsageError
from dayseal.ledger.layout import TILES
from dayseal.ledger.reader import LedgerReader, RecordedDay, newest_checkpoint
from dayseal.lookup.answers import BYTES, IMMUTABLE, SHORT, TEXT, Answer
from dayseal.lookup.attested import AttestedDays, worst_verdict
from dayseal.lookup.directory import list_expected
from dayseal.lookup.documents import ClusterPage, ClusterRow, DayDocument, DayPage, RevisionDocument
from dayseal.lookup.pages import cut_page
from dayseal.merkle import TILE_WIDTH, parse_bundle_path, parse_tile_path
from dayseal.model import TreeHead
from dayseal.notes import TlogProof, TrustPolicy, encode_proof
from dayseal.ports import LinkMaker, ObjectStore

MAX_BODY_BYTES: Final = 4_000_000  # a function's answer holds 6 MB, a third of it for base64
_SUFFIX_OF: Final = {"facts": "json", "manifests": "jsonl", "rollcalls": "jsonl", "summaries": "json"}
_LINK_S: Final = 300


class LookupService:
    """Answers requests about one ledger; every request sees its newest checkpoint.

    `links` serves what is too large for an answer.
    """

    def __init__(self, store: ObjectStore, policy: TrustPolicy, links: LinkMaker) -> None:
        self._store = store
        self._policy = policy
        self._links = links
        self._attested = AttestedDays(store)
        self._expected: tuple[TreeHead, tuple[ClusterRow, ...]] | None = None

    def open_reader(self) -> LedgerReader:
        """Open the ledger as it is now."""
        return LedgerReader(self._store, self._policy)

    def clusters(self, *, limit: int, cursor: str | None) -> Answer:
        """Give the expected clusters; see `ClusterPage`.

        Raises:
            UsageError: the cursor is none of ours.
        """
        reader = self.open_reader()
        if self._expected is None or self._expected[0] != reader.tree_head:
            self._expected = (reader.tree_head, list_expected(reader))
        page, more = cut_page(self._expected[1], lambda row: row.text, limit=limit, cursor=cursor)
        return Answer(200, ClusterPage(page, more), cache=SHORT)

    def days(self, cluster: str, *, first: str | None, last: str | None, limit: int, cursor: str | None) -> Answer:
        """Give the recorded days of a cluster's path from `first` to `last` (included), and those missing between.

        Raises:
            UsageError: the days or the cursor make no sense.
            NotFoundError: nothing is recorded of such a cluster.
        """
        bounds = (_day(first, "from"), _day(last, "to"))
        if bounds[0] and bounds[1] and bounds[0] > bounds[1]:
            raise UsageError(f"from {first} to {last}: the first day before the last promised")
        page, more = cut_page(self._attested.days(cluster, *bounds), lambda d: d.day, limit=limit, cursor=cursor)
        return Answer(200, DayPage(cluster, self._attested.rows(page), more), cache=SHORT)

    def day(self, cluster: str, day: str) -> Answer:
        """Give every revision of a cluster's day with its proof.

        Raises:
            UsageError: no cluster has such a path.
            NotFoundError: nothing is recorded of it, or it is no day.
            RefutedError, TamperError: the store's look-up files are not what the log holds.
        """
        reader = self.open_reader()
        revisions = [reader.filed(key) for key in self._attested.revisions(cluster, day)]
        newest = revisions[-1].predicate
        document = DayDocument(
            cluster=newest.cluster.id.text,
            day=day,
            status=newest.status,
            verdict=worst_verdict(newest),
            revisions=tuple(_proved(reader, found) for found in revisions),
        )
        return Answer(200, document, cache=SHORT)

    def checkpoint(self) -> Answer:
        """Give the ledger's newest checkpoint, as it is."""
        return Answer(200, newest_checkpoint(self._store), TEXT, SHORT)

    def tile(self, path: str) -> Answer:
        """Give a hash tile or an entry bundle by what follows `tile/`, as it is; see C2SP tlog-tiles.

        Raises:
            NotFoundError: no tile has such a path, or the log does not have it (any more: full tiles take the
                place of partial ones).
        """
        key = f"{TILES}{path}"
        try:
            tile = (parse_bundle_path if path.startswith("entries/") else parse_tile_path)(key)
        except FormatError as exc:
            raise NotFoundError(str(exc)) from exc
        return self._file(key, IMMUTABLE if tile.width == TILE_WIDTH else SHORT)

    def object(self, folder: str, name: str) -> Answer:
        """Give a content-addressed object, such as `manifests/<sha256>.jsonl`, as it is.

        Raises:
            NotFoundError: no object has such a name, or the ledger does not have it.
        """
        digest, _, suffix = name.partition(".")
        try:
            parse_sha256_hex(digest, subject="object")
        except FormatError as exc:
            raise NotFoundError(str(exc)) from exc
        if _SUFFIX_OF.get(folder) != suffix:
            raise NotFoundError(f"object: {folder}/<sha256>.{suffix} names none")
        return self._file(f"{folder}/{name}", IMMUTABLE)

    def _file(self, key: str, cache: str) -> Answer:
        data = self._store.get(key)
        if len(data) <= MAX_BODY_BYTES:
            return Answer(200, data, BYTES, cache)
        where = self._links.link(key, seconds=_LINK_S)
        return Answer(307, b"", BYTES, more=(("Location", where),))


def _proved(reader: LedgerReader, found: RecordedDay) -> RevisionDocument:
    proof = encode_proof(TlogProof(found.index, reader.inclusion(found.index), reader.checkpoint_bytes))
    return RevisionDocument(found.revision, found.index, encode_base64(found.envelope), proof.decode())


def _day(text: str | None, name: str) -> str | None:
    if text is not None:
        try:
            parse_day(text, subject=name)
        except FormatError as exc:
            raise UsageError(str(exc)) from exc
    return text
