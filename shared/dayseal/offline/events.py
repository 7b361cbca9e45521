"""V8 and V9 for one event, V9 for a bundle's archived objects: bytes are what descriptors promise."""

import io
from collections.abc import Sequence

from dayseal.attest.predicates import ClusterDay, Delegation, Genesis, RollCall
from dayseal.codec import parse_day, sha256_hex
from dayseal.digest.manifest import Manifest, descriptor_leaf
from dayseal.digest.objects import digest_object
from dayseal.digest.records import leaf_data
from dayseal.errors import ChainError, DigestError, ProofError, RefutedError
from dayseal.evidence import EventProof, EvidenceBundle, StatedEntry
from dayseal.merkle import leaf_hash, verify_inclusion
from dayseal.model import ObjectDescriptor, Verdict
from dayseal.offline.attribution import check_attribution
from dayseal.offline.contents import check_subject
from dayseal.offline.result import VerifiedEvent, VerifiedStep


def only_day(entries: Sequence[StatedEntry]) -> tuple[VerifiedStep, StatedEntry, ClusterDay]:
    """V7 of an event proof: require one cluster-day and nothing that the proof does not need.

    Raises:
        ChainError: no cluster-day, two of them, two roll-calls, or a statement of another kind.
    """
    days = [(s, s.statement.predicate) for s in entries if isinstance(s.statement.predicate, ClusterDay)]
    calls = [s for s in entries if isinstance(s.statement.predicate, RollCall)]
    known = sum(isinstance(s.statement.predicate, Genesis | Delegation) for s in entries)
    if len(days) != 1 or len(calls) > 1 or known + len(days) + len(calls) != len(entries):
        raise ChainError(
            f"event proof: {len(days)} cluster-days among {len(entries)} entries, one and no needless entry promised"
        )
    stated, said = days[0]
    step = VerifiedStep(
        7,
        Verdict.PASS,
        (f"entry {stated.index} states day {said.day} of {said.cluster.name}, revision {said.revision}",),
        ("V6",),
        ("that no later revision exists and no day around it is missing: an evidence bundle shows that",),
    )
    return step, stated, said


def prove_descriptor(proof: EventProof, stated: StatedEntry, said: ClusterDay) -> VerifiedStep:
    """V8 of an event proof: the object's descriptor lies in the signed day root.

    Raises:
        ProofError: the path does not lead to the day root.
        RefutedError: the statement is not about the manifest it names.
    """
    check_subject(stated)
    found = proof.descriptor
    size = said.archive.objects
    try:
        verify_inclusion(
            leaf=leaf_hash(descriptor_leaf(found.descriptor)),
            index=found.index,
            size=size,
            path=found.path,
            root=bytes.fromhex(said.archive.day_root),
        )
    except (ProofError, ValueError) as exc:
        raise ProofError(f"{found.descriptor.key}: not in the manifest of {said.day} ({exc})") from exc
    proved = (f"{found.descriptor.key} is object {found.index} of {size} in the day root of entry {stated.index}",)
    return VerifiedStep(8, Verdict.PASS, proved, ("V7",))


def prove_record(proof: EventProof, stated: StatedEntry, said: ClusterDay) -> tuple[VerifiedStep, VerifiedEvent]:
    """V9 of an event proof: record and context are a leaf of the object's events root.

    Raises:
        ProofError: the path does not lead to the events root.
        RefutedError: the record names another cluster than the statement.
    """
    record, descriptor = proof.record, proof.descriptor.descriptor
    try:
        verify_inclusion(
            leaf=leaf_hash(leaf_data(record.context, record.record)),
            index=record.index,
            size=descriptor.events,
            path=record.path,
            root=bytes.fromhex(descriptor.events_root),
        )
    except (ProofError, ValueError) as exc:
        raise ProofError(f"record {record.index}: not in {descriptor.key} as it was digested ({exc})") from exc
    hint = check_attribution(record.context, record.record, said.cluster.id, subject=f"record {record.index}")
    proved = [f"these {len(record.record)} bytes are record {record.index} of {descriptor.events} in {descriptor.key}"]
    not_shown = ["that the record was true when it was written: the provider delivered it so"]
    if hint is None:
        not_shown.append("whose record it is: it names no cluster, so that rests on the attestor")
    else:
        proved.append(f"it names {hint.provider}:{hint.account}:{hint.name or hint.resource}")
    rests_on = ("V8", "the attestor, for reading the archive")
    step = VerifiedStep(9, Verdict.PASS, tuple(proved), rests_on, tuple(not_shown))
    event = VerifiedEvent(
        cluster=said.cluster.id,
        day=parse_day(said.day, subject="statement day"),
        entry_index=stated.index,
        revision=said.revision,
        archive_uri=said.archive.uri,
        descriptor=descriptor,
        record_index=record.index,
        context=record.context,
        record=record.record,
    )
    return step, event


def digest_again(bundle: EvidenceBundle, manifests: Sequence[Manifest]) -> VerifiedStep:
    """V9 of a bundle: digest every archived object again, down to the single record.

    Raises:
        RefutedError: an object is missing or is not what its descriptor says.
        DigestError: its bytes are not the ones recorded.
    """
    if not bundle.claim.with_events:
        not_shown = ("the events themselves: the bundle was made without them",)
        return VerifiedStep(9, Verdict.NOT_APPLICABLE, not_shown=not_shown)
    objects = events = 0
    for manifest in manifests:
        for descriptor in manifest.descriptors:
            data = bundle.find("objects", descriptor.sha256)
            if data is None:
                raise RefutedError(f"{descriptor.key}: its bytes are left out, a bundle with events promises them all")
            _digest_one(descriptor, data)
            objects, events = objects + 1, events + descriptor.events
    proved = (f"{objects} archived objects with {events} records are byte for byte what was signed",)
    return VerifiedStep(9, Verdict.PASS, proved, ("V8",), ("whose record each is: that rests on the attestor",))


def _digest_one(descriptor: ObjectDescriptor, data: bytes) -> None:
    if sha256_hex(data) != descriptor.sha256:
        raise DigestError(descriptor.key, expected=descriptor.sha256, actual=sha256_hex(data), source="the manifest")
    source = io.BytesIO(data)
    found = digest_object(source, key=descriptor.key, version=descriptor.version, start=descriptor.start).descriptor
    if found != descriptor:
        raise RefutedError(
            f"{descriptor.key}: reads as {found.events} records by {found.splitter} under {found.events_root[:16]}, "
            f"the manifest says {descriptor.events} by {descriptor.splitter} under {descriptor.events_root[:16]}",
            hint="the manifest was made by another splitter, or does not tell what the object holds",
        )
