"""The guard says how many checkpoints were kept: that none is there must not look as if there never were any."""

from dayseal.ledger.fsck import ProblemKind, check_ledger
from dayseal.testing.memory import MemoryGuard, MemoryStore
from dayseal.testing.world import World, some_cluster


def test_all_kept_checkpoints_and_their_commits_gone_are_named() -> None:
    """Found by exploring: rolled back to nothing, the one checkpoint kept since hidden, and fsck was content."""
    world = World(MemoryStore(), MemoryGuard(), MemoryStore())
    world.create()
    world.attestor().enrol(some_cluster())
    world.recorder().run()
    store = world.store
    assert isinstance(store, MemoryStore)
    for key in [*store.keys("checkpoints/"), *store.keys("commits/")]:
        store.forget(key)
    found = {(p.kind, p.key) for p in check_ledger(store, world.guard, world.policy).problems}
    missing = ProblemKind.CHECKPOINT_MISSING
    assert found == {(missing, "checkpoints/00000000"), (missing, "checkpoints/00000001")}
