"""What the repository as a whole promises: no private places, fresh locks, vectors with a source."""

import ast
import itertools
import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import locks
from architecture.sources import ROOT, named, python_files, repository_files, tree_of

# Spelled in two parts, so that this file passes its own test.
_PRIVATE = tuple(
    "".join(parts)
    for parts in (
        ("/wo", "rk/"),
        ("/ro", "ot/"),
        ("/ho", "me/"),
        ("/tm", "p/v/"),
        ("/tm", "p/plan"),
        ("pypi", ".org"),
        ("python", "hosted.org"),
        ("registry.", "npmjs"),
    )
)
# Distributions whose import name is another.
_IMPORT_NAMES = {
    "aws-lambda-powertools": "aws_lambda_powertools",
    "azure-core": "azure",
    "azure-functions": "azure",
    "azure-identity": "azure",
    "azure-keyvault-keys": "azure",
    "azure-monitor-query": "azure",
    "azure-storage-blob": "azure",
    "functions-framework": "functions_framework",
    "google-api-core": "google",
    "google-auth": "google",
    "google-cloud-audit-log": "google",
    "google-cloud-logging": "google",
    "google-cloud-storage": "google",
    "google-crc32c": "google_crc32c",
    "grpc-google-iam-v1": "google",
    "grpcio": "grpc",
    "protobuf": "google",
    "pysimdjson": "simdjson",
    "pyyaml": "yaml",
    "zlib-ng": "zlib_ng",
}
_ADDRESS = re.compile(r"https?://|file:|--(?:extra-)?index-url|--find-links")


def test_no_file_names_a_private_place_or_a_registry() -> None:
    """A path of one machine or the address of one registry is false everywhere else."""
    pattern = re.compile("|".join(map(re.escape, _PRIVATE)).encode())
    assert [named(path) for path in repository_files() if pattern.search(path.read_bytes())] == []


def test_locks_record_no_addresses() -> None:
    """A lock pins bytes by hash; where they come from is the choice of whoever installs."""
    locked = [*(ROOT / "requirements").glob("*.txt"), *(ROOT / "tests").glob("*/package-lock.json")]
    found = [path.name for path in locked if _ADDRESS.search(path.read_text())]
    assert found == []


def test_every_locked_package_has_hashes() -> None:
    """A package without a hash is whatever the registry serves that day."""
    for path in (ROOT / "requirements").glob("*.txt"):
        blocks = re.split(r"\n(?=\S)", path.read_text())
        packages = [block for block in blocks if "==" in block]
        assert packages
        assert [block for block in packages if "--hash=sha256:" not in block] == []


def test_a_changed_dependency_makes_its_locks_stale(tmp_path: Path) -> None:
    """CI cannot resolve again without a network, so it must notice old inputs by itself."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    for name in locks.lock_sets(project):
        (tmp_path / f"{name}.txt").write_text(f"# inputs: sha256:{locks.inputs_digest(project, name)}\n")
    assert locks.stale_locks(project, tmp_path) == ()

    project["dependency-groups"]["dev"].append("one-more")
    assert locks.stale_locks(project, tmp_path) == ("dev",)
    project["project"]["dependencies"].append("one-more")
    assert locks.stale_locks(project, tmp_path) == tuple(sorted(locks.lock_sets(project)))
    (tmp_path / "forgotten.txt").touch()
    assert "forgotten" in locks.stale_locks(project, tmp_path)


def test_the_setup_script_can_be_read_by_a_python_that_is_too_old() -> None:
    """It has to say "needs Python 3.11" where a syntax error would say nothing."""
    ast.parse((ROOT / "tools" / "environment.py").read_text(), feature_version=(3, 6))


def test_the_product_imports_what_it_declares_and_declares_what_it_imports() -> None:
    """A package that is there only because a tool needs it is missing where only dayseal is installed."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = [*project["dependencies"], *itertools.chain(*project.get("optional-dependencies", {}).values())]
    names = {re.split(r"[^A-Za-z0-9_-]", line)[0] for line in wanted}
    declared = {_IMPORT_NAMES.get(name, name) for name in names}
    ours = {"dayseal"} | {path.stem for path in python_files("functions")}
    imported = {name: place for place, name in _imports() if name not in ours | sys.stdlib_module_names}
    assert sorted(f"{place} {name}" for name, place in imported.items() if name not in declared) == []
    assert sorted(declared - set(imported)) == []


def test_every_vector_folder_says_where_it_comes_from() -> None:
    """A vector without a source proves that the code agrees with itself."""
    folders = [path for path in (ROOT / "tests" / "vectors").glob("*") if path.is_dir()]
    assert [named(folder) for folder in folders if not (folder / "SOURCE.md").is_file()] == []


def _imports() -> Iterator[tuple[str, str]]:
    """Give every import of the product: where, and the top-level name."""
    for path in python_files("shared", "functions"):
        for node in ast.walk(tree_of(path)):
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and node.level == 0:
                names = [node.module or ""]
            else:
                continue
            yield from ((named(path, node.lineno), name.partition(".")[0]) for name in names)
