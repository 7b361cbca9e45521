"""Reads trust policy files."""

import re
from typing import Final

from dayseal.codec import decode_base64, parse_decimal
from dayseal.errors import DaysealError, FormatError
from dayseal.notes.keys import VerifierKey, parse_vkey
from dayseal.notes.policy import NO_QUORUM, Group, TrustPolicy, Witness

_MAX_LINES: Final = 10_000
_SPACE = re.compile(r"[ \t]+")
_FORBIDDEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


def parse_policy(text: str) -> TrustPolicy:
    """Read a trust policy: C2SP tlog-policy lines, and our lines `root <name> <base64 SPKI>`.

    Words are parted by spaces and tabs; empty lines and lines that start with `#` are ignored.

    Spec: C2SP tlog-policy, ledger-formats section 5.

    Raises:
        FormatError: a malformed or unknown line, a name that no earlier line defines, a key, name or
            member given twice, not exactly one quorum line, or control characters.
    """
    if _FORBIDDEN.search(text):
        raise FormatError("trust policy: a control character, none but tab and newline promised")
    lines = text.split("\n")
    if len(lines) > _MAX_LINES:
        raise FormatError(f"trust policy: {len(lines)} lines, at most {_MAX_LINES} promised")
    draft = _Draft()
    for number, line in enumerate(lines, start=1):
        words = _SPACE.split(line.strip(" \t"))
        if not words[0] or words[0].startswith("#"):
            continue
        try:
            draft.add(words)
        except DaysealError as exc:
            raise FormatError(f"trust policy line {number}: {exc}") from exc
    return draft.policy()


class _Draft:
    """A policy file read so far."""

    def __init__(self) -> None:
        self._logs: list[VerifierKey] = []
        self._witnesses: list[Witness] = []
        self._groups: list[Group] = []
        self._roots: list[tuple[str, bytes]] = []
        self._urls: list[tuple[VerifierKey, str]] = []
        self._defined = {NO_QUORUM}
        self._quorum: str | None = None

    def add(self, words: list[str]) -> None:
        match words:
            case ["log", vkey, *url]:
                self._logs.append(self._key(vkey, url))
            case ["witness", name, vkey, *url]:
                self._define(name)
                self._witnesses.append(Witness(name, self._key(vkey, url)))
            case ["group", name, need, *members] if members:
                self._add_group(name, need, tuple(members))
            case ["quorum", name]:
                self._set_quorum(name)
            case ["root", name, spki]:
                self._roots.append((name, decode_base64(spki, subject=f"root {name[:80]}")))
            case _:
                raise FormatError(f"{' '.join(words)[:80]!r}, a log, witness, group, quorum or root promised")

    def policy(self) -> TrustPolicy:
        if self._quorum is None:
            raise FormatError("trust policy: no quorum line, exactly one promised")
        return TrustPolicy(
            logs=tuple(self._logs),
            witnesses=tuple(self._witnesses),
            groups=tuple(self._groups),
            quorum=self._quorum,
            roots=tuple(self._roots),
            urls=tuple(self._urls),
        )

    def _key(self, vkey: str, url: list[str]) -> VerifierKey:
        if len(url) > 1:
            raise FormatError(f"{' '.join(url)[:80]!r} after the key, at most one url promised")
        key = parse_vkey(vkey)
        self._urls += [(key, word) for word in url]
        return key

    def _add_group(self, name: str, need: str, members: tuple[str, ...]) -> None:
        for member in members:
            if member not in self._defined or member == NO_QUORUM:
                raise FormatError(f"group {name} has member {member}, which no earlier line defines")
        counts = {"all": len(members), "any": 1}
        count = counts[need] if need in counts else parse_decimal(need, subject=f"group {name}")
        self._define(name)
        self._groups.append(Group(name, count, members))

    def _set_quorum(self, name: str) -> None:
        if self._quorum is not None:
            raise FormatError("a second quorum line, exactly one promised")
        if name not in self._defined:
            raise FormatError(f"the quorum is {name}, which no earlier line defines")
        self._quorum = name

    def _define(self, name: str) -> None:
        if name in self._defined:
            raise FormatError(f"name {name} twice, once promised")
        self._defined.add(name)
