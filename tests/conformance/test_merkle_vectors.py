"""Every proof of transparency-dev/merkle, where the design's vectors are beside this repository."""

import json
from pathlib import Path

import pytest

from support.proof_cases import consistency_holds, has_short_root, inclusion_holds


@pytest.fixture(scope="module")
def folder(design_folder: Path) -> Path:
    """Give the folder of proof vectors."""
    return design_folder / "vectors" / "rfc9162-proofs"


def test_every_inclusion_case_ends_as_published(folder: Path) -> None:
    """Good ones are accepted, bad ones refused."""
    cases = {path: json.loads(path.read_text()) for path in folder.glob("inclusion/**/*.json")}
    assert len(cases) == 98
    assert [path for path, case in cases.items() if inclusion_holds(case) is case["wantErr"]] == []


def test_every_consistency_case_but_one_ends_as_published(folder: Path) -> None:
    """The one has roots of 12 bytes and expects success; dayseal refuses all but 32 byte hashes."""
    cases = {path: json.loads(path.read_text()) for path in folder.glob("consistency/**/*.json")}
    assert len(cases) == 98
    others = [case for case in cases.values() if consistency_holds(case) is case["wantErr"]]
    assert len(others) == 1
    assert has_short_root(others[0])
    assert not others[0]["wantErr"]
