"""Proofs that others published, good and bad."""

from typing import Any

import pytest

from dayseal.merkle import verify_consistency, verify_inclusion
from dayseal.model import TreeHead
from support.proof_cases import consistency_holds, has_short_root, inclusion_holds
from support.vector_files import read_vector

_CASES = read_vector("rfc9162-proofs/cases.json")
_TREES = read_vector("rfc6962-eight-leaves/trees.json")


@pytest.mark.parametrize("case", _CASES["inclusion"], ids=lambda case: case["name"])
def test_a_published_inclusion_case_ends_as_published(case: dict[str, Any]) -> None:
    """Each bad case is a mistake that some verifier once made."""
    assert inclusion_holds(case) is not case["wantErr"]


@pytest.mark.parametrize("case", _CASES["consistency"], ids=lambda case: case["name"])
def test_a_published_consistency_case_ends_as_published(case: dict[str, Any]) -> None:
    """All but one: hashes that do not have 32 bytes are refused here, whatever the case says."""
    assert consistency_holds(case) is (not case["wantErr"] and not has_short_root(case))


def test_a_proof_from_a_log_of_millions_verifies() -> None:
    """Small trees cannot show that deep paths are walked right."""
    proof = _TREES["inclusion"]
    verify_inclusion(
        leaf=bytes.fromhex(proof["leaf"]),
        index=proof["index"],
        size=proof["size"],
        path=[bytes.fromhex(value) for value in proof["path"]],
        root=bytes.fromhex(proof["root"]),
    )


@pytest.mark.parametrize("proof", _TREES["consistency"], ids=lambda proof: f"{proof['size1']} to {proof['size2']}")
def test_the_classic_consistency_proofs_verify(proof: dict[str, Any]) -> None:
    """They lie between the trees over the classic eight leaves."""
    verify_consistency(
        old=TreeHead(proof["size1"], bytes.fromhex(proof["root1"])),
        new=TreeHead(proof["size2"], bytes.fromhex(proof["root2"])),
        path=[bytes.fromhex(value) for value in proof["path"]],
    )
