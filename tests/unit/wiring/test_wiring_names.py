"""The composition root's public names: all of them are there, and nobody pays for those that are not used."""

import ast
import inspect
import subprocess
import sys
from pathlib import Path

import pytest

import dayseal
from dayseal import wiring

STUB = Path(wiring.__file__).with_suffix(".pyi")
SHARED = Path(dayseal.__file__).parents[1]


def declared() -> dict[str, str]:
    """Give the names that type checkers are told of, each with the module they are told it comes from."""
    imports = [node for node in ast.parse(STUB.read_text()).body if isinstance(node, ast.ImportFrom)]
    return {alias.name: str(node.module) for node in imports for alias in node.names}


def test_what_types_promise_is_there_when_the_program_runs() -> None:
    """A name in one of the two lists alone would be an error that only users see."""
    assert dir(wiring) == sorted(declared())
    for name, home in declared().items():
        found = getattr(wiring, name)
        assert inspect.getmodule(found) is not wiring
        assert getattr(sys.modules[home], name) is found


def test_a_name_that_is_not_public_is_no_attribute() -> None:
    """A misspelled name must not look like a module that is missing."""
    with pytest.raises(AttributeError, match="has no attribute 'assembel'"):
        _ = wiring.assembel  # type: ignore[attr-defined]  # that is the claim


def test_what_looks_up_starts_without_what_seals() -> None:
    """Checks of three clouds and the recorder are a third of a second that each cold start would pay."""
    program = (
        "import sys, dayseal.wiring.workspace; "
        "print([name for name in ('dayseal.wiring.parts', 'dayseal.checks.continuity', 'dayseal.steps.recorded') "
        "if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], env={"PYTHONPATH": str(SHARED)}, check=True, stdout=subprocess.PIPE
    )
    assert done.stdout.decode().strip() == "[]"
