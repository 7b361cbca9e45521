"""What the sources of two clouds' functions have in common: the library, a workspace's settings, equal zip files.

Of a workspace only `dayseal.toml` and the trust policy go along: no key, no ledger. Equal inputs give equal bytes.
"""

import pathlib
import re
import sys
import tomllib
import zipfile
from collections.abc import Iterable, Iterator
from typing import Final

ROOT: Final = pathlib.Path(__file__).resolve().parent.parent
# What no function imports.
LEFT_OUT: Final = ("cli", "demo", "testing")
_MOMENT: Final = (1980, 1, 1, 0, 0, 0)  # the earliest a zip file knows
_MODE: Final = 0o644 << 16
_POLICY: Final = "trust.policy"
_NOT_OURS: Final = re.compile(r"/(__pycache__|\.)")  # what tools leave behind

Files = Iterable[tuple[str, pathlib.Path]]


def library_files(*left_out: str) -> Iterator[tuple[str, pathlib.Path]]:
    """Give each file of the library, but what no function or not this cloud's imports: name there, where it lies."""
    library = ROOT / "shared" / "dayseal"
    for path in sorted(library.rglob("*")):
        name = path.relative_to(library).as_posix()
        without = any(name.startswith(f"{folder}/") for folder in (*LEFT_OUT, *left_out))
        if path.is_file() and not without and not _NOT_OURS.search(f"/{name}"):
            yield f"dayseal/{name}", path


def settings_files(workspace: pathlib.Path) -> Iterator[tuple[str, pathlib.Path]]:
    """Give a workspace's settings and trust policy."""
    settings = workspace / "dayseal.toml"
    yield "dayseal.toml", settings
    policy = tomllib.loads(settings.read_text()).get("ledger", {}).get("trust_policy", _POLICY)
    yield policy, workspace / policy


def write_source(files: Files, target: pathlib.Path) -> int:
    """Write the zip file; give how many files it holds."""
    target.parent.mkdir(parents=True, exist_ok=True)
    count = 0
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, path in files:
            info = zipfile.ZipInfo(name, _MOMENT)
            info.external_attr = _MODE
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, path.read_bytes())
            count += 1
    return count


def build(what: str, own: Files, left_out: tuple[str, ...], arguments: list[str]) -> int:
    """Build a cloud's source from its own files and what all have, or say how it is asked for; gives the exit code."""
    if len(arguments) != 2 or not (pathlib.Path(arguments[0]) / "dayseal.toml").is_file():  # noqa: PLR2004 - the two
        print(f"{what}: WORKSPACE with a dayseal.toml promised: make {what} WORKSPACE=w", file=sys.stderr)
        return 2
    files = (*own, *library_files(*left_out), *settings_files(pathlib.Path(arguments[0])))
    count = write_source(files, pathlib.Path(arguments[1]))
    print(f"{arguments[1]}: {count} files")
    return 0
