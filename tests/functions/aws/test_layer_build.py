import hashlib
import json
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

import layer
from support.aws_tools import run_tool
from support.stack_template import ROOT, source

LIMIT: Final = 17_000_000  # zipped, without Pydantic
UNZIPPED_LIMIT: Final = 250 * 1024 * 1024  # of Lambda: a function with its layers
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a copy of what a build needs: nobody edits it between two builds."""
    copy = tmp_path_factory.mktemp("tree")
    for name in ("functions", "requirements", "shared", "tools"):
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("samconfig.toml", "template.yaml"):
        shutil.copy(ROOT / name, copy)
    return copy


@pytest.fixture(scope="module")
def built(tree: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the folder into which `sam build` built the application."""
    return _build(tree, tmp_path_factory.mktemp("first"))


def _build(tree: Path, folder: Path) -> Path:
    options = ("--build-dir", str(folder / "build"), "--cache-dir", str(folder / "cache"))
    done = run_tool("sam", "sam", "build", *options, folder=tree, more={"PYTHON": sys.executable})
    assert done.returncode == 0, done.stdout + done.stderr
    return folder / "build"


def zip_of(folder: Path, into: Path) -> bytes:
    """Zip a folder as packaging does: by name, with the times and modes that the files have."""
    with zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED) as made:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                made.write(path, path.relative_to(folder))
    return into.read_bytes()


def test_sam_builds_every_function_and_layer_without_containers(built: Path) -> None:
    """On this machine, with what its Python can install."""
    kinds = {"AWS::Serverless::Function", "AWS::Serverless::LayerVersion"}
    wanted = {name for name, one in source()["Resources"].items() if one["Type"] in kinds}
    assert {path.name for path in built.iterdir() if path.is_dir()} == wanted
    for name in wanted:
        if name.endswith("Function"):
            assert (built / name / f"{name.removesuffix('Function').lower()}.py").is_file()


def test_two_builds_give_one_hash(tree: Path, built: Path, tmp_path: Path) -> None:
    """Whoever has the source can say whether the code that runs is that source."""
    again = _build(tree, tmp_path)
    for name in ("DaysealLayerArm64", "DaysealLayerX86", "LookupFunction", "SealFunction"):
        hashes = [hashlib.sha256(zip_of(one / name, tmp_path / "a.zip")).hexdigest() for one in (built, again)]
        assert hashes[0] == hashes[1], name


@pytest.mark.parametrize("name", ["DaysealLayerArm64", "DaysealLayerX86"])
def test_the_layer_is_small(built: Path, tmp_path: Path, name: str) -> None:
    """It is fetched and unpacked at each cold start."""
    size = len(zip_of(built / name, tmp_path / "layer.zip"))
    assert size < LIMIT, f"{name}: {size:,} bytes zipped"
    assert not list((built / name / "python").glob("pydantic*"))
    unzipped = sum(path.stat().st_size for one in (name, "LookupFunction") for path in _files(built / one))
    assert unzipped < UNZIPPED_LIMIT


def test_every_licence_is_still_there(built: Path) -> None:
    """What is left out of a package is code nobody runs, never the terms under which the rest is passed on."""
    for folder in (built / "DaysealLayerX86" / "python").glob("*.dist-info"):
        texts = [path for path in _files(folder) if "licen" in path.name.lower() or "license" in str(path).lower()]
        named = "License" in (folder / "METADATA").read_text()
        assert texts or named, folder.name


@pytest.mark.parametrize("name", ["discover", "check", "plan", "digest", "seal", "recorder", "pulse", "lookup"])
def test_a_handler_imports_from_what_was_built_and_nothing_else(built: Path, name: str) -> None:
    """In the Python that Lambda runs, isolated from everything that is installed here."""
    python = layer.find_python("3.13")
    if python is None:
        pytest.skip("there is no python3.13 here")
    places = [str(built / f"{name.title()}Function"), str(built / "DaysealLayerX86" / "python")]
    script = f"import sys, json; sys.path[:0] = {places!r}; import {name}; print(json.dumps(sorted(sys.modules)))"
    surroundings = {
        "AWS_REGION": "eu-central-1",
        "AWS_DEFAULT_REGION": "eu-central-1",
        "POWERTOOLS_TRACE_DISABLED": "1",
    }
    command = [python, "-I", "-S", "-B", "-W", "error", "-c", script]
    done = subprocess.run(command, env=surroundings, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    loaded = set(json.loads(done.stdout.splitlines()[-1]))
    assert {"dayseal", "boto3", "aws_lambda_powertools"} <= loaded
    assert {"typer", "rich", "google", "azure"} & loaded == set()


def test_bytecode_is_for_the_runtime_and_trusts_no_clock(built: Path) -> None:
    """Times are equal everywhere, so bytecode that compares them would be thrown away, or believed for too long."""
    if layer.find_python("3.13") is None:
        pytest.skip("there is no python3.13 here")
    found = list((built / "DaysealLayerArm64" / "python" / "dayseal").rglob("*.pyc"))
    assert found
    assert {path.name.split(".")[-2] for path in found} == {"cpython-313"}
    assert {int.from_bytes(path.read_bytes()[4:8], "little") for path in found} == {1}  # PEP 552: by hash, unchecked


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*") if path.is_file())


def test_the_built_template_names_what_was_built(built: Path) -> None:
    """`sam deploy` takes it from there."""
    text = (built / "template.yaml").read_text()
    assert "CodeUri: SealFunction" in text
    assert "ContentUri: DaysealLayerArm64" in text
    assert (ROOT / "samconfig.toml").is_file()
