"""Statements: every predicate type reads back, and nothing else is read."""

import json

import msgspec
import pytest

from dayseal.attest.predicates import BASE, KINDS, Enrolment
from dayseal.attest.statement import (
    MAX_STATEMENT_BYTES,
    Statement,
    encode_statement,
    open_statement,
)
from dayseal.codec import canonical_json, encode_document
from dayseal.errors import FormatError
from support.sample_documents import same_fields, sample_of

_GOOD = encode_statement(Statement("manifest", "a" * 64, sample_of(Enrolment)))
_DOCUMENT = json.loads(_GOOD)


@pytest.mark.parametrize("uri", KINDS)
def test_a_statement_of_each_type_reads_back(uri: str) -> None:
    """With every optional field set."""
    statement = Statement("name", "0" * 64, sample_of(KINDS[uri]))
    data = encode_statement(statement)
    opened = open_statement(data, subject="entry")
    assert opened == statement
    assert same_fields(opened.predicate, statement.predicate)
    assert opened.predicate_type == uri
    assert encode_document(opened.predicate) in data


@pytest.mark.parametrize("uri", KINDS)
def test_a_predicate_has_exactly_its_fields(uri: str) -> None:
    """An unknown field could mean that its writer promised something we do not see."""
    document = json.loads(encode_statement(Statement("name", "0" * 64, sample_of(KINDS[uri]))))
    predicate = document["predicate"]
    with pytest.raises(FormatError, match="guest"):
        open_statement(canonical_json(document | {"predicate": predicate | {"guest": 1}}), subject="entry")
    required = {field.encode_name for field in msgspec.structs.fields(KINDS[uri]) if field.required}
    for name in required:
        fewer = {key: value for key, value in predicate.items() if key != name}
        with pytest.raises(FormatError, match=name):
            open_statement(canonical_json(document | {"predicate": fewer}), subject="entry")


def test_a_statement_is_in_toto_v1() -> None:
    """Other tools read these fields."""
    assert _DOCUMENT["_type"] == "https://in-toto.io/Statement/v1"
    assert _DOCUMENT["subject"] == [{"name": "manifest", "digest": {"sha256": "a" * 64}}]
    assert _DOCUMENT["predicateType"] == BASE + "enrolment/v1"


@pytest.mark.parametrize(
    "change",
    [
        {"_type": "https://in-toto.io/Statement/v0.1"},
        {"predicateType": BASE + "enrolment/v2"},
        {"predicateType": BASE + "inventory/v1"},
        {"predicate": None},
        {"predicate": []},
        {"subject": []},
        {"subject": _DOCUMENT["subject"] * 2},
        {"subject": [{"name": "manifest", "digest": {}}]},
        {"subject": [{"name": "manifest", "digest": {"sha256": "A" * 64}}]},
        {"subject": [{"name": "manifest", "digest": {"sha256": "a" * 63}}]},
        {"subject": [{"name": "manifest", "digest": {"sha256": "a" * 64, "sha512": "b" * 128}}]},
        {"subject": [{"digest": {"sha256": "a" * 64}}]},
        {"more": 1},
    ],
)
def test_another_statement_is_refused(change: dict[str, object]) -> None:
    """One subject, one digest, a known type, and no more."""
    with pytest.raises(FormatError):
        open_statement(canonical_json(_DOCUMENT | change), subject="entry")


@pytest.mark.parametrize(
    "data",
    [
        b"",
        _GOOD + b"\n",
        json.dumps(_DOCUMENT).encode(),
        _GOOD.replace(b'"reason":"x"', b'"reason":"x","reason":"x"'),
        _GOOD.replace(b'"reason":"x"', b'"reason":"\\u0078"'),
        _GOOD.replace(b'"seq":1', b'"seq":1.0'),
        _GOOD.replace(b'"seq":1', b'"seq":-0'),
        _GOOD.replace(b'"name":"manifest"', b'"name":"manifest","name":"manifest"'),
    ],
)
def test_a_statement_in_other_bytes_is_refused(data: bytes) -> None:
    """The bytes are what was signed and linked."""
    assert data != _GOOD
    with pytest.raises(FormatError):
        open_statement(data, subject="entry")


def test_a_statement_is_small_enough_for_an_entry() -> None:
    """Its base64 and one signature must fit 65,535 bytes."""
    with pytest.raises(FormatError, match="at most 48000"):
        encode_statement(Statement("n" * MAX_STATEMENT_BYTES, "a" * 64, sample_of(Enrolment)))
    with pytest.raises(FormatError, match="at most 48000"):
        open_statement(bytes(MAX_STATEMENT_BYTES + 1), subject="entry")
