"""Whom a verifier trusts: logs, witnesses, the quorum they form, and root keys."""

import dataclasses
from collections.abc import Iterable
from typing import Final

from dayseal.codec import encode_base64
from dayseal.errors import FormatError
from dayseal.notes.keys import COSIGNATURE_V1, ECDSA, ED25519, VerifierKey

NO_QUORUM: Final = "none"


@dataclasses.dataclass(frozen=True, slots=True)
class Witness:
    """A witness key, and the name the policy gives it (not the key's own name)."""

    name: str
    key: VerifierKey


@dataclasses.dataclass(frozen=True, slots=True)
class Group:
    """Witnesses and earlier groups, of which at least `need` must have cosigned."""

    name: str
    need: int
    members: tuple[str, ...]


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
        _check_groups(self)
        _check_tokens(self)

    def text(self) -> str:
        """Give the policy as a file: one line each, in the order a reader needs them."""
        return "".join(f"{line}\n" for line in (*_root_lines(self), *_c2sp_lines(self)))

    def quorum_met(self, cosigned: Iterable[str]) -> bool:
        """Say whether these witnesses, named as the policy names them, make the quorum.

        Each public key is in the policy once, so that distinct names are distinct keys.
        """
        met = {witness.name for witness in self.witnesses} & set(cosigned)
        for group in self.groups:
            if sum(member in met for member in group.members) >= group.need:
                met.add(group.name)
        return self.quorum == NO_QUORUM or self.quorum in met


def export_c2sp(policy: TrustPolicy) -> str:
    """Give the policy as a plain C2SP tlog-policy file: the `root` lines are left out."""
    return "".join(f"{line}\n" for line in _c2sp_lines(policy))


def _root_lines(policy: TrustPolicy) -> list[str]:
    return [f"root {name} {encode_base64(spki)}" for name, spki in policy.roots]


def _c2sp_lines(policy: TrustPolicy) -> list[str]:
    urls = {key: f" {url}" for key, url in policy.urls}
    return [
        *(f"log {key.text}{urls.get(key, '')}" for key in policy.logs),
        *(f"witness {w.name} {w.key.text}{urls.get(w.key, '')}" for w in policy.witnesses),
        *(f"group {g.name} {_need(g)} {' '.join(g.members)}" for g in policy.groups),
        f"quorum {policy.quorum}",
    ]


def _need(group: Group) -> str:
    if group.need == len(group.members):
        return "all"
    return "any" if group.need == 1 else str(group.need)


def _check_keys(policy: TrustPolicy) -> None:
    for key in policy.logs:
        if key.kind == COSIGNATURE_V1:
            raise FormatError(f"trust policy: log key {key.name} is of a witness's type {key.kind:02x}")
    for witness in policy.witnesses:
        if witness.key.kind in (ED25519, ECDSA):
            raise FormatError(f"trust policy: witness {witness.name} has a key of a log's type {witness.key.kind:02x}")
    keys = (*policy.logs, *(witness.key for witness in policy.witnesses))
    # A key that is both log and witness would let a log vouch for itself.
    _require_once((key.public for key in keys), "public key")
    _require_once((spki for _, spki in policy.roots), "root key")
    _require_once((name for name, _ in policy.roots), "root name")
    _require_once((key for key, _ in policy.urls), "url")
    if not {key for key, _ in policy.urls} <= set(keys):
        raise FormatError("trust policy: a url of a key that is neither log nor witness")


def _check_groups(policy: TrustPolicy) -> None:
    defined = {witness.name for witness in policy.witnesses}
    for group in policy.groups:
        for member in group.members:
            if member not in defined:
                raise FormatError(f"trust policy: group {group.name} has member {member}, which no earlier line defines")
        if not 1 <= group.need <= len(group.members):
            raise FormatError(f"trust policy: group {group.name} needs {group.need} of {len(group.members)} members")
        defined.add(group.name)
    _require_once((*(w.name for w in policy.witnesses), *(g.name for g in policy.groups), NO_QUORUM), "name")
    _require_once((member for group in policy.groups for member in group.members), "group member")
    if policy.quorum != NO_QUORUM and policy.quorum not in defined:
        raise FormatError(f"trust policy: the quorum is {policy.quorum}, which no earlier line defines")


def _check_tokens(policy: TrustPolicy) -> None:
    names = [*(w.name for w in policy.witnesses), *(g.name for g in policy.groups), *(name for name, _ in policy.roots)]
    for token in (*names, *(url for _, url in policy.urls)):
        if not token or any(letter <= " " or letter == "\x7f" for letter in token):
            raise FormatError(f"trust policy: {token[:80]!r}, a word without space or control character promised")
        try:
            token.encode()
        except UnicodeEncodeError as exc:
            raise FormatError(f"trust policy: {token[:80]!r} is not valid Unicode") from exc


def _require_once(values: Iterable[object], what: str) -> None:
    seen: set[object] = set()
    for value in values:
        if value in seen:
            shown = value.hex()[:16] if isinstance(value, bytes) else str(value)[:80]
            raise FormatError(f"trust policy: {what} {shown} twice, once promised")
        seen.add(value)
