"""The commit protocol: how entries get into the log so that no crash forks, loses or repeats one.

    (1) read the guard    (2) repair its head    (3) create the commit object    (4) swap the guard
    (5) create tiles and bundles    (6) sign, keep and publish the checkpoint

The swap (4) is the commit point. Whatever stops us after it, the next run finishes from the commit
object; whatever stops us before it leaves at most an orphan in `commits/`, which harms nothing.

Spec: ledger-formats section 10.
"""

from collections.abc import Sequence

from dayseal.errors import ExistsError, ProofError, StaleError, TamperError, UnclearError, UsageError
from dayseal.ledger.commitfile import Commit, encode_commit, parse_commit
from dayseal.ledger.layout import CHECKPOINT, checkpoint_key, commit_key
from dayseal.ledger.logview import LogView
from dayseal.ledger.writes import ATTEMPTS, create_once, create_same, get_or_none, replace_surely
from dayseal.merkle import EMPTY_ROOT, build_bundles, build_tiles, leaf_hash, right_edge
from dayseal.model import GuardState, TreeHead
from dayseal.notes import Checkpoint, Note, make_signature, open_note, parse_checkpoint_text, vkey_of_spki
from dayseal.ports import HeadGuard, ObjectStore, Signer

EMPTY_HEAD = TreeHead(0, EMPTY_ROOT)


class Committer:
    """The only writer of a log: appends to the head that the guard holds, with the log's own key."""

    def __init__(
        self, store: ObjectStore, guard: HeadGuard, *, origin: str, log: Signer, newest: ObjectStore | None = None
    ) -> None:
        self._store = store
        self._newest = newest
        self._guard = guard
        self._origin = origin
        self._log = log
        self._key = vkey_of_spki(origin, log.spki)
        self._done: tuple[GuardState, LogView] | None = None  # the head we know to be complete

    def repair(self) -> LogView:
        """Do steps (1) and (2): finish the guard's head if a crash left it half done, and give its view.

        Raises:
            TamperError: the guard is missing, or the ledger is behind or beyond it.
            UnclearError: a store gave no answer; run again.
        """
        return self._settle()[2]

    def newest_commit(self) -> Commit:
        """Give the commit that made the guard's head (after `repair`).

        Raises:
            TamperError: it is missing.
        """
        state, _, _ = self._settle()
        return self._commit_of(state)

    def append(self, entries: Sequence[bytes], *, onto_size: int) -> TreeHead:
        """Append entries in order, all or none, and give the new head.

        `onto_size` is the log's size that the entries were admitted for: what fits one head may repeat
        or contradict another.

        Raises:
            StaleError: the log has another size by now. Nothing of ours is in it, or somebody else
                finished it for us: read the log again before another try.
            UnclearError: a store gave no answer; the entries may be in the log. Run again.
            TamperError: as `repair`.
        """
        if not entries:
            raise UsageError("append: no entries, at least one promised")
        state, tag, view = self._settle()  # (1) (2)
        if state.head.size != onto_size:
            raise StaleError(f"head guard: size {state.head.size}, the entries were admitted for {onto_size}")
        commit, written = _grow(view, state.g + 1, entries)
        key = commit_key(commit.g, commit.new)
        # (3) Only staged. A crash here leaves an orphan commit object: harmless, fsck lists it.
        create_same(self._store, key, encode_commit(commit))
        # (4) Committed. A crash from here on is repaired by step (2) of the next run.
        won = GuardState(commit.g, commit.new, key)
        self._swap(tag, won)
        self._finish(won, view, written)
        return commit.new

    def found(self, entries: Sequence[bytes]) -> TreeHead:
        """Start the log with `entries`: steps (3) to (6) with a guard that is created, not swapped.

        Raises:
            ExistsError: the guard exists.
            UnclearError: a store gave no answer. Run again.
        """
        empty = LogView(self._store, EMPTY_HEAD, self._newest)
        commit, written = _grow(empty, 0, entries)
        key = commit_key(0, commit.new)
        create_same(self._store, key, encode_commit(commit))  # (3)
        state = GuardState(0, commit.new, key)
        self._create_guard(state)  # (4)
        self._finish(state, empty, written)
        return commit.new

    def _settle(self) -> tuple[GuardState, str, LogView]:
        # (1) The guard says what the head is; the ledger bucket has no say in it.
        state, tag = self._read_guard()
        while self._done is None or self._done[0] != state:
            self._done = None
            try:
                self._repair(state)
            except TamperError:
                # Another recorder may have gone on since: what is wrong beside an old head is right beside the new one.
                now = self._read_guard()
                if now == (state, tag):
                    raise
                state, tag = now
        return state, tag, self._done[1]

    def _read_guard(self) -> tuple[GuardState, str]:
        read = self._guard.read()
        if read is None:
            raise TamperError("head guard: missing, one promised", hint="restore it; never create it anew")
        return read

    def _repair(self, state: GuardState) -> None:
        # (2) Steps (5) and (6) of head g may be missing in part: tiles come before `checkpoints/<g>`,
        #     that comes before `checkpoint`, so the later one vouches for the earlier ones.
        published = self._signed_head(CHECKPOINT)
        if published and published.size > state.head.size:
            raise _beyond(CHECKPOINT, state)
        if published and published.size == state.head.size and published != state.head:
            raise TamperError(f"checkpoint: another root of size {state.head.size} than the head guard's: a fork")
        if get_or_none(self._store, checkpoint_key(state.g + 1)) is not None:
            raise _beyond(checkpoint_key(state.g + 1), state)
        kept = self._signed_head(checkpoint_key(state.g))
        if kept and kept != state.head:
            raise TamperError(f"{checkpoint_key(state.g)}: another head than the head guard's: a fork")
        view = LogView(self._store, state.head, self._newest)
        if kept is None or published != state.head or not _has_edge(view):
            commit = self._commit_of(state)
            old = LogView(self._store, commit.old, self._newest)
            again, written = _grow(old, state.g, commit.entries)
            if again != commit or commit.new != state.head:
                raise TamperError(f"{state.commit}: its entries do not lead to the head guard's head")
            self._finish(state, old, written)
        else:
            self._done = (state, view)

    def _finish(self, state: GuardState, old: LogView, written: dict[str, bytes]) -> None:
        # (5) Staged under names that the head decides. A crash leaves some of them; writing them again
        #     finds equal bytes. Readers still see the old checkpoint, whose tiles are complete.
        for path, data in written.items():
            create_same(self._store, path, data)
        # (6) Only ever a root that the guard holds or held is signed. A crash between the two writes leaves
        #     `checkpoint` one head behind `checkpoints/<g>`: step (2) replaces it.
        text = Checkpoint(self._origin, state.head).text
        data = Note(text, (make_signature(text, self._key, self._log.sign),)).encode()
        kept = create_once(self._store, checkpoint_key(state.g), data)
        if kept != data and self._opened_head(kept, checkpoint_key(state.g)) != state.head:  # signatures may differ
            raise TamperError(f"{checkpoint_key(state.g)}: another head than the head guard's: a fork")
        replace_surely(self._store, CHECKPOINT, kept)
        self._done = (state, old.grown(state.head, written))

    def _swap(self, tag: str, state: GuardState) -> None:
        for _ in range(ATTEMPTS):
            try:
                self._guard.swap(tag, state)
            except (StaleError, UnclearError) as exc:
                # Read the guard back: an earlier or unclear attempt of ours may have won. Unchanged means lost
                # or still on its way: from one tag only one swap can win, so trying again is safe.
                now = self._guard.read()
                if now is not None and now[0] == state:
                    return
                if now is None or now[1] != tag or isinstance(exc, StaleError):
                    raise StaleError("head guard: another recorder was faster") from exc
            else:
                return
        raise UnclearError(f"head guard: no answer in {ATTEMPTS} attempts to commit {state.commit}")

    def _create_guard(self, state: GuardState) -> None:
        for _ in range(ATTEMPTS):
            try:
                self._guard.create(state)
            except (ExistsError, UnclearError):
                now = self._guard.read()
                if now is not None and now[0] != state:
                    raise
                if now is not None:
                    return
            else:
                return
        raise UnclearError(f"head guard: no answer in {ATTEMPTS} attempts to create it")

    def _commit_of(self, state: GuardState) -> Commit:
        data = get_or_none(self._store, state.commit)
        if data is None:
            missing = f"{state.commit}: missing, the head guard promises it"
            raise TamperError(missing, hint="the ledger store was rolled back: restore it")
        commit = parse_commit(data, subject=state.commit)
        if commit.g != state.g or commit_key(commit.g, commit.new) != state.commit:
            raise TamperError(f"{state.commit}: holds another commit than its name says")
        return commit

    def _signed_head(self, key: str) -> TreeHead | None:
        data = get_or_none(self._store, key)
        return None if data is None else self._opened_head(data, key)

    def _opened_head(self, data: bytes, key: str) -> TreeHead:
        checkpoint = parse_checkpoint_text(open_note(data, [self._key]).text)
        if checkpoint.origin != self._origin:
            raise TamperError(f"{key}: of log {checkpoint.origin}, {self._origin} promised")
        return checkpoint.head


def _grow(view: LogView, g: int, entries: Sequence[bytes]) -> tuple[Commit, dict[str, bytes]]:
    old = view.head
    leaves = [leaf_hash(entry) for entry in entries]
    builder = right_edge(view.hashes, old.size)
    builder.extend(leaves)
    new = TreeHead(builder.size, builder.root())
    written = build_bundles(view.edge_bundle, old.size, entries)
    written.update(build_tiles(view.hashes, old.size, leaves))
    return Commit(g, old, new, tuple(entries)), written


def _has_edge(view: LogView) -> bool:
    try:
        view.prove_edge()
    except (TamperError, ProofError):  # missing: replayed; altered: the replay finds other bytes and stops
        return False
    return True


def _beyond(key: str, state: GuardState) -> TamperError:
    return TamperError(
        f"{key}: beyond the head guard, which holds commit {state.g} of size {state.head.size}",
        hint="the head guard was rolled back: restore it before anything is appended",
    )
