"""Attacks on the ledger's stores, its guard, and the objects that statements name."""

import dataclasses
from typing import Final

from attacks.attack import Attack
from attacks.grounds import DAYS, PROD, Site
from dayseal.evidence import Blob, EvidenceBundle
from dayseal.ledger.layout import manifest_key
from dayseal.merkle import TILE_WIDTH, Tile
from dayseal.testing.memory import MemoryGuard

_OLD: Final = 2


def roll_back_store(site: Site) -> None:
    """Restore the ledger's store of two days ago; the guard lies elsewhere."""
    site.store = site.past[_OLD][0].copy()


def roll_back_checkpoint(site: Site) -> None:
    """Show the checkpoint of two days ago; tiles and guard stay."""
    site.store.overwrite("checkpoint", site.past[_OLD][0].get("checkpoint"))


def roll_back_guard(site: Site) -> None:
    """Set the guard back by two days."""
    site.guard = MemoryGuard(site.past[_OLD][1])


def delete_guard(site: Site) -> None:
    """Delete the guard."""
    site.guard = MemoryGuard()


def alter_tile(site: Site) -> None:
    """Flip one bit of the newest tile of hashes."""
    _flip(site, _edge(site).path)


def alter_entry(site: Site) -> None:
    """Flip one bit of the newest entry bundle."""
    _flip(site, _edge(site).bundle_path)


def put_tile_version(site: Site) -> None:
    """Put another version of a tile on top; readers take the oldest."""
    site.store.put_version(_edge(site).path, bytes(32))


def hide_tile(site: Site) -> None:
    """Put a delete marker over a tile; readers look below it."""
    site.store.put_marker(_edge(site).path)


def swap_manifest(site: Site) -> None:
    """Put the manifest of another day in the place of a manifest of the ledger."""
    wanted, other = _manifest(site, -1), _manifest(site, -2)
    site.store.overwrite(manifest_key(wanted), site.store.get(manifest_key(other)))


def swap_manifest_in_bundle(site: Site) -> None:
    """The same in a bundle."""
    wanted, other = _manifest(site, -1), _manifest(site, -2)

    def swap(bundle: EvidenceBundle) -> EvidenceBundle:
        data = bundle.find("manifests", other) or b""
        blobs = (Blob("manifests", wanted, data) if blob.sha256 == wanted else blob for blob in bundle.blobs)
        return dataclasses.replace(bundle, blobs=tuple(blobs))

    site.hand_over = swap


def _edge(site: Site) -> Tile:
    size = site.reader().tree_head.size
    return Tile(0, size // TILE_WIDTH, size % TILE_WIDTH)


def _flip(site: Site, key: str) -> None:
    data = bytearray(site.store.get(key))
    data[len(data) // 2] ^= 1
    site.store.overwrite(key, bytes(data))


def _manifest(site: Site, number: int) -> str:
    return site.reader().day(PROD, DAYS[number])[-1].predicate.archive.manifest.sha256


LEDGER_ATTACKS: Final = (
    Attack("ledger-rolled-back", "the ledger's store rolled back, the guard not", roll_back_store),
    Attack("checkpoint-rolled-back", "an old checkpoint put in place of the newest", roll_back_checkpoint),
    Attack("guard-rolled-back", "the head guard rolled back", roll_back_guard),
    Attack("guard-deleted", "the head guard deleted", delete_guard),
    Attack("tile-altered", "one bit of a tile of hashes altered", alter_tile),
    Attack("entry-altered", "one bit of an entry altered", alter_entry),
    Attack("tile-version", "a second version of a tile put on top", put_tile_version),
    Attack("tile-hidden", "a delete marker put on top of a tile", hide_tile),
    Attack("manifest-swapped", "a manifest of the ledger replaced by another day's", swap_manifest),
    Attack("manifest-swapped-in-bundle", "the same in a bundle", swap_manifest_in_bundle),
)
