"""What a kube-apiserver is started with, by its static pod manifest: the audit flags and the volumes behind them.

Flags: kube-apiserver's own reference page. Which words of a container are its flags: pod spec, `command` and `args`.
"""

import dataclasses
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePosixPath
from typing import Final

from dayseal.audit.policy.yaml_text import Items, Members, Node, Scalar, parse_text
from dayseal.errors import FormatError

_PROGRAM: Final = "kube-apiserver"
_PREFIX: Final = "audit-"
_SWITCHES: Final = re.compile(r"audit-(?:log-compress|(?:log|webhook)-(?:truncate-enabled|batch-throttle-enable))\Z")
_TRUE: Final = frozenset({"1", "t", "T", "true", "TRUE", "True"})
_FALSE: Final = frozenset({"0", "f", "F", "false", "FALSE", "False"})
_NUMBER: Final = re.compile(r"[0-9]{1,12}\Z", re.ASCII)
_REFERENCE: Final = re.compile(r"\$(\$|\(([A-Za-z_][A-Za-z0-9_.-]*)\))", re.ASCII)
_MINOR: Final = re.compile(r":v?1\.([0-9]{1,3})(?:[.+-][^/]*)?(?:@[^/]*)?\Z", re.ASCII)


@dataclasses.dataclass(frozen=True, slots=True)
class Mount:
    """A volume as the container sees it: path `at`; `host` is the node's path, None if it ends with the pod."""

    at: PurePosixPath
    host: PurePosixPath | None
    read_only: bool


@dataclasses.dataclass(frozen=True, slots=True)
class ApiServer:
    """One kube-apiserver: audit flags by name (without `--`), its mounts, and the minor of its image's tag."""

    flags: Mapping[str, str]
    mounts: tuple[Mount, ...]
    minor: int | None

    def text(self, name: str, default: str = "") -> str:
        """Give a flag's text."""
        return self.flags.get(name, default)

    def number(self, name: str) -> int | None:
        """Give a flag that counts something, None where it is not set.

        Raises:
            FormatError: no number from 0 on; the server would not start.
        """
        text = self.flags.get(name)
        if text is None:
            return None
        if not _NUMBER.match(text):
            raise FormatError(f"--{name}: {text!r}, a whole number promised")
        return int(text)

    def switch(self, name: str) -> bool:
        """Say whether a flag is on; off where it is not set.

        Raises:
            FormatError: neither true nor false; the server would not start.
        """
        text = self.flags.get(name, "false")
        if text not in _TRUE | _FALSE:
            raise FormatError(f"--{name}: {text!r}, true or false promised")
        return text in _TRUE

    def mount_of(self, path: str) -> Mount | None:
        """Give the innermost mount that holds a path of the container, None: the path ends with the container."""
        whole = PurePosixPath(path)
        holding = [mount for mount in self.mounts if whole.is_relative_to(mount.at)]
        return max(holding, key=lambda mount: len(mount.at.parts), default=None)


def parse_manifest(data: bytes, *, subject: str) -> ApiServer:
    """Read the manifest of a pod that runs kube-apiserver, YAML or JSON, at most 256 KiB.

    Of a flag that is given twice the last one counts, as the server has it; `$(NAME)` is replaced as the kubelet does.

    Raises:
        FormatError: no such text, no pod, no kube-apiserver in it, or one whose flags cannot be told.
    """
    node, more = parse_text(data, subject=subject)
    kind = _text(_member(node, "kind"))
    if more or kind != "Pod":
        what = "several documents" if more else f"kind {kind or 'missing'}"
        raise FormatError(
            f"{subject}: {what}, one Pod promised", hint="usually /etc/kubernetes/manifests/kube-apiserver.yaml"
        )
    spec = _member(node, "spec")
    container, words = _find_server(_items(_member(spec, "containers")), subject)
    environment = {_text(_member(one, "name")): _member(one, "value") for one in _items(_member(container, "env"))}
    known = {name: _text(value) for name, value in environment.items() if value is not None}
    volumes = {_text(_member(one, "name")): _member(one, "hostPath") for one in _items(_member(spec, "volumes"))}
    found = _MINOR.search(_text(_member(container, "image")))
    return ApiServer(
        flags={name: _expanded(name, text, known) for name, text in _audit_flags(words)},
        mounts=tuple(_mount(one, volumes) for one in _items(_member(container, "volumeMounts"))),
        minor=int(found[1]) if found else None,
    )


def _find_server(containers: Sequence[Node], subject: str) -> tuple[Node, Sequence[str]]:
    """Give the container that runs the server, and the words behind the program; wrappers stand before it."""
    hidden = False
    for container in containers:
        words = [_text(one) for field in ("command", "args") for one in _items(_member(container, field))]
        for place, word in enumerate(words):
            if PurePosixPath(word).name == _PROGRAM:
                return container, words[place + 1 :]
            hidden = hidden or _PROGRAM in word
    if hidden:
        raise FormatError(f"{subject}: {_PROGRAM} is started by a shell, a list of its flags promised")
    raise FormatError(f"{subject}: no container runs {_PROGRAM}, one promised")


def _audit_flags(words: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Give the audit flags in order, as pflag reads them: `--a_b` is `--a-b`, a value may be a word of its own."""
    rest = iter(words)
    for word in rest:
        if word == "--":
            return
        name, equals, value = word.removeprefix("--").partition("=")
        name = name.replace("_", "-")
        if not word.startswith("--") or not name.startswith(_PREFIX):
            continue
        if not equals:
            value = "true" if _SWITCHES.match(name) else next(rest, "")
        yield name, value


def _expanded(name: str, text: str, known: Mapping[str, str]) -> str:
    def replaced(found: re.Match[str]) -> str:
        if found[1] == "$":
            return "$"
        if found[2] not in known:
            raise FormatError(f"--{name}: {text!r} stands on ${found[1]}, which the manifest does not say")
        return known[found[2]]

    return _REFERENCE.sub(replaced, text)


def _mount(node: Node, volumes: Mapping[str, Node | None]) -> Mount:
    behind = volumes.get(_text(_member(node, "name")))
    host = None if behind is None else PurePosixPath(_text(_member(behind, "path")), _text(_member(node, "subPath")))
    return Mount(PurePosixPath(_text(_member(node, "mountPath"))), host, _text(_member(node, "readOnly")) == "true")


def _member(node: Node | None, name: str) -> Node | None:
    """Give a member of an object, the last of equal ones; None where there is none or the node is no object."""
    pairs = node.pairs if isinstance(node, Members) else ()
    return next((value for key, value in reversed(pairs) if key == name), None)


def _items(node: Node | None) -> tuple[Node, ...]:
    return node.nodes if isinstance(node, Items) else ()


def _text(node: Node | None) -> str:
    return node.text if isinstance(node, Scalar) else ""
