"""Files, functions and entry points stay small enough to read (STYLE section 1)."""

import ast
from collections.abc import Iterator

from architecture.sources import ROOT, named, python_files, tree_of

_MAX_FILE_LINES = 250
_MAX_BODY_LINES = 40
_MAX_ENTRY_POINT_LINES = 60

Function = ast.FunctionDef | ast.AsyncFunctionDef


def test_a_file_holds_one_idea() -> None:
    """A file that outgrows 250 lines holds two ideas: split it by idea."""
    sizes = {
        named(path): len(path.read_text().splitlines()) for path in python_files("shared", "tests", "tools", "bench")
    }
    assert {name: lines for name, lines in sizes.items() if lines > _MAX_FILE_LINES} == {}


def test_a_function_body_fits_a_screen() -> None:
    """Nobody can hold more than a screen of one function in mind; its docstring does not count."""
    sizes = {
        f"{named(path, function.lineno)} {function.name}": _body_lines(function)
        for path in python_files("shared", "tests", "tools", "bench", "functions")
        for function in _functions(tree_of(path))
    }
    assert {name: lines for name, lines in sizes.items() if lines > _MAX_BODY_LINES} == {}


def test_entry_points_only_wire() -> None:
    """An entry point turns an event into one call: no classes, no loops, no error handling of its own."""
    thinking = (ast.ClassDef, ast.For, ast.While, ast.Try, ast.ListComp, ast.DictComp, ast.SetComp, ast.GeneratorExp)
    offences = [
        named(path, getattr(node, "lineno", 1))
        for path in python_files("functions")
        for node in ast.walk(tree_of(path))
        if isinstance(node, thinking)
    ]
    long = [
        named(path) for path in python_files("functions") if len(path.read_text().splitlines()) > _MAX_ENTRY_POINT_LINES
    ]
    assert (offences, long) == ([], [])


def test_no_file_is_a_drawer_for_odds_and_ends() -> None:
    """A file called utils grows without end, because anything fits its name."""
    drawers = {"common.py", "helpers.py", "misc.py", "util.py", "utils.py"}
    assert [named(path) for path in python_files("shared", "tests", "tools") if path.name in drawers] == []


def test_test_files_have_unique_names() -> None:
    """Failures are reported by file name, and two of one name are read as one."""
    names = [path.name for path in python_files("tests") if path.name.startswith("test_")]
    assert sorted({name for name in names if names.count(name) > 1}) == []


def test_the_tests_see_the_product() -> None:
    """An empty list of files would satisfy every other test here."""
    assert ROOT / "shared" / "dayseal" / "errors.py" in python_files("shared")


def _functions(tree: ast.Module) -> Iterator[Function]:
    return (node for node in ast.walk(tree) if isinstance(node, Function))


def _body_lines(function: Function) -> int:
    body = function.body[1:] if ast.get_docstring(function) is not None else function.body
    return 0 if not body else (body[-1].end_lineno or 0) - body[0].lineno + 1
