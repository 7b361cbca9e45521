"""A record of category kube-audit-admin is kube-audit's once more: told to be a copy, and hashed as it is."""

import io
import json

import pytest

from dayseal.digest.leaves import leaf_data, twin_leaves
from dayseal.digest.objects import ObjectDigest, digest_object
from dayseal.digest.tally import merge_all
from dayseal.merkle.tree import leaf_hash, root_of


def record(number: int, category: str, space: str = "") -> bytes:
    """Give one diagnostic record, whose event speaks of the category too."""
    event = {"kind": "Event", "auditID": f"id-{number}", "requestURI": '/x?"category":"kube-audit-admin"'}
    log = json.dumps(event | {"level": "Metadata", "stage": "ResponseComplete", "verb": "create"})
    inner = json.dumps({"log": log, "pod": "kube-apiserver-0"})
    return f'{{"category":{space}"{category}","resourceId":"/S/R","properties":{inner}}}'.encode()


def digested(category: str) -> ObjectDigest:
    """Digest a thousand records."""
    lines = [record(number, category) for number in range(1_000)]
    return digest_object(io.BytesIO(b"\n".join(lines)), key=category, version="")


def test_both_categories_count_as_copies_of_each_other() -> None:
    """The one that is narrower brings nothing new; a tally of both says so."""
    both = [digested(category) for category in ("kube-audit", "kube-audit-admin")]
    for one in both:
        assert {count for _, tally in one.tallies for count in tally.copies.kept.values()} == {1}
    merged = merge_all(tally for one in both for _, tally in one.tallies)
    assert (merged.events, set(merged.copies.kept.values())) == (2_000, {2})


def test_the_tree_holds_each_record_as_it_is() -> None:
    """What is counted as a copy is still proved by its own bytes."""
    records = [record(number, "kube-audit-admin") for number in range(1_000)]
    assert digested("kube-audit-admin").descriptor.events_root == root_of(map(_leaf, records)).hex()


@pytest.mark.parametrize("space", ["", " ", "\t"])
def test_only_the_category_is_renamed(space: str) -> None:
    """An event may hold the same words, quoted as JSON in JSON is."""
    records = [record(1, "kube-audit-admin", space), record(2, "kube-audit"), b"kube-audit-admin"]
    found = twin_leaves(records, [_leaf(one) for one in records])
    assert found == [_leaf(record(1, "kube-audit", space)), *map(_leaf, records[1:])]


def _leaf(data: bytes) -> bytes:
    return leaf_hash(leaf_data(b"", data))
