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
from collections.abc import Iterable
from pathlib import Path
from typing import Final, Literal

import cog
import msgspec
from samtranslator.yaml_helper import yaml_parse

from aws_costs import table as costs_table
from dayseal import errors
from dayseal.audit.detections import DETECTIONS
from dayseal.checks.catalogue import CHECKS, LEDGER_CHECKS
from dayseal.clouds.aws import api_calls as aws_api_calls
from dayseal.clouds.aws import permissions as aws_permissions
from dayseal.clouds.azure import api_calls as azure_api_calls
from dayseal.clouds.azure import permissions as azure_permissions
from dayseal.clouds.gcp import api_calls as gcp_api_calls
from dayseal.clouds.gcp import permissions as gcp_permissions
from dayseal.model.route.api_call import ApiCall
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


def detections() -> None:
    """Print one row for every sign of unauthorised access."""
    rows = []
    for one in DETECTIONS:
        grave = f"{one.severity}; high if {one.graver_when}" if one.graver_when else f"{one.severity}"
        fields = ", ".join(f"`{field}`" for field in one.fields)
        rows.append(f"| `{one.id}` | {one.title} | {one.condition} | {grave} | {one.technique} | {fields} |")
    head = "| sign | what it may be | when | severity | technique | fields |"
    cog.out("\n".join([head, "|---|---|---|---|---|---|", *rows, ""]))


def template_parameters(name: str) -> None:
    """Print one row for every parameter of a CloudFormation template (a path from the repository's root)."""
    template = yaml_parse((Path(__file__).resolve().parent.parent / name).read_text())
    rows = [
        f"| `{parameter}` | {_default(said)} | {said['ConstraintDescription']} | {said['Description']} |"
        for group in template["Metadata"]["AWS::CloudFormation::Interface"]["ParameterGroups"]
        for parameter in group["Parameters"]
        for said in [template["Parameters"][parameter]]
    ]
    cog.out("\n".join(["| parameter | default | takes | what |", "|---|---|---|---|", *rows, ""]))


def _default(said: dict[str, object]) -> str:
    default = said.get("Default", "required")
    return f"`{default}`" if default not in ("", "required") else str(default or "empty")


def settings_tables() -> None:
    """Print every table of the settings file with its names, types and defaults."""
    for field in msgspec.structs.fields(Settings):
        _settings_table(field, field.name)


def _settings_table(field: msgspec.structs.FieldInfo, path: str) -> None:
    """Print one table of the settings file and those inside it; a setting that is no table prints nothing."""
    kind = next((one for one in (field.type, *typing.get_args(field.type)) if _is_table(one)), None)
    if kind is None:
        return
    name = f"[[{path}]]" if typing.get_origin(field.type) is tuple else f"[{path}]"
    cog.out(f"## `{name}`\n\n{' '.join((kind.__doc__ or '').split())}\n\n| name | type | default |\n|---|---|---|\n")
    inside = []
    for one in msgspec.structs.fields(kind):
        if any(_is_table(part) for part in (one.type, *typing.get_args(one.type))):
            inside.append(one)
            continue
        default = "required" if one.required else f"`{one.default!r}`"
        cog.out(f"| `{one.name}` | `{_type_name(one.type)}` | {default} |\n")
    cog.out("\n")
    for one in inside:
        _settings_table(one, f"{path}.{one.name}")


def aws_calls() -> None:
    """Print every API call dayseal makes on AWS: how often, with which parameters, and the permission it needs."""
    _calls(aws_api_calls.API_CALLS, [(p.call, p.action, p.where.value) for p in aws_permissions.PERMISSIONS], "account")


def azure_calls() -> None:
    """Print the same of Azure; what is a data action of a role is marked."""
    rows = [(p.call, f"{p.name}{' [data]' if p.data else ''}", p.where.value) for p in azure_permissions.PERMISSIONS]
    _calls(azure_api_calls.API_CALLS, rows, "resource")


def gcp_calls() -> None:
    """Print the same of Google Cloud."""
    _calls(gcp_api_calls.API_CALLS, [(p.call, p.name, p.where.value) for p in gcp_permissions.PERMISSIONS], "resource")


def _calls(listed: Iterable[ApiCall], permissions: Iterable[tuple[str, str, str]], place: str) -> None:
    """Print a row for each call; `permissions` are calls with the action they need and where."""
    actions: dict[str, list[str]] = {}
    for call, action, where in permissions:
        actions.setdefault(call, []).append(f"`{action}` ({where})")
    rows = [
        f"| `{call.name}` | {call.often} | {', '.join(f'`{name}`' for name in call.parameters) or '-'} | "
        f"{', '.join(dict.fromkeys(actions[call.name]))} |"
        for call in listed
    ]
    head = f"| call | how often | asked with | permission (in which {place}) |"
    cog.out("\n".join([head, "|---|---|---|---|", *rows, ""]))


def aws_costs() -> None:
    """Print what dayseal costs on AWS: counted requests times the list prices of `tools/aws_costs.py`."""
    cog.out(costs_table())


def attack_table() -> None:
    """Print what `tests/attacks` found: every attack, which tools find it, and what the first of them says."""
    root = Path(__file__).resolve().parent.parent
    places = os.pathsep.join(str(root / folder) for folder in ("shared", "tests"))
    command = [sys.executable, "-m", "attacks", "table"]
    done = subprocess.run(command, env=_ENVIRONMENT | {"PYTHONPATH": places}, check=True, stdout=subprocess.PIPE)
    cog.out(done.stdout.decode())


def _is_table(kind: object) -> bool:
    return isinstance(kind, type) and issubclass(kind, msgspec.Struct)


def _type_name(kind: object) -> str:
    if typing.get_origin(kind) is Literal:
        return " or ".join(repr(value) for value in typing.get_args(kind))
    if typing.get_origin(kind) is tuple:
        return f"list of {_type_name(typing.get_args(kind)[0])}"
    return getattr(kind, "__name__", str(kind))


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
