"""Reads a policy as kube-apiserver does: what it would ignore is reported, what it would refuse is refused.

The server first decodes strictly; if only unknown or duplicate fields stand in the way, it decodes again, ignores
them with a warning in its log, and runs. A misplaced field so makes a rule wider without anybody noticing.
"""

import dataclasses
from typing import Final

from dayseal.audit.policy.rules import LEVELS, NEWEST_MINOR, STAGES, Level, Policy, ResourceItem, Rule
from dayseal.audit.policy.validation import Problem, RawItem, RawPolicy, RawRule, problems_of
from dayseal.audit.policy.yaml_text import Items, Kind, Members, Node, Scalar, parse_text
from dayseal.errors import FormatError

_API_VERSION: Final = "audit.k8s.io/v1"
_POLICY_FIELDS: Final = ("apiVersion", "kind", "metadata", "omitManagedFields", "omitStages", "rules")
_RULE_FIELDS: Final = (
    "level",
    "namespaces",
    "nonResourceURLs",
    "omitManagedFields",
    "omitStages",
    "resources",
    "userGroups",
    "users",
    "verbs",
)
_ITEM_FIELDS: Final = ("group", "resourceNames", "resources")
_SHOWN_PROBLEMS: Final = 5


@dataclasses.dataclass(frozen=True, slots=True)
class Ignored:
    """Something in the file that the server does not read: an unknown or duplicate field, a second document."""

    path: str
    reason: str


@dataclasses.dataclass(frozen=True, slots=True)
class Reading:
    """What a policy file says; `policy` is None when the server would refuse it for the reasons in `problems`."""

    policy: Policy | None
    ignored: tuple[Ignored, ...]
    problems: tuple[Problem, ...]


def read_policy(data: bytes, *, subject: str, minor: int = NEWEST_MINOR) -> Reading:
    """Read an audit.k8s.io/v1 Policy in YAML or JSON, as kube-apiserver 1.`minor` would; at most 256 KiB.

    Spec: kubernetes/apiserver 24a394e5, pkg/audit/policy/reader.go and pkg/apis/audit/validation.

    Raises:
        FormatError: no YAML or JSON, another kind of document, or a field of another type than promised.
    """
    node, more = parse_text(data, subject=subject)
    decoder = _Decoder(subject)
    raw = decoder.policy(node)
    ignored = decoder.ignored + ([Ignored("document 2", "only the first document is read")] if more else [])
    problems = problems_of(raw, minor=minor)
    return Reading(None if problems else _policy(raw), tuple(ignored), problems)


def load_policy(data: bytes, *, subject: str, minor: int = NEWEST_MINOR) -> Policy:
    """Give the policy kube-apiserver 1.`minor` would run; what it would ignore is ignored.

    Raises:
        FormatError: it would not start with this file.
    """
    reading = read_policy(data, subject=subject, minor=minor)
    if reading.policy is None:
        shown = "; ".join(f"{problem.path}: {problem.message}" for problem in reading.problems[:_SHOWN_PROBLEMS])
        raise FormatError(
            f"{subject}: {len(reading.problems)} problems, a policy kube-apiserver accepts promised: {shown}",
            hint="dayseal policy lint lists all of them",
        )
    return reading.policy


class _Decoder:
    """Turns nodes into raw values and collects what it ignores."""

    def __init__(self, subject: str) -> None:
        self._subject = subject
        self.ignored: list[Ignored] = []

    def policy(self, node: Node) -> RawPolicy:
        found = self._fields(node, "", _POLICY_FIELDS)
        version, kind = self._text(found, "apiVersion", ""), self._text(found, "kind", "")
        if (version, kind) != (_API_VERSION, "Policy"):
            raise FormatError(
                f"{self._subject}: {version or 'no version'} {kind or 'no kind'}, {_API_VERSION} Policy promised",
                hint="v1alpha1 and v1beta1 are read no more since Kubernetes 1.24",
            )
        self._metadata(found)
        return RawPolicy(
            rules=tuple(self._rule(one, path) for path, one in self._items(found, "rules", "")),
            omit_stages=self._texts(found, "omitStages", ""),
            omit_managed_fields=self._boolean(found, "omitManagedFields", "") or False,
        )

    def _rule(self, node: Node, path: str) -> RawRule:
        found = self._fields(node, path, _RULE_FIELDS)
        return RawRule(
            level=self._text(found, "level", path),
            users=self._texts(found, "users", path),
            groups=self._texts(found, "userGroups", path),
            verbs=self._texts(found, "verbs", path),
            resources=tuple(self._item(one, at) for at, one in self._items(found, "resources", path)),
            namespaces=self._texts(found, "namespaces", path),
            urls=self._texts(found, "nonResourceURLs", path),
            omit_stages=self._texts(found, "omitStages", path),
            omit_managed_fields=self._boolean(found, "omitManagedFields", path),
        )

    def _item(self, node: Node, path: str) -> RawItem:
        found = self._fields(node, path, _ITEM_FIELDS)
        return RawItem(
            group=self._text(found, "group", path),
            resources=self._texts(found, "resources", path),
            names=self._texts(found, "resourceNames", path),
        )

    def _metadata(self, found: dict[str, Node]) -> None:
        if not isinstance(found.get("metadata", Members(())), Members) and not _is_null(found["metadata"]):
            raise self._wrong("metadata", found["metadata"], "an object")

    def _fields(self, node: Node, path: str, known: tuple[str, ...]) -> dict[str, Node]:
        """Give the fields the server reads; of equal names the last one."""
        if _is_null(node):
            return {}
        if not isinstance(node, Members):
            raise self._wrong(path or "document", node, "an object")
        found: dict[str, Node] = {}
        for name, value in node.pairs:
            at = f"{path}.{name}" if path else name
            if name not in known:
                self.ignored.append(Ignored(at, "unknown field"))
            elif name in found:
                self.ignored.append(Ignored(at, "duplicate field, the last one counts"))
            found[name] = value
        return found

    def _items(self, found: dict[str, Node], name: str, path: str) -> list[tuple[str, Node]]:
        node = found.get(name)
        at = f"{path}.{name}" if path else name
        if node is None or _is_null(node):
            return []
        if not isinstance(node, Items):
            raise self._wrong(at, node, "a list")
        return [(f"{at}[{index}]", one) for index, one in enumerate(node.nodes)]

    def _texts(self, found: dict[str, Node], name: str, path: str) -> tuple[str, ...]:
        return tuple(self._scalar(node, Kind.TEXT, at) for at, node in self._items(found, name, path))

    def _text(self, found: dict[str, Node], name: str, path: str) -> str:
        node = found.get(name)
        return "" if node is None else self._scalar(node, Kind.TEXT, f"{path}.{name}" if path else name)

    def _boolean(self, found: dict[str, Node], name: str, path: str) -> bool | None:
        node = found.get(name)
        if node is None or _is_null(node):
            return None
        return self._scalar(node, Kind.BOOLEAN, f"{path}.{name}" if path else name) == "true"

    def _scalar(self, node: Node, kind: Kind, path: str) -> str:
        if _is_null(node):  # Go leaves a text empty for it
            return ""
        if not isinstance(node, Scalar) or node.kind is not kind:
            raise self._wrong(path, node, "text" if kind is Kind.TEXT else "true or false")
        return node.text

    def _wrong(self, path: str, node: Node, promised: str) -> FormatError:
        is_ = f"{node.kind} {node.text!r}" if isinstance(node, Scalar) else type(node).__name__.lower()
        hint = "put it in quotes" if isinstance(node, Scalar) and promised == "text" else ""
        return FormatError(f"{self._subject}: {path} is {is_[:80]}, {promised} promised", hint=hint)


def _is_null(node: Node) -> bool:
    return isinstance(node, Scalar) and node.kind is Kind.NULL


def _policy(raw: RawPolicy) -> Policy:
    return Policy(
        rules=tuple(_rule(rule) for rule in raw.rules),
        omit_stages=frozenset(STAGES[stage] for stage in raw.omit_stages),
        omit_managed_fields=raw.omit_managed_fields,
    )


def _rule(raw: RawRule) -> Rule:
    level: Level = LEVELS[raw.level]
    return Rule(
        level=level,
        users=raw.users,
        groups=raw.groups,
        verbs=raw.verbs,
        resources=tuple(ResourceItem(item.group, item.resources, item.names) for item in raw.resources),
        namespaces=raw.namespaces,
        urls=raw.urls,
        omit_stages=frozenset(STAGES[stage] for stage in raw.omit_stages),
        omit_managed_fields=raw.omit_managed_fields,
    )
