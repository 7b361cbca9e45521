"""RFC 6962 Merkle trees, their proofs, and the tiles a log stores them in."""

from dayseal.merkle.proofs import consistency_path, inclusion_path, verify_consistency, verify_inclusion
from dayseal.merkle.reading import (
    TileReader,
    consistency_from_tiles,
    inclusion_from_tiles,
    node_at,
    right_edge,
    root_from_tiles,
)
from dayseal.merkle.tiles import (
    MAX_ENTRY_BYTES,
    TILE_WIDTH,
    Tile,
    bundles_added,
    edge_tile,
    encode_bundle,
    parse_bundle,
    parse_bundle_path,
    parse_tile_path,
    split_tile,
    tiles_added,
)
from dayseal.merkle.tree import EMPTY_ROOT, HASH_BYTES, RootBuilder, leaf_hash, node_hash, root_of
from dayseal.merkle.writing import build_bundles, build_tiles

__all__ = [
    "EMPTY_ROOT",
    "HASH_BYTES",
    "MAX_ENTRY_BYTES",
    "TILE_WIDTH",
    "RootBuilder",
    "Tile",
    "TileReader",
    "build_bundles",
    "build_tiles",
    "bundles_added",
    "consistency_from_tiles",
    "consistency_path",
    "edge_tile",
    "encode_bundle",
    "inclusion_from_tiles",
    "inclusion_path",
    "leaf_hash",
    "node_at",
    "node_hash",
    "parse_bundle",
    "parse_bundle_path",
    "parse_tile_path",
    "right_edge",
    "root_from_tiles",
    "root_of",
    "split_tile",
    "tiles_added",
    "verify_consistency",
    "verify_inclusion",
]
