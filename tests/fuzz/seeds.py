"""Where the fuzzer starts: a small sound example for each parser, made from the tests' own ledger story."""

import io
from collections.abc import Iterator

from dayseal.clouds.local.workspace import settings_text
from dayseal.codec import decode_base64, encode_document
from dayseal.evidence import build_event_proof, encode_event_proof, encode_evidence
from dayseal.evidence.stored_zip import parse_zip
from dayseal.ledger.commitfile import Commit, encode_commit
from dayseal.ledger.entry import parse_entry
from dayseal.ledger.guardfile import encode_guard
from dayseal.ledger.lookup import encode_attestation, encode_rejection
from dayseal.model import GuardState, TreeHead
from support.hostile_objects import EVENT, envelope, log_event, member, nested
from support.ledger_story import Story, told_story
from support.story_parts import CLUSTER, POLICY, WITNESSED, day, records


def seeds(parser: str) -> list[bytes]:
    """Give sound (or nearly sound) inputs of a parser."""
    return [data for name, data in _all() if name == parser] or [b""]


def _all() -> Iterator[tuple[str, bytes]]:
    story = told_story()
    yield from (("object", data) for data in _objects())
    yield from (("settings", data) for data in _settings())
    yield from _notes(story)
    yield from _entries(story)
    yield from _evidence(story)


def _objects() -> Iterator[bytes]:
    line = EVENT + b'{"level":"Request","user":{"username":"u"},"stageTimestamp":"2024-05-01T10:00:00Z"}\n'
    gke = b'{"logName":"a/cloudaudit.googleapis.com","resource":{"type":"k8s_cluster","labels":{"cluster_name":"c"}}}\n'
    aks = rb'{"category":"kube-audit","resourceId":"/x","properties":{"log":"{\"stage\":\"Panic\"}","pod":"p"}}' + b"\n"
    firehose = envelope([log_event(r"{\"kind\":\"Event\"}"), log_event(r"\ud800")])
    yield from (line, gke, aks, firehose * 2, b"2024-05-01T10:00:00Z " + line, b"\xef\xbb\xbf" + line)
    yield from (member(firehose) + member(line), member(member(line)), b'{"a":' + nested(20) + b"}\n", b"junk\n\0\n")


def _settings() -> Iterator[bytes]:
    text = settings_text("example/log")
    yield text.encode()
    yield "".join(line.removeprefix("# ") + "\n" for line in text.splitlines() if not line.startswith("# An")).encode()


def _notes(story: Story) -> Iterator[tuple[str, bytes]]:
    for parser in ("note", "checkpoint", "opened-checkpoint", "since"):
        yield parser, story.checkpoint()
        yield parser, story.checkpoint(cosigned_at=1_700_000_000)
    for policy in (POLICY, WITNESSED):
        yield "policy", policy.text().encode()
        yield "vkey", policy.logs[0].text.encode()
    yield "vkey", WITNESSED.witnesses[0].key.text.encode()


def _entries(story: Story) -> Iterator[tuple[str, bytes]]:
    for data in story.envelopes:
        for parser in ("envelope", "entry", "admitted"):
            yield parser, data
        found = parse_entry(data, subject="seed")
        kind = found.statement.predicate_type.split("/")[-2]
        yield f"predicate-{kind}", encode_document(found.statement.predicate)
        yield "statement", decode_base64(_payload(data))
        yield "attestation", encode_attestation(3, data)
        yield "rejection", encode_rejection("no", data)
    for key, data in story.objects.items():
        names = {"manifests": "manifest", "summaries": "tally", "rollcalls": "rows"}
        yield names.get(key.partition("/")[0], "object"), data
    head = TreeHead(5, b"\x05" * 32)
    yield "commit", encode_commit(Commit(1, TreeHead(3, b"\x03" * 32), head, (b"a", b"b")))
    yield "guard", encode_guard(GuardState(1, head, "commits/1"))
    yield "entry-bundle", b"\x02\0\x01a\0\x00"


def _evidence(story: Story) -> Iterator[tuple[str, bytes]]:
    small = Story()
    small.enrol()
    small.seal(0, [("a", records(0, 1))])
    small.roll_call(0)
    bundle = encode_evidence(small.bundle(0, 0))
    for parser in ("zip", "bundle", "verified-bundle"):
        yield parser, bundle
    for name, data in ((m.name, m.data) for m in parse_zip(bundle)):
        if name.endswith(".tlog-proof"):
            yield "proof", data
            yield "loose-proof", data.replace(b"\nindex", b"\nextra YQ==\nindex", 1)
    reader = story.reader()
    reader.state()
    proof = build_event_proof(reader, reader.day(CLUSTER, day(0))[-1], 0, io.BytesIO(records(0)), 1, old_sizes=(3,))
    for parser in ("event-proof", "verified-event-proof"):
        yield parser, encode_event_proof(proof)


def _payload(envelope_bytes: bytes) -> str:
    return envelope_bytes.decode().partition('"payload":"')[2].partition('"')[0]
