"""Runs one case of the RFC 9162 proof vectors, in the shape their authors gave them."""

from typing import Any

from dayseal.codec import decode_base64
from dayseal.errors import ProofError
from dayseal.merkle import verify_consistency, verify_inclusion
from dayseal.model import TreeHead


def inclusion_holds(case: dict[str, Any]) -> bool:
    """Say whether `verify_inclusion` accepts the case."""
    try:
        verify_inclusion(
            leaf=decode_base64(case["leafHash"]),
            index=case["leafIdx"],
            size=case["treeSize"],
            path=[decode_base64(value) for value in case["proof"] or ()],
            root=decode_base64(case["root"]),
        )
    except ProofError:
        return False
    return True


def consistency_holds(case: dict[str, Any]) -> bool:
    """Say whether `verify_consistency` accepts the case."""
    try:
        verify_consistency(
            old=TreeHead(case["size1"], decode_base64(case["root1"])),
            new=TreeHead(case["size2"], decode_base64(case["root2"])),
            path=[decode_base64(value) for value in case["proof"] or ()],
        )
    except ProofError:
        return False
    return True


def has_short_root(case: dict[str, Any]) -> bool:
    """Say whether a root of the case does not have 32 bytes, which dayseal refuses in any case."""
    return any(len(decode_base64(case[name])) != 32 for name in ("root", "root1", "root2") if name in case)
