"""Checking a whole ledger: what is there, what is missing, and what an honest recorder never writes.

    (1) checkpoints, guard, commit names    (2) tiles and entries under the newest signed root
    (3) entries replayed, their signatures, objects and look-up files    (4) other heads: commits, attestors, yours
    (5) versions and delete markers

It names what contradicts the newest signed root, a signature or an honest recorder, and changes nothing.
"""

from dayseal.errors import FormatError
from dayseal.ledger.commitfile import Commit, parse_commit
from dayseal.ledger.fsck_content import ContentCheck
from dayseal.ledger.fsck_heads import Heads, check_commit_names, check_guard, check_heads, check_other
from dayseal.ledger.fsck_log import CheckedLog
from dayseal.ledger.layout import CHECKPOINT
from dayseal.ledger.problems import Findings, FsckReport, Problem, ProblemKind
from dayseal.ledger.reader import root_keys
from dayseal.ledger.state import LedgerState
from dayseal.merkle import EMPTY_ROOT, leaf_hash
from dayseal.model import TreeHead
from dayseal.notes import TrustPolicy
from dayseal.ports import HeadGuard, ObjectStore, VersionLister

__all__ = ["FsckReport", "Problem", "ProblemKind", "check_ledger"]


def check_ledger(
    store: ObjectStore,
    guard: HeadGuard | None,
    policy: TrustPolicy,
    *,
    versions: VersionLister | None = None,
    other_checkpoint: bytes | None = None,
) -> FsckReport:
    """Check everything that a ledger's store, guard and versions show, and name each problem.

    Without `guard` a rollback to an older, complete state cannot be seen; without `versions` neither
    can delete markers. `other_checkpoint` is one from elsewhere, to be compared with this ledger.

    Raises:
        AccessError: the store could not be read; nothing is said about the ledger then.
    """
    found = Findings()
    heads = check_heads(store, policy, found)  # (1)
    if heads is None:
        return FsckReport(found.problems, found.notes, None, 0)
    guarded = check_guard(store, guard, heads, found) if guard else ""
    commits = check_commit_names(store, heads, guarded, found)
    log = CheckedLog(store, heads.newest, found)  # (2)
    log.check_tiles([head.size for head in heads.kept.values()])
    content = ContentCheck(store, LedgerState(heads.origin, root_keys(policy)), found)  # (3)
    entries = 0
    for index, data in log.entries():
        content.entry(index, data)
        entries += data is not None
    content.unnamed_files()
    _check_commits(store, heads, commits, log, found)  # (4)
    other = check_other(other_checkpoint, policy, heads, found) if other_checkpoint is not None else None
    _check_roots(heads, content, other, log, found)
    if versions is not None:
        _check_versions(versions, found)  # (5)
    return FsckReport(found.problems, found.notes, heads.newest, entries)


def _check_commits(
    store: ObjectStore, heads: Heads, commits: tuple[tuple[int, str], ...], log: CheckedLog, found: Findings
) -> None:
    for g, key in commits:
        try:
            commit = parse_commit(store.get(key), subject=key)
        except FormatError as exc:
            found.add(ProblemKind.COMMIT_ALTERED, key, str(exc))
            continue
        before = heads.kept.get(g - 1) if g else TreeHead(0, EMPTY_ROOT)
        if commit.g != g or commit.new != heads.kept[g] or (before and commit.old != before):
            found.add(ProblemKind.COMMIT_ALTERED, key, "holds other heads than the kept checkpoints")
        elif not _fits(commit, log):
            found.add(ProblemKind.COMMIT_ALTERED, key, "holds other entries than the log")


def _fits(commit: Commit, log: CheckedLog) -> bool:
    promised = log.leaves(commit.old.size, commit.new.size)
    pairs = zip(commit.entries, promised, strict=False)  # fewer leaves: a commit beyond the log, named elsewhere
    return all(leaf is None or leaf_hash(entry) == leaf for entry, leaf in pairs)


def _check_roots(heads: Heads, content: ContentCheck, other: TreeHead | None, log: CheckedLog, found: Findings) -> None:
    sizes = {head.size for head in heads.kept.values()} | {head.size for _, head in content.seen_heads}
    roots = log.roots_at([*sizes, *([other.size] if other else [])])
    for g, head in sorted(heads.kept.items()):
        if roots.get(head.size, head.root) != head.root:
            message = f"commit {g}: another root of size {head.size} than the log under the newest checkpoint"
            found.add(ProblemKind.CHECKPOINT_FORKED, f"checkpoints/{g:08d}", message)
    for index, head in content.seen_heads:
        if head.size > index or roots.get(head.size, head.root) != head.root:
            message = f"its attestor saw a head of size {head.size} with another root: it was shown a fork"
            found.add(ProblemKind.SEEN_HEAD_FORKED, f"entry {index}", message)
    if other and roots.get(other.size, other.root) != other.root:
        message = f"the other checkpoint says another root of size {other.size}: two logs were signed"
        found.add(ProblemKind.CHECKPOINT_FORKED, CHECKPOINT, message)


def _check_versions(versions: VersionLister, found: Findings) -> None:
    seen: set[str] = set()
    for version in versions.versions(""):
        if version.marker:
            message = f"delete marker {version.version}: somebody tried to hide the object"
            found.add(ProblemKind.DELETE_MARKER, version.key, message)
        elif version.key in seen and version.key != CHECKPOINT:
            message = f"version {version.version}: written again, only checkpoint ever is"
            found.add(ProblemKind.SECOND_VERSION, version.key, message)
        seen.add(version.key)
