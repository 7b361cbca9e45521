"""Keeps the Google Cloud of the tests honest: its answers against Google's own API descriptions and SDK types."""

import functools
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from google.cloud import (
    asset_v1,
    container_v1,
    kms_v1,
    monitoring_v3,
    resourcemanager_v3,
    securitycentermanagement_v1,
)
from google.cloud.logging_v2 import types as logging_types
from google.iam.v1.policy_pb2 import Policy
from google.protobuf import json_format

SPECS: Final = Path(__file__).resolve().parents[3] / "shared/specs/google"
_FILES: Final = ("cloudasset.v1", "cloudkms.v1", "cloudresourcemanager.v3", "container.v1",
                 "iamcredentials.v1", "logging.v2", "monitoring.v3", "storage.v1")  # fmt: skip
# By call: the SDK's type, and whether that leaves out fields of the description (LogSink.interceptChildren).
_TYPES: Final[dict[str, tuple[Any, bool]]] = {
    "cloudasset:searchAllResources": (asset_v1.SearchAllResourcesResponse, False),
    "cloudkms:cryptoKeyVersions.asymmetricSign": (kms_v1.AsymmetricSignResponse, False),
    "cloudkms:cryptoKeyVersions.getPublicKey": (kms_v1.PublicKey, False),
    "cloudkms:cryptoKeys.get": (kms_v1.CryptoKey, False),
    "cloudresourcemanager:folders.get": (resourcemanager_v3.Folder, False),
    "cloudresourcemanager:projects.get": (resourcemanager_v3.Project, False),
    "container:clusters.list": (container_v1.ListClustersResponse, False),
    "container:operations.list": (container_v1.ListOperationsResponse, False),
    "logging:buckets.get": (logging_types.LogBucket, False),
    "logging:buckets.list": (logging_types.ListBucketsResponse, False),
    "logging:settings.get": (logging_types.Settings, False),
    "logging:sinks.list": (logging_types.ListSinksResponse, True),
    "monitoring:alertPolicies.list": (monitoring_v3.ListAlertPoliciesResponse, False),
    "monitoring:timeSeries.list": (monitoring_v3.ListTimeSeriesResponse, False),
    "securitycentermanagement:securityCenterServices.list": (
        securitycentermanagement_v1.ListSecurityCenterServicesResponse, False,
    ),
}  # fmt: skip


def faults_of(call: str, verb: str, path: str, answer: dict[str, Any]) -> list[str]:
    """Give what is wrong with an answer, one line for each fault; without the descriptions only the SDK is asked."""
    found: list[str] = []
    try:
        _read_by_sdk(call, json.dumps(answer))
    except (ValueError, TypeError, KeyError, json_format.Error) as exc:
        found.append(f"{call}: the SDK cannot read the answer: {exc}")
    if not SPECS.is_dir() or call.startswith("securitycentermanagement:"):  # of which there is no description here
        return found
    schema = next((schema for name in _FILES for schema in _answer_of(name, verb, path)), None)
    if schema is None:
        return [*found, f"{call}: {verb} {path} is no method that Google describes"]
    document, reference = schema
    return found + [f"{call}: {fault}" for fault in _compare(document, reference, answer, "$")]


def _read_by_sdk(call: str, text: str) -> None:
    """Read an answer as Google's own types; what `google-cloud-storage` reads has none, and is read by its client."""
    if call.startswith("cloudresourcemanager:") and call.endswith(".getIamPolicy"):
        json_format.Parse(text, Policy())
    elif not call.startswith(("storage:", "iamcredentials:")):  # the latter is called by REST, without its SDK
        kind, partial = _TYPES[call]
        kind.from_json(text, ignore_unknown_fields=partial)


@functools.cache
def _load(name: str) -> Any:  # noqa: ANN401 - JSON
    return json.loads((SPECS / f"{name}.json").read_text())


def _answer_of(name: str, verb: str, path: str) -> Iterator[tuple[Any, Any]]:
    document = _load(name)
    for method, pattern in _methods(name):
        if method["httpMethod"] == verb and pattern.match(path):
            yield document, method["response"]


@functools.cache
def _methods(name: str) -> list[tuple[Any, re.Pattern[str]]]:
    document = _load(name)
    found = []
    for method in _walk(document):
        if "response" not in method:
            continue
        shape = re.escape(f"/{document.get('servicePath', '')}{method['path']}")
        for parameter, told in method.get("parameters", {}).items():
            inner = told.get("pattern", "^[^/]+$").removeprefix("^").removesuffix("$")
            for spelled in (f"{{+{parameter}}}", f"{{{parameter}}}"):
                shape = shape.replace(re.escape(spelled), inner)
        found.append((method, re.compile(f"{shape}$")))
    return found


def _walk(node: Any) -> Iterator[Any]:  # noqa: ANN401 - JSON
    yield from node.get("methods", {}).values()
    for inner in node.get("resources", {}).values():
        yield from _walk(inner)


def _compare(document: Any, schema: Any, value: Any, at: str) -> list[str]:  # noqa: ANN401 - JSON
    if "$ref" in schema:
        schema = document["schemas"][schema["$ref"]]
    match schema.get("type"):
        case "object":
            return _compare_object(document, schema, value, at)
        case "array":
            if not isinstance(value, list):
                return [f"{at}: no array"]
            return [
                fault
                for n, item in enumerate(value)
                for fault in _compare(document, schema["items"], item, f"{at}[{n}]")
            ]
        case "string":
            if not isinstance(value, str):
                return [f"{at}: no string (format {schema.get('format')})"]
            return [f"{at}: {value!r} is not in its enum"] if value not in schema.get("enum", [value]) else []
        case "integer":
            return [] if isinstance(value, int) and not isinstance(value, bool) else [f"{at}: no integer"]
        case "boolean":
            return [] if isinstance(value, bool) else [f"{at}: no boolean"]
    return []


def _compare_object(document: Any, schema: Any, value: Any, at: str) -> list[str]:  # noqa: ANN401 - JSON
    if not isinstance(value, dict):
        return [f"{at}: no object"]
    known, more = schema.get("properties", {}), schema.get("additionalProperties")
    found = []
    for key, inner in value.items():
        expected = known.get(key, more)
        if expected is None:
            found.append(f"{at}.{key}: not in the description")
        else:
            found += _compare(document, expected, inner, f"{at}.{key}")
    return found
