import ast
import gzip
import json
import re
import tomllib
from pathlib import Path
from typing import Any, Final

import grimp
import pytest
from botocore.model import ServiceModel

import layer
from support.stack_template import ROOT

GROUPS: Final[dict[str, Any]] = tomllib.loads((ROOT / "pyproject.toml").read_text())
# Distributions whose import name is another.
NAMES: Final = {"aws-lambda-powertools": "aws_lambda_powertools", "pyyaml": "yaml", "zlib-ng": "zlib_ng"}
# Imported where the settings name another cloud, and only there: `needing` turns their absence into a clear error.
_AZURE: Final = ("asked_azure", "azure", "azure_access", "blobs", "doctor_azure")
_GOOGLE: Final = ("asked_gcp", "doctor_gcp", "gcp", "gcs")
OTHER_CLOUDS: Final = tuple(f"dayseal.wiring.{name}" for name in (*_AZURE, *_GOOGLE))
IDENTITIES: Final = ("azure", "gcp")


def handlers() -> list[Path]:
    """Give the modules of the functions."""
    return sorted((ROOT / "functions" / "aws").glob("*.py"))


def imports_of(path: Path) -> set[str]:
    """Give every module that a file names in an import, wherever in the file."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found |= {f"{node.module}.{alias.name}" for alias in node.names} | {str(node.module)}
    return found


def reached() -> set[str]:
    """Give every module that some function imports in the end, packages of others by their top-level name."""
    graph = grimp.build_graph("dayseal", include_external_packages=True)
    for module in OTHER_CLOUDS:
        graph.remove_module(module)
    for cloud in IDENTITIES:  # likewise
        graph.remove_import(importer="dayseal.wiring.identity", imported=f"dayseal.clouds.{cloud}.identity")
    named = {name for path in handlers() for name in imports_of(path)}
    ours = {name for name in named if name in graph.modules and name.startswith("dayseal")}
    found = _with_packages(graph, ours)
    return found | {n.split(".")[0] for n in named}


def _with_packages(graph: grimp.ImportGraph, modules: set[str]) -> set[str]:
    """Give modules, all that they import, and the packages around each, which Python imports with it."""
    found, more = set[str](), modules
    while more:
        found |= more | {up for name in more for up in graph.find_upstream_modules(name)}
        around = {name.rpartition(".")[0] for name in found if name.startswith("dayseal.")}
        more = around - found
    return found


def test_the_layer_leaves_out_only_what_no_function_imports() -> None:
    """A function that cannot import fails in the cloud, and only there."""
    left_out = tuple(name.replace("/", ".") for name in layer.UNUSED if name.startswith("dayseal/"))
    assert left_out
    assert sorted(name for name in reached() if name.startswith(left_out)) == []
    patterns = [pattern for pattern in layer.UNUSED_FILES if pattern.startswith("dayseal/")]
    files = [path.relative_to(ROOT / "shared") for one in patterns for path in (ROOT / "shared").glob(one)]
    assert len(files) >= len(patterns)
    assert reached() & {".".join(path.with_suffix("").parts) for path in files} == set()


def test_the_layer_has_the_packages_that_functions_import_and_no_others() -> None:
    """Each package costs every cold start; each missing one costs the day."""
    group = {re.split(r"[^A-Za-z0-9_-]", one)[0].lower() for one in GROUPS["dependency-groups"]["layer"]}
    declared = GROUPS["project"]["dependencies"] + GROUPS["project"]["optional-dependencies"]["aws"]
    ours = {re.split(r"[^A-Za-z0-9_-]", one)[0].lower() for one in declared} | set(NAMES)
    assert group <= ours
    imported = reached()
    assert {name for name in ours if NAMES.get(name, name) in imported} == group


def test_the_layer_is_resolved_as_the_library_is() -> None:
    """A function and a laptop run the same code."""
    pinned = [
        dict(re.findall(r"(?m)^([\w.-]+)(?:\[\w+\])?==([^ ;]+)", _lock(name))) for name in ("layer", "base", "aws")
    ]
    for other in pinned[1:]:
        assert {name: version for name, version in pinned[0].items() if other.get(name, version) != version} == {}
    assert pinned[0]


def test_the_locks_for_lambda_have_no_markers() -> None:
    """Markers: pip judges them by the Python it runs under, not by the one it unpacks for."""
    pins = [line for name in ("layer", "lookup") for line in _lock(name).splitlines() if "==" in line]
    assert [line for line in pins if ";" in line] == []


def test_the_services_that_botocore_keeps_are_those_the_code_asks_for() -> None:
    """An unknown service fails when its client is made, and a spare one is weight."""
    folder = ROOT / "shared" / "dayseal" / "clouds" / "aws"
    text = "\n".join(path.read_text() for path in sorted(folder.glob("*.py")))
    asked = {word for word in re.findall(r'"([a-z0-9-]+)[":]', text) if word in layer.SERVICES | {"sqs", "dynamodb"}}
    asked |= {"ssm"} if "utilities.parameters" in text else set()
    assert asked == set(layer.SERVICES) - {"xray"}


def test_a_models_prose_goes_and_its_members_stay(tmp_path: Path) -> None:
    """A member of a shape may be called documentation, and then is no prose."""
    model = {
        "documentation": "prose",
        "shapes": {"A": {"members": {"documentation": {"shape": "B"}}, "documentation": "prose", "required": ["x"]}},
    }
    service = tmp_path / "botocore" / "data" / "s3" / "2006-03-01"
    service.mkdir(parents=True)
    (service / "service-2.json.gz").write_bytes(gzip.compress(json.dumps(model).encode()))
    (service / "examples-1.json").write_text("{}")
    (tmp_path / "botocore" / "data" / "sqs").mkdir()
    layer.trim(tmp_path)
    assert sorted(path.name for path in service.iterdir()) == ["service-2.json"]
    kept = json.loads((service / "service-2.json").read_text())
    assert kept == {"shapes": {"A": {"members": {"documentation": {"shape": "B"}}, "required": ["x"]}}}
    assert not (tmp_path / "botocore" / "data" / "sqs").exists()


def test_a_trimmed_model_still_makes_clients_that_ask(tmp_path: Path) -> None:
    """Botocore reads some prose after all, when the first request is made and not before."""
    model = {"shapes": {}, "clientContextParams": {"Accelerate": {"documentation": "prose", "type": "boolean"}}}
    service = tmp_path / "botocore" / "data" / "s3" / "2006-03-01"
    service.mkdir(parents=True)
    (service / "service-2.json").write_text(json.dumps(model))
    layer.trim(tmp_path)
    kept = json.loads((service / "service-2.json").read_text())
    assert list(ServiceModel(kept, "s3").client_context_parameters) != []


def test_endpoints_are_kept_of_the_services_that_functions_talk_to(tmp_path: Path) -> None:
    """The list of all others is a tenth of botocore, and every client reads it."""
    data = tmp_path / "botocore" / "data"
    data.mkdir(parents=True)
    services: dict[str, Any] = {"monitoring": {}, "s3": {}, "sqs": {}}
    (data / "endpoints.json").write_text(json.dumps({"partitions": [{"partition": "aws", "services": services}]}))
    layer.trim(tmp_path)
    (partition,) = json.loads((data / "endpoints.json").read_text())["partitions"]
    assert set(partition["services"]) == {"monitoring", "s3"}


def test_without_the_runtimes_python_the_layer_goes_without_bytecode(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """It runs all the same; and whoever builds is told."""
    layer.compile_all(tmp_path, "2.99")
    assert "no python2.99 here: no bytecode" in capsys.readouterr().err


def _lock(name: str) -> str:
    return (ROOT / "requirements" / f"{name}.txt").read_text()
