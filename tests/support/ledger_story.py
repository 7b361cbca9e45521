"""A ledger written by hand, entry by entry, so that it can also hold what an honest recorder refuses."""

import io
from collections.abc import Callable, Sequence
from typing import Literal, TypeVar

import msgspec

from dayseal.attest.dsse import sign_envelope
from dayseal.attest.founding import make_delegation, make_genesis
from dayseal.attest.predicates import (
    Chain,
    ClusterDay,
    ClusterRef,
    Enrolment,
    RollCall,
    RollCallRow,
    SeenHead,
    Sha256,
)
from dayseal.attest.statement import Statement, encode_statement
from dayseal.codec import format_day, format_time, sha256_hex
from dayseal.digest.manifest import EMPTY_MANIFEST, Manifest, extend_manifest
from dayseal.digest.objects import digest_object
from dayseal.digest.tally import EMPTY_TALLY, Tally, encode_tally
from dayseal.evidence import EvidenceBundle, collect_evidence, encode_evidence
from dayseal.ledger.reader import LedgerReader
from dayseal.ledger.rollcall import encode_rows, rows_root
from dayseal.merkle import build_bundles, build_tiles, leaf_hash, root_of
from dayseal.model import ClusterId, ObjectDescriptor, Scope, TreeHead
from dayseal.notes import Checkpoint, cosign_note, sign_note
from dayseal.ports import Signer
from dayseal.testing.memory import MemoryStore
from support.story_parts import (
    ALL,
    ATTESTOR,
    CLUSTER,
    LOG,
    NOON,
    ORIGIN,
    POLICY,
    RECORDER,
    ROOT,
    WITNESS,
    cluster_day,
    day,
    records,
    tally_of,
)

Change = Callable[[ClusterDay], ClusterDay]
T = TypeVar("T", bound=msgspec.Struct)


class Story:
    """The log so far: envelopes, content-addressed objects, and where each chain stands."""

    def __init__(self, *, with_recorder: bool = True) -> None:
        self.envelopes: list[bytes] = []
        self.objects: dict[str, bytes] = {}  # ledger objects by key
        self.archive: dict[str, bytes] = {}  # archived objects by digest
        self.manifests: dict[str, Manifest] = {}  # by day
        self.tallies: dict[str, Tally] = {}
        self.revisions: dict[str, int] = {}
        self.chains: dict[str, tuple[int, str]] = {}
        self.rows: dict[str, RollCallRow] = {}  # by cluster text
        self.spoil: Callable[[ObjectDescriptor], ObjectDescriptor] = lambda found: found
        log_key = POLICY.logs[0].text
        self.append(make_genesis(origin=ORIGIN, log_key=log_key, roots=[("root", ROOT)], threshold=1, at=NOON))
        self.delegate("attestor", ATTESTOR)
        if with_recorder:
            self.delegate("recorder", RECORDER)

    def append(self, envelope: bytes) -> int:
        """Append any bytes and give their index."""
        self.envelopes.append(envelope)
        return len(self.envelopes) - 1

    def keep(self, folder: str, data: bytes) -> str:
        """Keep a content-addressed object and give its digest."""
        suffix = ".jsonl" if folder in ("manifests", "rollcalls") else ".json"
        self.objects[f"{folder}/{sha256_hex(data)}{suffix}"] = data
        return sha256_hex(data)

    def place(self, chain: str) -> Chain:
        """Give the next place in a chain, for an attestor that saw the whole log so far."""
        head = self.head()
        seq, link = self.chains.get(chain, (-1, None))
        return Chain(
            seq=seq + 1, previous_envelope_sha256=link, seen_head=SeenHead(size=head.size, root=head.root.hex())
        )

    def state(self, statement: Statement, signer: Signer, chain: str, seq: int) -> int:
        """Sign and append a statement; it becomes the head of `chain`."""
        index = self.append(sign_envelope(encode_statement(statement), [signer]))
        self.chains[chain] = (seq, sha256_hex(self.envelopes[index]))
        return index

    def delegate(
        self,
        role: Literal["attestor", "recorder"],
        key: Signer,
        *,
        action: Literal["grant", "revoke"] = "grant",
        scope: Scope = ALL,
        from_index: int = 0,
        by: Signer = ROOT,
    ) -> int:
        """Grant or revoke a key."""
        before = self.chains.get("delegations")
        envelope = make_delegation(
            roots=[by], previous=before, action=action, role=role, name=role, spki=key.spki,
            scope=scope, from_index=from_index, reason="story", at=NOON,
        )  # fmt: skip
        self.chains["delegations"] = (before[0] + 1 if before else 0, sha256_hex(envelope))
        return self.append(envelope)

    def enrol(self, number: int = 0, action: Literal["enter", "leave"] = "enter", cluster: ClusterId = CLUSTER) -> int:
        """Let a cluster enter or leave on a day."""
        chain = self.place(cluster.text)
        said = Enrolment(
            cluster=ClusterRef.of(cluster), action=action, day=format_day(day(number)), reason="story",
            chain=chain, at=format_time(NOON),
        )  # fmt: skip
        index = self.state(Statement(cluster.text, "00" * 32, said), ATTESTOR, cluster.text, chain.seq)
        if action == "leave":
            del self.rows[cluster.text]
        else:
            self._row(cluster.text, None, "NO_STATEMENT")
        return index

    def seal(
        self,
        number: int,
        stored: Sequence[tuple[str, bytes]] = (),
        *,
        cluster: ClusterId = CLUSTER,
        signer: Signer = ATTESTOR,
        change: Change = lambda said: said,
    ) -> int:
        """State a day, or its next revision, with these archived objects added; `change` spoils the statement."""
        when = format_day(day(number))
        digests = [digest_object(io.BytesIO(data), key=key, version="", start=0, end=len(data)) for key, data in stored]
        self.archive |= {sha256_hex(data): data for _, data in stored}
        manifest = extend_manifest(
            self.manifests.get(when, EMPTY_MANIFEST), [self.spoil(d.descriptor) for d in digests]
        )
        tally = tally_of(self.tallies.get(when, EMPTY_TALLY), digests)
        self.manifests[when], self.tallies[when] = manifest, tally
        self.revisions[when] = self.revisions.get(when, -1) + 1
        self.keep("manifests", manifest.encode())
        said = cluster_day(
            cluster, day(number), self.revisions[when], self.place(cluster.text), manifest, tally,
            (self.keep("summaries", encode_tally(tally)), self.keep("facts", b'{"facts":[],"leftOff":0}')),
        )  # fmt: skip
        said = change(said)
        statement = Statement(said.archive.manifest.uri, said.archive.manifest.sha256, said)
        index = self.state(statement, signer, cluster.text, said.chain.seq)
        row = self.rows[cluster.text]
        newest = row.day is None or row.day <= said.day
        self._row(cluster.text, said.day if newest else row.day, said.status if newest else row.status)
        return index

    def roll_call(self, number: int, change: Callable[[RollCall], RollCall] = lambda said: said) -> int:
        """Hold the roll-call of a day."""
        data = encode_rows([self.rows[text] for text in sorted(self.rows)])
        place, delegated = self.place("roll-calls"), self.chains["delegations"]
        said = RollCall(
            number=place.seq, previous_envelope_sha256=place.previous_envelope_sha256, day=format_day(day(number)),
            enrolled=len(self.rows), rows_root=rows_root(data).hex(), rows=Sha256(sha256=self.keep("rollcalls", data)),
            delegations=delegated[0] + 1, delegation_head=delegated[1], inventories=(), at=format_time(NOON),
        )  # fmt: skip
        said = change(said)
        return self.state(Statement("rows", said.rows.sha256, said), RECORDER, "roll-calls", said.number)

    def head(self, size: int | None = None) -> TreeHead:
        """Give the head of the first `size` entries, of all without it."""
        shown = self.envelopes[:size]
        return TreeHead(len(shown), root_of(leaf_hash(data) for data in shown))

    def checkpoint(self, size: int | None = None, *, cosigned_at: int | None = None) -> bytes:
        """Give a checkpoint signed by the log, and by the witness at second `cosigned_at`."""
        text = Checkpoint(ORIGIN, self.head(size)).text
        note = sign_note(text, ORIGIN, LOG.sign, LOG.public)
        if cosigned_at is None:
            return note
        return cosign_note(note, "witness.example/w1", WITNESS.sign, WITNESS.public, time_s=cosigned_at)

    def reader(self, *, cosigned_at: int | None = None) -> LedgerReader:
        """Give a reader of this log as a tlog-tiles store."""
        store = MemoryStore()
        files = build_tiles(lambda _: b"", 0, [leaf_hash(data) for data in self.envelopes])
        files |= build_bundles(lambda _: b"", 0, self.envelopes) | self.objects
        for key, data in (*files.items(), ("checkpoint", self.checkpoint(cosigned_at=cosigned_at))):
            store.create(key, data)
        return LedgerReader(store, POLICY)

    def bundle(
        self,
        first: int = 0,
        last: int = 2,
        *,
        with_events: bool = True,
        cosigned_at: int | None = None,
        old_sizes: Sequence[int] = (),
    ) -> EvidenceBundle:
        """Collect the evidence of days `first` to `last`."""
        return collect_evidence(
            self.reader(cosigned_at=cosigned_at), CLUSTER, day(first), day(last),
            old_sizes=old_sizes, fetch_object=self._fetch if with_events else None,
        )  # fmt: skip

    def bundle_file(self, first: int = 0, last: int = 2, *, with_events: bool = True) -> bytes:
        """Give that evidence as a file."""
        return encode_evidence(self.bundle(first, last, with_events=with_events))

    def _row(self, cluster: str, newest: str | None, status: str) -> None:
        seq, link = self.chains[cluster]
        self.rows[cluster] = RollCallRow(cluster=cluster, seq=seq, envelope_sha256=link, day=newest, status=status)

    def _fetch(self, _: str, descriptor: ObjectDescriptor) -> bytes:
        return self.archive[descriptor.sha256]


def told_story() -> Story:
    """Give three sealed days: the first with a late object, the last without data; a roll-call each day."""
    story = Story()
    story.enrol()
    story.seal(0, [("2026-11-20/a.log", records(0))])
    story.roll_call(0)
    story.seal(1, [("2026-11-21/a.log", records(1))])
    story.seal(0, [("2026-11-20/late.log", records(0, 1))])
    story.roll_call(1)
    story.seal(2)
    story.roll_call(2)
    return story


def replaced(said: T, **fields: object) -> T:
    """Give a document with other fields."""
    return msgspec.structs.replace(said, **fields)
