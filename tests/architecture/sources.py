"""The repository's own text and syntax trees, for the tests beside this file."""

import ast
import functools
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PRODUCT = ROOT / "shared" / "dayseal"

# Made by tools, or git's own.
_SKIPPED = frozenset({".aws-sam", ".git", ".venv", "__pycache__", "build", "demo", "dist", "node_modules"})


@functools.cache
def python_files(*folders: str) -> tuple[Path, ...]:
    """Give every Python file under the named folders of the repository, sorted."""
    return tuple(sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py")))


@functools.cache
def tree_of(path: Path) -> ast.Module:
    """Give the syntax tree of a file."""
    return ast.parse(path.read_text(), filename=str(path))


def named(path: Path, line: int | None = None) -> str:
    """Name a place the way editors open it."""
    place = path.relative_to(ROOT).as_posix()
    return place if line is None else f"{place}:{line}"


def repository_files() -> Iterator[Path]:
    """Give every file a clone would hold: all but git's own and what tools made."""
    pending = [ROOT]
    while pending:
        for path in sorted(pending.pop().iterdir()):
            made = path.name in _SKIPPED and path.parent == ROOT
            if made or path.name == "__pycache__" or path.name.endswith(("_cache", ".egg-info", ".hypothesis")):
                continue
            if path.is_dir() and not path.is_symlink():
                pending.append(path)
            elif path.is_file():
                yield path
