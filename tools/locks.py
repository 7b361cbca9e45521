"""Write the locked requirement files, and notice when they are older than pyproject.toml.

    python tools/locks.py write            resolve again, through the registry (make lock)
    python tools/locks.py write layer sam  only these sets
    python tools/locks.py check            compare the recorded inputs, without any network (make check)

One file per set: base (what dayseal needs), one per extra, one per dependency group. Every set is resolved
under the versions of base, so that a function and a laptop run the same code; tools with an environment of their
own are not. The first line of each file records the digest of the tables it was resolved from.
"""

import hashlib
import json
import pathlib
import subprocess
import sys
import tomllib
from typing import Any, Final

ROOT: Final = pathlib.Path(__file__).resolve().parent.parent
FOLDER: Final = ROOT / "requirements"
BASE: Final = "base"
LAMBDA: Final = ("lookup", "layer")  # groups that are only ever unpacked for Lambda
# Extras that are installed by themselves where functions run, and which extras they bring along.
DEPLOYED: Final = {"functions-azure": ("aws", "azure"), "functions-gcp": ("aws", "gcp")}
APART: Final = ("azure-worker", "checkov", "lambda", "sam")  # groups with an environment of their own

_INPUTS: Final = "# inputs: sha256:"
_UV: Final = ("uv", "pip", "compile", "--generate-hashes", "--no-header", "--quiet")
_UNDER_BASE: Final = ("--constraint", "requirements/base.txt")
# pip judges markers by the Python it runs under, not by the one it unpacks for, so these locks have none. Both
# architectures have one lock: a hash of each wheel stands there, and no version depends on the architecture.
_FOR_LAMBDA: Final = ("--python-version", "3.13", "--python-platform", "x86_64-manylinux_2_28")


def lock_sets(project: dict[str, Any]) -> dict[str, tuple[str, ...]]:
    """Give each set's name and the options that select and resolve it, base first."""
    everywhere = ("--universal", "--python-version", project["project"]["requires-python"].removeprefix(">="))
    ours = ("pyproject.toml", *everywhere)
    sets: dict[str, tuple[str, ...]] = {BASE: ours}
    extras = project["project"].get("optional-dependencies", {})
    for name in sorted(extras, key=lambda name: (name in DEPLOYED, name)):  # those that build on others come last
        sets[name] = (*ours, "--extra", name, *_UNDER_BASE)
        if name in DEPLOYED:
            more = (part for extra in (name, *DEPLOYED[name]) for part in ("--extra", extra))
            constraints = (part for extra in DEPLOYED[name] for part in ("--constraint", f"requirements/{extra}.txt"))
            sets[name] = ("pyproject.toml", *more, *_FOR_LAMBDA, *_UNDER_BASE, *constraints)
    for name in sorted(project.get("dependency-groups", {})):
        group = ("--group", name)
        if name in LAMBDA:
            sets[name] = (*group, *_FOR_LAMBDA, *_UNDER_BASE, "--constraint", "requirements/aws.txt")
        elif name in APART:
            sets[name] = (*group, *everywhere)
        else:
            sets[name] = (*ours, *group, *_UNDER_BASE)
    return sets


def inputs_digest(project: dict[str, Any], name: str) -> str:
    """Give the hex digest of what the set `name` is resolved from."""
    tables = project["project"]
    extras = tables.get("optional-dependencies", {})
    inputs = {
        "python": tables["requires-python"],
        "base": sorted(tables["dependencies"]),
        "more": sorted(
            [line for extra in (name, *DEPLOYED.get(name, ())) for line in extras.get(extra, [])]
            + project.get("dependency-groups", {}).get(name, [])
        ),
    }
    return hashlib.sha256(json.dumps(inputs, sort_keys=True).encode()).hexdigest()


def stale_locks(project: dict[str, Any], folder: pathlib.Path) -> tuple[str, ...]:
    """Name every lock that is missing, left over, or was resolved from other inputs."""
    sets = lock_sets(project)
    left_over = {path.stem for path in folder.glob("*.txt")} - set(sets)
    return tuple(
        sorted(left_over | {name for name in sets if _recorded(folder / f"{name}.txt") != inputs_digest(project, name)})
    )


def _recorded(path: pathlib.Path) -> str:
    if not path.exists():
        return ""
    first = path.read_text().partition("\n")[0]
    return first.removeprefix(_INPUTS) if first.startswith(_INPUTS) else ""


def _write(project: dict[str, Any], only: list[str]) -> None:
    for name, options in lock_sets(project).items():
        if only and name not in only:
            continue
        command = [sys.executable, "-m", *_UV, *options]
        found = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout
        (FOLDER / f"{name}.txt").write_text(f"{_INPUTS}{inputs_digest(project, name)}\n{found}")
        print(f"requirements/{name}.txt: {found.count('==')} packages")


def main(arguments: list[str]) -> int:
    """Write the locks, or name the stale ones and give 1."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    if arguments[:1] == ["write"]:
        _write(project, arguments[1:])
        return 0
    stale = stale_locks(project, FOLDER)
    for name in stale:
        print(f"requirements/{name}.txt: not resolved from today's pyproject.toml, run make lock", file=sys.stderr)
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
