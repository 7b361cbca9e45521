"""The content-addressed objects beside a statement, and how they get from the inbox into the ledger."""

from dayseal.attest.predicates import ClusterDay, RollCall
from dayseal.attest.statement import Statement
from dayseal.codec import sha256_hex
from dayseal.errors import DigestError, FormatError, NotFoundError, TamperError
from dayseal.ledger.layout import facts_key, inbox_object_key, manifest_key, rollcall_key, summary_key
from dayseal.ledger.writes import create_same, get_or_none
from dayseal.ports import ObjectStore


def objects_of(statement: Statement) -> tuple[tuple[str, str], ...]:
    """Give digest and ledger key of every object that the ledger must hold for a statement.

    Raises:
        FormatError: a digest is not 64 hex digits.
    """
    match statement.predicate:
        case ClusterDay() as said:
            manifest, summary, facts = said.archive.manifest.sha256, said.summary.sha256, said.facts.sha256
            return (
                (manifest, manifest_key(manifest)),
                (summary, summary_key(summary)),
                (facts, facts_key(facts)),
            )
        case RollCall() as said:
            return ((said.rows.sha256, rollcall_key(said.rows.sha256)),)
        case _:
            return ()


class ObjectCopier:
    """Copies submitted objects into the ledger, each digest checked, each object once."""

    def __init__(self, store: ObjectStore, inbox: ObjectStore, *, max_bytes: int) -> None:
        self._store = store
        self._inbox = inbox
        self._max_bytes = max_bytes
        self._there: set[str] = set()

    def copy(self, attestor: str, statement: Statement) -> None:
        """Bring every object of a statement by `attestor` (16 hex) into the ledger.

        An object the ledger has already (a manifest that clusters share) need not be submitted again.

        Raises:
            NotFoundError: an object is in neither place (yet).
            DigestError: what was submitted under its name are other bytes.
            FormatError: it is larger than allowed.
        """
        for sha256, key in objects_of(statement):
            if key not in self._there:
                self._copy_one(inbox_object_key(attestor, sha256), key, sha256)
                self._there.add(key)

    def _copy_one(self, source: str, key: str, sha256: str) -> None:
        try:
            data = self._inbox.get(source, max_bytes=self._max_bytes)
        except NotFoundError:
            data = self._store.get(key)
        except TamperError as exc:  # a link or a pipe in the inbox is the submitter's fault alone
            raise FormatError(str(exc)) from exc
        if sha256_hex(data) != sha256:
            kept = get_or_none(self._store, key)  # another attestor may have brought the right bytes
            if kept is None or sha256_hex(kept) != sha256:
                raise DigestError(source, expected=sha256, actual=sha256_hex(data), source="its name")
            return
        # A crash here leaves an object that no entry names: harmless, the next run finds it equal.
        create_same(self._store, key, data)
