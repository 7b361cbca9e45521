"""Build the source of Google Cloud's functions: what `infra/gcp` deploys as `source_zip`.

    python tools/gcp_source.py WORKSPACE build/functions-gcp.zip

Of the workspace only `dayseal.toml` and the trust policy go along: no key, no ledger. Equal inputs give equal bytes.
"""

import pathlib
import re
import sys
import tomllib
import zipfile
from collections.abc import Iterator
from typing import Final

ROOT: Final = pathlib.Path(__file__).resolve().parent.parent
# What no function of this cloud imports.
LEFT_OUT: Final = ("cli", "demo", "testing", "clouds/azure")
_MOMENT: Final = (1980, 1, 1, 0, 0, 0)  # the earliest a zip file knows
_MODE: Final = 0o644 << 16
_POLICY: Final = "trust.policy"
_NOT_OURS: Final = re.compile(r"/(__pycache__|\.)")  # what tools leave behind


def source_files(workspace: pathlib.Path) -> Iterator[tuple[str, pathlib.Path]]:
    """Give each file of the source: its name there, and where it lies."""
    yield "main.py", ROOT / "functions" / "gcp" / "main.py"
    yield "requirements.txt", ROOT / "requirements" / "functions-gcp.txt"
    library = ROOT / "shared" / "dayseal"
    for path in sorted(library.rglob("*")):
        name = path.relative_to(library).as_posix()
        left_out = any(name.startswith(f"{folder}/") for folder in LEFT_OUT) or _NOT_OURS.search(f"/{name}")
        if path.is_file() and not left_out:
            yield f"dayseal/{name}", path
    settings = workspace / "dayseal.toml"
    yield "dayseal.toml", settings
    policy = tomllib.loads(settings.read_text()).get("ledger", {}).get("trust_policy", _POLICY)
    yield policy, workspace / policy


def write_source(workspace: pathlib.Path, target: pathlib.Path) -> int:
    """Write the zip file; give how many files it holds."""
    target.parent.mkdir(parents=True, exist_ok=True)
    count = 0
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, path in source_files(workspace):
            info = zipfile.ZipInfo(name, _MOMENT)
            info.external_attr = _MODE
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, path.read_bytes())
            count += 1
    return count


def main(arguments: list[str]) -> int:
    """Build the source, or say how it is asked for."""
    if len(arguments) != 2 or not (pathlib.Path(arguments[0]) / "dayseal.toml").is_file():  # noqa: PLR2004 - the two
        print("functions-gcp: WORKSPACE with a dayseal.toml promised: make functions-gcp WORKSPACE=w", file=sys.stderr)
        return 2
    count = write_source(pathlib.Path(arguments[0]), pathlib.Path(arguments[1]))
    print(f"{arguments[1]}: {count} files")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
