"""What the docs paste from the program itself, through cog (`make regenerate`, `make check`).

    <!-- [[[cog import docs_blocks as d; d.cli_help("verify") ]]] -->
    <!-- [[[end]]] -->

Every function prints Markdown for its block. One run of cog fills every page in one process, so the demo
runs once however many pages show parts of it.
"""

import functools
import os
import subprocess
import sys
import tempfile
import typing
from pathlib import Path
from typing import Final

import cog
import msgspec

from dayseal import errors
from dayseal.checks.catalogue import CHECKS, LEDGER_CHECKS
from dayseal.settings import Settings

_COMMAND: Final = Path(sys.executable).parent / "dayseal"

# The same bytes on every machine and terminal.
_ENVIRONMENT: Final = {
    "COLUMNS": "100",
    "LC_ALL": "C.UTF-8",
    "NO_COLOR": "1",
    "PATH": os.defpath,
    "TERM": "dumb",
    "TZ": "UTC",
}


def cli_help(verb: str = "") -> None:
    """Print the help of one verb (`ledger fsck` is a verb too), or of the whole command."""
    words = verb.split()
    _fenced(f"$ dayseal {' '.join([*words, '--help'])}\n{_run(*words, '--help', folder=Path.cwd())}")


def demo_output(start: str = "", stop: str = "") -> None:
    """Print what `make demo` prints, or its lines from the first that holds `start` to before one that holds `stop`."""
    lines = _demo_stdout().splitlines()
    first = next((number for number, line in enumerate(lines) if start in line), None)
    if first is None:
        raise ValueError(f"demo: prints no line with {start!r}")
    last = next((n for n in range(first + 1, len(lines)) if stop and stop in lines[n]), len(lines))
    _fenced("\n".join(lines[first:last]))


def error_tree() -> None:
    """Print the tree of errors that is drawn at the top of `dayseal.errors`."""
    drawn = [line[4:] for line in (errors.__doc__ or "").splitlines() if line.startswith("    ")]
    _fenced("\n".join(drawn))


def check_list(docs: str = "docs/") -> None:
    """Print one row for every check; `docs` leads from the page to the docs folder (`""` for docs/README.md)."""
    rows = [
        f"| [`{check.id}`]({docs}{check.page}) | {check.promise} | {'yes' if check.implemented else 'later'} |"
        for check in (*CHECKS, *LEDGER_CHECKS)
    ]
    cog.out("\n".join(["| check | what it promises | carried out |", "|---|---|---|", *rows, ""]))


def settings_tables() -> None:
    """Print every table of the settings file with its names, types and defaults."""
    for field in msgspec.structs.fields(Settings):
        kind = _struct_of(field.type)
        if kind is None:
            continue
        many = field.name.endswith("s") and field.name != "keys"
        cog.outl(f"## `{'[[' if many else '['}{field.name}{']]' if many else ']'}`")
        cog.outl("")
        cog.outl(" ".join((kind.__doc__ or "").split()))
        cog.outl("")
        cog.outl("| name | type | default |")
        cog.outl("|---|---|---|")
        for one in msgspec.structs.fields(kind):
            default = "required" if one.required else f"`{one.default!r}`"
            cog.outl(f"| `{one.name}` | {one.type.__name__} | {default} |")
        cog.outl("")


def _struct_of(kind: object) -> type[msgspec.Struct] | None:
    """Give the table behind a settings field: itself, or what its tuple holds."""
    inner = typing.get_args(kind)[0] if typing.get_origin(kind) is tuple else kind
    return inner if isinstance(inner, type) and issubclass(inner, msgspec.Struct) else None


@functools.cache
def _demo_stdout() -> str:
    with tempfile.TemporaryDirectory() as folder:
        return _run("demo", "--into", "demo", folder=Path(folder))


def _run(*words: str, folder: Path) -> str:
    done = subprocess.run([_COMMAND, *words], cwd=folder, env=_ENVIRONMENT, check=True, stdout=subprocess.PIPE)
    return done.stdout.decode()


def _fenced(text: str) -> None:
    body = "\n".join(line.rstrip() for line in text.strip("\n").splitlines())
    cog.out(f"```\n{body}\n```\n")
