"""Whom a verifier trusts: logs, witnesses, the quorum they form, and root keys; as values and as files."""

import dataclasses
import re
from collections.abc import Iterable
from typing import Final

from dayseal.codec import decode_base64, encode_base64, parse_decimal
from dayseal.errors import FormatError
from dayseal.notes.keys import COSIGNATURE_V1, ECDSA, ED25519, VerifierKey, parse_vkey
from dayseal.notes.quorum import NO_QUORUM, Group, Witness, check_quorum, makes_quorum, require_once

_MAX_LINES: Final = 1_000
_SPACE = re.compile(r"[ \t]+")
_FORBIDDEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


@dataclasses.dataclass(frozen=True, slots=True)
class TrustPolicy:
    """What makes a checkpoint, and then a delegation, trustworthy.

    A checkpoint must be signed by a log key whose name is its origin; it is final when the quorum (a
    witness, a group, or `none`) has cosigned it. `roots` are names and DER SPKI of the keys that
    delegate. `urls` says where logs and witnesses can be reached; nothing rests on it.

    Spec: C2SP tlog-policy; `root` lines are ours (ledger-formats section 5, ARCHITECTURE section 7).
    """

    logs: tuple[VerifierKey, ...]
    witnesses: tuple[Witness, ...] = ()
    groups: tuple[Group, ...] = ()
    quorum: str = NO_QUORUM
    roots: tuple[tuple[str, bytes], ...] = ()
    urls: tuple[tuple[VerifierKey, str], ...] = ()

    def __post_init__(self) -> None:
        _check_keys(self)
        check_quorum(self.witnesses, self.groups, self.quorum)
        names = (*(w.name for w in self.witnesses), *(g.name for g in self.groups), *(name for name, _ in self.roots))
        for word in (*names, *(url for _, url in self.urls)):
            _check_word(word)

    def text(self) -> str:
        """Give the policy as a file: the `root` lines, then those of `export_c2sp`."""
        roots = [f"root {name} {encode_base64(spki)}\n" for name, spki in self.roots]
        return "".join(roots) + export_c2sp(self)

    def quorum_met(self, cosigned: Iterable[str]) -> bool:
        """Say whether these witnesses, named as the policy names them, make the quorum.

        Each public key is in the policy once, so distinct names are distinct keys.
        """
        return makes_quorum(cosigned, self.witnesses, self.groups, self.quorum)


def export_c2sp(policy: TrustPolicy) -> str:
    """Give the policy as a plain C2SP tlog-policy file: the `root` lines are left out."""
    urls = {key: f" {url}" for key, url in policy.urls}
    lines = (
        *(f"log {key.text}{urls.get(key, '')}" for key in policy.logs),
        *(f"witness {w.name} {w.key.text}{urls.get(w.key, '')}" for w in policy.witnesses),
        *(group.text for group in policy.groups),
        f"quorum {policy.quorum}",
    )
    return "".join(f"{line}\n" for line in lines)


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
        except FormatError as exc:
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
        self._quorum: str | None = None

    def add(self, words: list[str]) -> None:
        match words:
            case ["log", vkey, *url]:
                self._logs.append(self._key(vkey, url))
            case ["witness", name, vkey, *url]:
                self._witnesses.append(Witness(name, self._key(vkey, url)))
            case ["group", name, need, *members]:
                counts = {"all": len(members), "any": 1}
                count = counts[need] if need in counts else parse_decimal(need, subject=f"group {name}")
                self._groups.append(Group(name, count, tuple(members)))
            case ["quorum", name] if self._quorum is None:
                self._quorum = name
            case ["root", name, spki]:
                self._roots.append((name, decode_base64(spki, subject=f"root {name}")))
                return
            case _:
                raise FormatError(f"{' '.join(words)[:80]!r}, a log, witness, group, root or one quorum promised")
        # Lines may rest on earlier lines only, so what was read so far must already be sound.
        check_quorum(self._witnesses, self._groups, self._quorum or NO_QUORUM)

    def policy(self) -> TrustPolicy:
        if self._quorum is None:
            raise FormatError("trust policy: no quorum line, exactly one promised")
        return TrustPolicy(
            logs=tuple(self._logs),
            witnesses=tuple(self._witnesses),
            groups=tuple(self._groups),
            quorum=self._quorum,
            roots=tuple(self._roots),
            # Logs before witnesses, as `text` writes them: a policy equals what is read back from it.
            urls=tuple(sorted(self._urls, key=lambda url: url[0] not in self._logs)),
        )

    def _key(self, vkey: str, url: list[str]) -> VerifierKey:
        if len(url) > 1:
            raise FormatError(f"{' '.join(url)[:80]!r} after the key, at most one url promised")
        key = parse_vkey(vkey)
        self._urls += [(key, word) for word in url]
        return key


def _check_keys(policy: TrustPolicy) -> None:
    for key in policy.logs:
        if key.kind == COSIGNATURE_V1:
            raise FormatError(f"trust policy: log key {key.name} is of a witness's type {key.kind:02x}")
    for witness in policy.witnesses:
        if witness.key.kind in (ED25519, ECDSA):
            raise FormatError(f"trust policy: witness {witness.name} has a key of a log's type {witness.key.kind:02x}")
    keys = (*policy.logs, *(witness.key for witness in policy.witnesses))
    # Stricter than C2SP: a key that is both log and witness would let a log vouch for itself.
    require_once((key.public for key in keys), "public key")
    require_once((spki for _, spki in policy.roots), "root key")
    require_once((name for name, _ in policy.roots), "root name")
    require_once((key for key, _ in policy.urls), "url of a key")
    if not {key for key, _ in policy.urls} <= set(keys):
        raise FormatError("trust policy: a url of a key that is neither log nor witness")


def _check_word(word: str) -> None:
    if not word or any(letter <= " " or letter == "\x7f" for letter in word):
        raise FormatError(f"trust policy: {word[:80]!r}, a word without space or control character promised")
    try:
        word.encode()
    except UnicodeEncodeError as exc:
        raise FormatError(f"trust policy: {word[:80]!r} is not valid Unicode") from exc
