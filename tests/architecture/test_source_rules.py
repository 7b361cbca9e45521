"""Rules of STYLE.md that no linter here knows, or that a `noqa` must not lift."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from architecture.sources import named, python_files, tree_of

_EVERYWHERE = ("shared", "functions", "tests", "tools", "bench")
_MUTABLE_CALLS = frozenset({"list", "dict", "set", "bytearray", "defaultdict", "deque", "Counter", "OrderedDict"})
_CONSTANT = re.compile(r"_{0,2}[A-Z][A-Z0-9_]*\Z|__all__\Z")
_SILENCED = re.compile(r"#\s*(?:noqa|type:\s*ignore)\b(?P<rest>[^#]*)(?P<more>#.*)?")
_REASON = re.compile(r"\s-\s\S+|#\s*\w+")


def test_no_import_is_hidden_from_the_running_program() -> None:
    """A circle hidden under TYPE_CHECKING is still a circle, and tools then see another program than runs."""
    assert list(_places(lambda node: isinstance(node, ast.Name) and node.id == "TYPE_CHECKING")) == []
    assert list(_places(lambda node: isinstance(node, ast.Attribute) and node.attr == "TYPE_CHECKING")) == []


def test_nothing_catches_every_exception() -> None:
    """A bug caught by accident looks like an answer, and an outage like a clean archive."""
    assert list(_places(_catches_everything)) == []


def test_no_assert_in_the_product() -> None:
    """`python -O` removes asserts, and with them the verification."""
    assert list(_places(lambda node: isinstance(node, ast.Assert), "shared", "functions")) == []


def test_no_verifier_answers_yes_or_no() -> None:
    """A caller can forget to look at a bool; it cannot forget an exception."""
    assert list(_places(_verifies_to_a_bool, "shared")) == []


def test_no_module_holds_state() -> None:
    """State of a module outlives a test and is shared by what should not know each other; constants are fine."""
    offenders = [
        named(path, statement.lineno)
        for path in python_files("shared", "functions")
        for statement in tree_of(path).body
        if _is_mutable_variable(statement)
    ]
    offenders += _places(lambda node: isinstance(node, ast.Global), "shared", "functions")
    assert offenders == []


def test_everything_public_says_what_it_promises() -> None:
    """A name without an underscore is a promise to somebody; nothing to promise means it is private."""
    silent = [
        f"{named(path, node.lineno)} {node.name}"
        for path in python_files("shared")
        for node in _public_definitions(tree_of(path))
        if ast.get_docstring(node) is None
    ]
    assert silent == []


def test_every_silenced_finding_has_a_reason() -> None:
    """The next reader must be able to judge whether the reason still holds."""
    offenders = [
        named(path, number)
        for path in python_files(*_EVERYWHERE)
        for number, line in enumerate(path.read_text().splitlines(), start=1)
        if _silences_without_reason(line)
    ]
    assert offenders == []


@pytest.mark.parametrize(
    ("line", "refused"),
    [
        ("x = f()  # no" + "qa: S101", True),
        ("x = f()  # type: " + "ignore[arg-type]", True),
        ("x = f()  # no" + "qa: S101 - the claim is the size", False),
        ("x = f()  # type: " + "ignore[arg-type]  # the wrong type is the claim", False),
    ],
)
def test_a_reason_is_told_from_a_rule_name(line: str, refused: bool) -> None:  # noqa: FBT001 - a table's column
    """The rule above is only as good as what it takes for a reason."""
    assert _silences_without_reason(line) is refused


def test_a_banned_call_has_a_home_and_no_exceptions() -> None:
    """The homes of the clock, the environment and base64 are listed in pyproject.toml, where all can see them."""
    lifted = re.compile("no" + r"qa:.*TID25")
    assert [named(path) for path in python_files(*_EVERYWHERE) if lifted.search(path.read_text())] == []


def test_every_skip_has_a_reason() -> None:
    """A test that did not run proves nothing, and the report must say why."""
    assert list(_places(_skips_silently, "tests")) == []


def _places(wanted: object, *folders: str) -> Iterator[str]:
    assert callable(wanted)
    for path in python_files(*(folders or _EVERYWHERE)):
        if path != Path(__file__).resolve():
            yield from (named(path, getattr(node, "lineno", 1)) for node in ast.walk(tree_of(path)) if wanted(node))


def _catches_everything(node: ast.AST) -> bool:
    if not isinstance(node, ast.ExceptHandler):
        return False
    kinds = node.type.elts if isinstance(node.type, ast.Tuple) else [node.type]
    return any(kind is None or (isinstance(kind, ast.Name) and kind.id == "Exception") for kind in kinds)


def _verifies_to_a_bool(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.FunctionDef)
        and node.name.lstrip("_").startswith(("verify", "open_"))
        and isinstance(node.returns, ast.Name)
        and node.returns.id == "bool"
    )


def _is_mutable_variable(statement: ast.stmt) -> bool:
    if isinstance(statement, ast.Assign):
        targets, value = statement.targets, statement.value
    elif isinstance(statement, ast.AnnAssign) and statement.value is not None:
        targets, value = [statement.target], statement.value
    else:
        return False
    called = value.func if isinstance(value, ast.Call) else None
    mutable = isinstance(value, ast.List | ast.Dict | ast.Set | ast.ListComp | ast.DictComp | ast.SetComp) or (
        isinstance(called, ast.Name | ast.Attribute)
        and (called.id if isinstance(called, ast.Name) else called.attr) in _MUTABLE_CALLS
    )
    return mutable and not all(isinstance(name, ast.Name) and _CONSTANT.match(name.id) for name in targets)


def _public_definitions(tree: ast.Module) -> Iterator[ast.FunctionDef | ast.ClassDef]:
    pending: list[ast.AST] = [tree]
    while pending:
        for node in ast.iter_child_nodes(pending.pop()):
            if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
                yield node
                if isinstance(node, ast.ClassDef):
                    pending.append(node)


def _silences_without_reason(line: str) -> bool:
    found = _SILENCED.search(line)
    return found is not None and not _REASON.search(f"{found['rest']}{found['more'] or ''}")


def _skips_silently(node: ast.AST) -> bool:
    if isinstance(node, ast.Call):
        name = ast.unparse(node.func)
        if name in {"pytest.mark.skipif", "pytest.mark.xfail"}:
            return not any(keyword.arg == "reason" for keyword in node.keywords)
        return name in {"pytest.mark.skip", "pytest.skip", "pytest.xfail"} and not (node.args or node.keywords)
    return isinstance(node, ast.FunctionDef | ast.ClassDef) and any(
        ast.unparse(mark) in {"pytest.mark.skip", "pytest.mark.xfail"} for mark in node.decorator_list
    )
