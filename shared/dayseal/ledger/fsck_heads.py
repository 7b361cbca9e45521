"""`fsck`, first part: checkpoints, the head guard and commit objects, and whether they agree."""

import dataclasses
import itertools

from dayseal.errors import FormatError, NotFoundError, RefutedError
from dayseal.ledger.layout import CHECKPOINT, CHECKPOINTS, COMMITS, checkpoint_key, commit_key
from dayseal.ledger.problems import Findings, ProblemKind
from dayseal.ledger.writes import get_or_none
from dayseal.model import TreeHead
from dayseal.notes import TrustPolicy, open_checkpoint
from dayseal.ports import HeadGuard, ObjectStore


@dataclasses.dataclass(frozen=True, slots=True)
class Heads:
    """The signed heads of a ledger: the newest, and those kept for each commit, by commit number."""

    origin: str
    newest: TreeHead
    kept: dict[int, TreeHead]


def check_heads(store: ObjectStore, policy: TrustPolicy, found: Findings) -> Heads | None:
    """Open `checkpoint` and every `checkpoints/<g>`; None when there is no valid one at all."""
    opened: dict[str, tuple[str, TreeHead]] = {}
    keys = [CHECKPOINT, *store.keys(CHECKPOINTS)]
    for key in keys:
        try:
            checkpoint = open_checkpoint(store.get(key), policy).checkpoint
        except NotFoundError:
            found.add(ProblemKind.CHECKPOINT_MISSING, key, "missing, every ledger has one")
        except (FormatError, RefutedError) as exc:
            found.add(ProblemKind.CHECKPOINT_INVALID, key, str(exc))
        else:
            opened[key] = (checkpoint.origin, checkpoint.head)
    if not opened:
        return None
    kept = {int(key.removeprefix(CHECKPOINTS)): head for key, (_, head) in opened.items() if key != CHECKPOINT}
    _check_kept(kept, found)
    newest_key = max(opened, key=lambda key: (opened[key][1].size, key == CHECKPOINT))
    origin, newest = opened[newest_key]
    if CHECKPOINT in opened and opened[CHECKPOINT][1].size < newest.size:
        size = opened[CHECKPOINT][1].size
        cause = "rolled back, or the last run was cut off before it published (the next run then repairs it)"
        message = f"size {size}, {newest_key} says {newest.size}: {cause}"
        found.add(ProblemKind.CHECKPOINT_ROLLED_BACK, CHECKPOINT, message)
    return Heads(origin, newest, kept)


def check_guard(store: ObjectStore, guard: HeadGuard, heads: Heads, found: Findings) -> str:
    """Compare the guard with the newest signed head; give the key of the guard's commit, `""` without guard."""
    read = guard.read()
    if read is None:
        message = f"missing, one promised for a ledger of {heads.newest.size} entries"
        found.add(ProblemKind.GUARD_MISSING, "guard", message)
        return ""
    state, _ = read
    ours, theirs = heads.newest, state.head
    says = f"the guard says commit {state.g} of size {theirs.size}, the newest checkpoint says {ours.size}"
    if theirs.size > ours.size and get_or_none(store, state.commit) is not None:
        found.add(ProblemKind.COMMIT_WITHOUT_TILES, state.commit, f"{says}: cut off, the next recorder run repairs it")
    elif theirs.size > ours.size:
        message = f"{says}, and the commit is missing: the ledger was rolled back"
        found.add(ProblemKind.GUARD_AHEAD, state.commit, message)
    elif theirs.size < ours.size or state.g < max(heads.kept, default=state.g):
        found.add(ProblemKind.GUARD_BEHIND, "guard", f"{says}: the guard was rolled back")
    elif theirs != ours:
        found.add(ProblemKind.CHECKPOINT_FORKED, CHECKPOINT, f"another root of size {ours.size} than the guard's")
    else:  # published, so all were kept; with none left nothing in the store would say that there were any
        for g in range(max(heads.kept, default=-1) + 1, state.g + 1):
            found.add(ProblemKind.CHECKPOINT_MISSING, checkpoint_key(g), "missing, the guard promises it")
    return state.commit


def check_commit_names(store: ObjectStore, heads: Heads, guarded: str, found: Findings) -> tuple[tuple[int, str], ...]:
    """Find missing commit objects and orphans; give number and key of every commit that won and is there."""
    there = set(store.keys(COMMITS))
    won = {g: commit_key(g, head) for g, head in heads.kept.items()}
    for g, key in sorted(won.items()):
        if key not in there:
            found.add(ProblemKind.COMMIT_MISSING, key, f"missing, {checkpoint_key(g)} promises it")
    for key in sorted(there - set(won.values()) - {guarded}):
        found.note(f"{key}: orphan of a lost race or a crash, harmless")
    return tuple((g, key) for g, key in sorted(won.items()) if key in there)


def check_other(other: bytes, policy: TrustPolicy, heads: Heads, found: Findings) -> TreeHead | None:
    """Open somebody else's checkpoint; give its head when its root has yet to be compared with the log."""
    try:
        theirs = open_checkpoint(other, policy).checkpoint
    except (FormatError, RefutedError) as exc:
        found.add(ProblemKind.CHECKPOINT_INVALID, "other checkpoint", str(exc))
        return None
    if theirs.head.size > heads.newest.size:
        message = f"size {heads.newest.size}, the other checkpoint says {theirs.head.size}"
        found.add(ProblemKind.CHECKPOINT_ROLLED_BACK, CHECKPOINT, message)
        return None
    return theirs.head


def _check_kept(kept: dict[int, TreeHead], found: Findings) -> None:
    numbers = sorted(kept)
    for g in sorted(set(range(max(numbers, default=-1) + 1)) - set(numbers)):
        found.add(ProblemKind.CHECKPOINT_MISSING, checkpoint_key(g), "missing, later ones are there")
    for before, after in itertools.pairwise(numbers):
        if kept[after].size <= kept[before].size:
            message = f"size {kept[after].size}, more than the {kept[before].size} before it promised"
            found.add(ProblemKind.CHECKPOINT_FORKED, checkpoint_key(after), message)
