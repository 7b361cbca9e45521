"""Does a subscription filter's pattern let every audit record through?"""

import enum
import json
import re
from collections.abc import Sequence
from typing import Final

from dayseal.checks.filter_expression import Expression, evaluate, parse_expression
from dayseal.errors import FormatError

_TERM: Final = re.compile(r"\s*([?-]?)(?:\"([^\"\\]*)\"|([A-Za-z0-9_]+))(?=\s|\Z)")
# In every audit record of EKS, however short it was cut: its first bytes are `{"kind":"Event","apiVersion":...`.
_UNIVERSAL_TEXTS: Final = ("kind", "Event", "apiVersion", "audit.k8s.io/v1")
_UNIVERSAL_FIELDS: Final = {"$.kind": "Event", "$.apiVersion": "audit.k8s.io/v1"}


class Selection(enum.Enum):
    """What a pattern does to audit records."""

    EVERYTHING = "lets every record through"
    WHOLE = "lets every whole record through, but a record that the provider cut off is no JSON and may be dropped"
    DROPS = "drops audit records"
    UNDECIDED = "cannot be decided"


def _sample(verb: str, resource: str, user: str, level: str, stage: str = "ResponseComplete") -> bytes:
    event = {
        "kind": "Event",
        "apiVersion": "audit.k8s.io/v1",
        "level": level,
        "auditID": "00000000-0000-4000-8000-000000000000",
        "stage": stage,
        "requestURI": f"/api/v1/namespaces/default/{resource}",
        "verb": verb,
        "user": {"username": user, "groups": ["system:authenticated"]},
        "objectRef": {"resource": resource, "namespace": "default", "apiVersion": "v1"},
        "responseStatus": {"metadata": {}, "code": 200},
    }
    return json.dumps(event, separators=(",", ":")).encode()


# One of each sort a cluster writes: a filter that drops one of them drops audit records.
SAMPLES: Final = (
    _sample("get", "secrets", "kubernetes-admin", "Metadata"),
    _sample("create", "pods/exec", "arn:aws:iam::111122223333:role/ops", "Metadata", "ResponseStarted"),
    _sample("update", "leases", "system:node:ip-10-0-0-1.ec2.internal", "Request"),
    _sample("watch", "pods", "system:serviceaccount:kube-system:kube-proxy", "Metadata"),
    _sample("delete", "clusterrolebindings", "eks:addon-manager", "RequestResponse"),
    _sample("list", "configmaps", "system:anonymous", "Metadata"),
)


def judge_pattern(pattern: str, samples: Sequence[bytes] = SAMPLES) -> tuple[Selection, str]:
    """Say what the pattern does to audit records, and why; `samples` are records as the archive holds them.

    DROPS is shown on a sample. EVERYTHING and WHOLE are proven from what every audit record holds.
    """
    text = pattern.strip()
    if not text:
        return Selection.EVERYTHING, "the pattern is empty"
    if text.startswith("{"):
        try:
            return _judge_expression(parse_expression(text), samples)
        except FormatError as exc:
            return Selection.UNDECIDED, str(exc)
    terms = _terms(text)
    if terms is None:
        return Selection.UNDECIDED, "no pattern of plain terms"
    return _judge_terms(terms, samples)


def _judge_expression(expression: Expression, samples: Sequence[bytes]) -> tuple[Selection, str]:
    if evaluate(expression, _UNIVERSAL_FIELDS.get) is True:
        return Selection.WHOLE, "it holds for kind and apiVersion of every audit event"
    for sample in samples:
        fields = _fields(sample)
        if evaluate(expression, fields.get) is False:
            return Selection.DROPS, _describe(sample)
    return Selection.UNDECIDED, "it depends on fields that other records may have otherwise"


def _judge_terms(terms: Sequence[tuple[str, str]], samples: Sequence[bytes]) -> tuple[Selection, str]:
    required = [text for mark, text in terms if not mark]
    # Beside a required term CloudWatch Logs ignores the optional ones.
    optional = [text for mark, text in terms if mark == "?"] if not required else []
    excluded = [text for mark, text in terms if mark == "-"]
    for sample in samples:
        text = sample.decode(errors="replace")
        fits = all(t in text for t in required) and not any(t in text for t in excluded)
        if not fits or (optional and not any(t in text for t in optional)):
            return Selection.DROPS, _describe(sample)
    sure = all(map(_universal, required)) and (not optional or any(map(_universal, optional)))
    if sure and not excluded:
        return Selection.EVERYTHING, "every audit record holds these terms"
    return Selection.UNDECIDED, "it depends on texts that other records may not hold"


def _universal(text: str) -> bool:
    return any(text in known for known in _UNIVERSAL_TEXTS)


def _terms(text: str) -> list[tuple[str, str]] | None:
    terms: list[tuple[str, str]] = []
    position = 0
    while position < len(text):
        found = _TERM.match(text, position)
        if found is None:
            return None
        terms.append((found[1], found[2] if found[2] is not None else found[3]))
        position = found.end()
    return terms


def _fields(sample: bytes) -> dict[str, str]:
    """Give the text fields of a record by path; what is no text is left out, so it decides nothing."""
    try:
        pending = [("$", json.loads(sample))]
    except (ValueError, RecursionError):
        return {}
    fields: dict[str, str] = {}
    while pending:
        path, value = pending.pop()
        if isinstance(value, dict):
            pending += [(f"{path}.{key}", inner) for key, inner in value.items()]
        elif isinstance(value, str):
            fields[path] = value
    return fields


def _describe(sample: bytes) -> str:
    fields = _fields(sample)
    verb, resource = fields.get("$.verb", "?"), fields.get("$.objectRef.resource", "?")
    return f"a record of {verb} {resource} (level {fields.get('$.level', '?')}) does not pass"
