"""Every parser of bytes that a stranger may have written, by name, and what it promises whatever the bytes are.

Each takes bytes and may raise a `DaysealError`; anything else that gets out is a bug.
"""

import datetime as dt
import functools
import io
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from dayseal.attest.dsse import parse_envelope
from dayseal.attest.predicates import KINDS
from dayseal.attest.statement import Statement, encode_statement, open_statement
from dayseal.audit.event import describe_record, parse_event
from dayseal.codec import encode_document, open_document
from dayseal.digest.manifest import open_manifest
from dayseal.digest.objects import digest_object
from dayseal.digest.records import read_records
from dayseal.digest.tally import encode_tally, merge_all, open_tally
from dayseal.evidence import encode_event_proof, encode_evidence, parse_event_proof, parse_evidence
from dayseal.evidence.stored_zip import encode_zip, parse_zip
from dayseal.ledger.commitfile import encode_commit, parse_commit
from dayseal.ledger.entry import parse_admitted, parse_entry
from dayseal.ledger.guardfile import open_guard
from dayseal.ledger.lookup import open_attestation, open_rejection
from dayseal.ledger.rollcall import open_rows
from dayseal.merkle import RootBuilder, parse_bundle
from dayseal.notes import (
    encode_proof,
    open_checkpoint,
    parse_checkpoint,
    parse_note,
    parse_policy,
    parse_proof,
    parse_vkey,
)
from dayseal.offline import verify_bundle, verify_event_proof
from dayseal.settings import read_settings
from support.story_parts import NOON, POLICY

Parser = Callable[[bytes], object]


def _object(data: bytes) -> None:
    found = digest_object(io.BytesIO(data), key="key", version="")
    root = RootBuilder()
    for record in read_records(io.BytesIO(data)):
        root.append(record.leaf)
        parse_event(record)
        describe_record(record.data)
    same = (root.size, root.root().hex()) == (found.descriptor.events, found.descriptor.events_root)
    counted = sum(tally.events for _, tally in found.tallies) + found.foreign
    tally = encode_tally(merge_all(tally for _, tally in found.tallies))
    if not same or counted != root.size or encode_tally(open_tally(tally)) != tally:
        raise AssertionError(f"two readers differ: {found.descriptor.events} and {root.size}, {counted} counted")


def _written_again(parse: Callable[[bytes], object], encode: Callable[..., bytes], data: bytes) -> None:
    if encode(parse(data)) != data:
        raise AssertionError("what was accepted is not written the same way")


def _text(parse: Callable[[str], object]) -> Parser:
    return lambda data: parse(data.decode("utf-8", "surrogateescape"))


def _policy(text: str) -> None:
    policy = parse_policy(text)
    if parse_policy(policy.text()) != policy:
        raise AssertionError("a policy is not read back as it was written")


def _document(kind: type) -> Parser:
    return functools.partial(_written_again, lambda data: open_document(data, kind, subject="fuzz"), encode_document)


def _settings(data: bytes) -> None:
    with tempfile.NamedTemporaryFile() as file:
        file.write(data)
        file.flush()
        read_settings(Path(file.name))


def _statement(data: bytes) -> bytes:
    found = open_statement(data, subject="fuzz")
    return encode_statement(Statement(found.subject_name, found.subject_sha256, found.predicate))


def _again(parse: Callable[[bytes], object], encode: Callable[..., bytes]) -> Parser:
    return functools.partial(_written_again, parse, encode)


_LATER: Final = NOON + dt.timedelta(days=4_000)

GROUPS: Final[Mapping[str, Mapping[str, Parser]]] = {
    "objects": {"object": _object},
    "notes": {
        "note": parse_note,
        "checkpoint": parse_checkpoint,
        "opened-checkpoint": lambda data: open_checkpoint(data, POLICY),
        "proof": _again(parse_proof, encode_proof),
        "loose-proof": lambda data: parse_proof(data, strict=False),
        "policy": _text(_policy),
        "vkey": _text(lambda text: parse_vkey(text).text),
    },
    "documents": {
        **{f"predicate-{uri.split('/')[-2]}": _document(kind) for uri, kind in KINDS.items()},
        "statement": _again(lambda data: data, _statement),
        "envelope": lambda data: parse_envelope(data, subject="fuzz"),
        "entry": lambda data: parse_entry(data, subject="fuzz"),
        "admitted": lambda data: parse_admitted(data, subject="fuzz"),
        "manifest": _again(open_manifest, lambda found: found.encode()),
        "tally": _again(open_tally, encode_tally),
        "commit": _again(lambda data: parse_commit(data, subject="fuzz"), encode_commit),
        "entry-bundle": lambda data: parse_bundle(data[1:], data[0] if data else 0),
        "guard": open_guard,
        "attestation": lambda data: open_attestation(data, subject="fuzz"),
        "rejection": lambda data: open_rejection(data, subject="fuzz"),
        "rows": lambda data: open_rows(data, subject="fuzz"),
    },
    "evidence": {
        "zip": _again(parse_zip, encode_zip),
        "bundle": _again(parse_evidence, encode_evidence),
        "verified-bundle": lambda data: verify_bundle(data, POLICY, since=None, as_of=_LATER),
        "event-proof": _again(parse_event_proof, encode_event_proof),
        "verified-event-proof": lambda data: verify_event_proof(data, POLICY, since=None, as_of=NOON),
        "since": lambda data: open_checkpoint(data, POLICY).checkpoint,
    },
    "settings": {"settings": _settings},
}
PARSERS: Final[Mapping[str, Parser]] = {name: parse for group in GROUPS.values() for name, parse in group.items()}
