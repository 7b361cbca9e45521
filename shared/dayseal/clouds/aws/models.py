"""AWS's service models, cut down to the calls dayseal makes: whole they take 20 MB, and each client pays for them.

A call that the table of permissions does not name cannot be made by mistake: its client has no such method.
"""

import collections
import functools
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

import boto3
import botocore.session
from botocore.loaders import JSONFileLoader, Loader, create_loader

from dayseal.clouds.aws.permissions import PERMISSIONS

_ENDPOINTS: Final = "endpoints"
# Endpoints are listed under names of their own where a service changed its name.
_OLD_NAMES: Final = frozenset({"monitoring"})
_PARTS: Final = ("member", "key", "value")


def open_ordinary_session() -> boto3.Session:
    """Open a session with the ordinary credentials (environment, profile, instance) and lean service models."""
    session = botocore.session.Session()
    session.register_component("data_loader", _lean_loader(session.get_config_variable("data_path")))
    return boto3.Session(botocore_session=session)


@functools.cache
def _lean_loader(data_path: str | None) -> Loader:
    """Give this process's loader: what one session read from disk, the next one need not."""
    loader = create_loader(data_path)
    loader.file_loader = LeanFiles()
    return loader


class LeanFiles(JSONFileLoader):  # type: ignore[misc]  # botocore has no types
    """Reads botocore's data files, without the operations dayseal never calls; other services stay whole."""

    def load_file(self, file_path: str) -> Any:  # noqa: ANN401 - botocore's own data
        """Give the data of a file, None where there is none."""
        data = super().load_file(file_path)
        if not isinstance(data, dict):
            return data
        service = Path(file_path).parent.parent.name  # s3/2006-03-01/service-2
        if "operations" in data and "shapes" in data and service in _OPERATIONS:
            return cut_model(data, _OPERATIONS[service])
        if Path(file_path).name == _ENDPOINTS:
            return _cut_endpoints(data)
        return data


def cut_model(model: Mapping[str, Any], wanted: Iterable[str]) -> dict[str, Any]:
    """Give a service model with the wanted operations only, and every shape that they can answer or be asked with."""
    operations = {name: model["operations"][name] for name in wanted if name in model["operations"]}
    shapes: dict[str, Any] = {}
    ahead = [name for operation in operations.values() for name in _shapes_of_operation(operation)]
    while ahead:
        name = ahead.pop()
        if name not in shapes:
            shapes[name] = model["shapes"][name]
            ahead += _shapes_of_shape(shapes[name])
    return {**model, "operations": operations, "shapes": shapes}


def _cut_endpoints(data: dict[str, Any]) -> dict[str, Any]:
    kept = _OPERATIONS.keys() | _OLD_NAMES
    partitions = [
        {**partition, "services": {name: said for name, said in partition["services"].items() if name in kept}}
        for partition in data["partitions"]
    ]
    return {**data, "partitions": partitions}


def _shapes_of_operation(operation: Mapping[str, Any]) -> list[str]:
    ways = [operation[way] for way in ("input", "output") if way in operation]
    return [one["shape"] for one in (*ways, *operation.get("errors", ()))]


def _shapes_of_shape(shape: Mapping[str, Any]) -> list[str]:
    parts = [shape[part] for part in _PARTS if part in shape]
    return [one["shape"] for one in (*shape.get("members", {}).values(), *parts)]


def _operations() -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = collections.defaultdict(list)
    for permission in PERMISSIONS:
        service, _, operation = permission.call.partition(":")
        found[service].append(operation)
    return {service: tuple(sorted(set(names))) for service, names in found.items()}


_OPERATIONS: Final[Mapping[str, tuple[str, ...]]] = _operations()
