"""The statements that found a ledger: genesis, and what root keys delegate."""

import datetime as dt
from collections.abc import Sequence
from typing import Final, Literal

from dayseal.attest.dsse import sign_envelope
from dayseal.attest.keys import SigningKey, keyid_of
from dayseal.attest.predicates import Delegation, Genesis, KeyScope, RootKey
from dayseal.attest.statement import Statement, encode_statement
from dayseal.codec import encode_base64, format_time, sha256_hex
from dayseal.model import Scope

FORMATS: Final = {"clusterDay": 1, "eventsTree": 1, "manifest": 1, "rollCall": 1, "summary": 1}


def make_genesis(
    *, origin: str, log_key: str, roots: Sequence[tuple[str, SigningKey]], threshold: int, at: dt.datetime
) -> bytes:
    """Sign entry 0 with every root key; `log_key` is the log's vkey text, its SHA-256 is the subject.

    Raises:
        FormatError: the statement would be too large.
    """
    predicate = Genesis(
        origin=origin,
        log_key=log_key,
        roots=tuple(RootKey(name=name, spki=encode_base64(key.spki)) for name, key in roots),
        threshold=threshold,
        formats=FORMATS,
        at=format_time(at),
    )
    statement = Statement(origin, sha256_hex(log_key.encode()), predicate)
    return sign_envelope(encode_statement(statement), [key for _, key in roots])


def make_delegation(
    *,
    roots: Sequence[SigningKey],
    previous: tuple[int, str] | None,
    action: Literal["grant", "revoke"],
    role: Literal["attestor", "recorder"],
    name: str,
    spki: bytes,
    scope: Scope,
    from_index: int,
    reason: str,
    at: dt.datetime,
) -> bytes:
    """Sign a grant or a revocation of the key `spki` with root keys.

    `previous` is the number and envelope digest of the delegation before this one, None for the first.

    Raises:
        FormatError: the statement would be too large.
    """
    predicate = Delegation(
        number=0 if previous is None else previous[0] + 1,
        previous_envelope_sha256=None if previous is None else previous[1],
        action=action,
        role=role,
        name=name,
        keyid=keyid_of(spki),
        spki=encode_base64(spki),
        scope=KeyScope(providers=scope.providers, accounts=scope.accounts),
        from_index=from_index,
        reason=reason,
        at=format_time(at),
    )
    statement = Statement(f"key {name}", keyid_of(spki), predicate)
    return sign_envelope(encode_statement(statement), roots)
