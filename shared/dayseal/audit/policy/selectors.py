"""The object name a list or watch asks for through its query, as kube-apiserver reads it.

Spec: kubernetes/apiserver 24a394e5, pkg/endpoints/request/requestinfo.go, and pkg/fields/selector.go of apimachinery.
"""

import re
from typing import Final
from urllib.parse import unquote_plus

_OPERATORS: Final = ("!=", "==", "=")
_INTEGER: Final = re.compile(r"[-+]?[0-9]{1,19}\Z", re.ASCII)
_BROKEN_ESCAPE: Final = re.compile(r"%(?![0-9a-fA-F]{2})")
_SIMPLE: Final = re.compile(r"metadata\.name==?([A-Za-z0-9.:_-]*)\Z", re.ASCII)  # what nearly all look like
_TERM: Final = re.compile(r"(?:\\.|[^,\\]|\\\Z)+", re.DOTALL)
_ESCAPE: Final = re.compile(r"\\([\\,=])")
_ESCAPED: Final = re.compile(r"(?:[^\\,=]|\\[\\,=])*\Z")
_READ: Final = frozenset({"fieldSelector", "limit", "timeoutSeconds"})
_FIELD: Final = "metadata.name"


def selected_name(query: str) -> str:
    """Give the name that `fieldSelector=metadata.name=NAME` requires, else an empty text.

    A query the server cannot read as list options selects nothing, and neither does a name that is no path segment.
    Label selectors are taken for valid: with a broken one the request fails anyway.
    """
    if "fieldSelector" not in query:
        return ""
    options = _first_values(query)
    if not _INTEGER.match(options.get("limit", "0")) or not _INTEGER.match(options.get("timeoutSeconds", "0")):
        return ""
    name = _required_name(options.get("fieldSelector", ""))
    return "" if name in (".", "..") or "/" in name or "%" in name else name


def _first_values(query: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for pair in query.split("&"):
        if ";" in pair or ("%" in pair and _BROKEN_ESCAPE.search(pair)):  # Go drops such a pair
            continue
        name, _, value = pair.partition("=")
        name = _unquote(name)
        if name in _READ:
            found.setdefault(name, _unquote(value))
    return found


def _unquote(text: str) -> str:
    return unquote_plus(text) if "%" in text or "+" in text else text


def _required_name(selector: str) -> str:
    """Give the value of the first term `metadata.name=`; nothing when any term is malformed."""
    simple = _SIMPLE.match(selector)
    if simple is not None:
        return simple[1]
    required = ""
    for term in _terms(selector):
        at, operator = _operator(term)
        value = _unescape(term[at + len(operator) :])
        if not operator or value is None:
            return ""
        if term[:at] == _FIELD and operator != "!=" and not required:
            required = value
    return required


def _terms(selector: str) -> list[str]:
    """Split at commas that no backslash escapes; empty terms mean nothing and are left out."""
    return _TERM.findall(selector)


def _operator(term: str) -> tuple[int, str]:
    for at in range(len(term)):
        for operator in _OPERATORS:
            if term.startswith(operator, at):
                return at, operator
    return len(term), ""


def _unescape(value: str) -> str | None:
    """Undo the three escapes there are; None for any other and for a bare `=`."""
    return _ESCAPE.sub(r"\1", value) if _ESCAPED.match(value) else None
