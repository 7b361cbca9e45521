"""Evidence bundles: one zip with everything that is needed to verify a cluster's days offline.

Which member holds what, and which members are only for people, is written down in
docs/formats/evidence-bundle.md. Equal contents give equal bytes.
"""

import bisect
import dataclasses
import datetime as dt
from collections.abc import Iterable
from typing import Final, Literal

import msgspec

from dayseal.codec import Wire, encode_document, open_document, parse_day, parse_decimal, parse_sha256_hex
from dayseal.errors import FormatError
from dayseal.evidence.entries import LoggedEntry, OldHead, OldHeadDocument
from dayseal.evidence.stored_zip import Member, encode_zip, parse_zip
from dayseal.model import ClusterId
from dayseal.notes import TlogProof, encode_proof, parse_checkpoint, parse_proof

BUNDLE_KIND: Final = "https://dayseal.dev/evidence-bundle/v1"
MAX_DAYS: Final = 7_400  # twenty years
SUFFIX_OF: Final = {"facts": ".json", "manifests": ".jsonl", "objects": "", "rollcalls": ".jsonl", "summaries": ".json"}

Folder = Literal["facts", "manifests", "objects", "rollcalls", "summaries"]
FOLDERS: Final[tuple[Folder, ...]] = ("facts", "manifests", "objects", "rollcalls", "summaries")


class BundleClaim(Wire):
    """Member `bundle.json`: what the bundle is about. A claim, which verification compares with the rest.

    `first` and `last` (wire names `from`, `to`) are batch days, both included.
    """

    checkpoint_size: int
    cluster: str
    first: str = msgspec.field(name="from")
    kind: Literal["https://dayseal.dev/evidence-bundle/v1"]
    last: str = msgspec.field(name="to")
    with_events: bool

    @property
    def days(self) -> tuple[dt.date, dt.date]:
        """The first and the last day, both included.

        Raises:
            FormatError: no days, in the wrong order, more than twenty years, or in the year 9999.
        """
        first, last = parse_day(self.first, subject="bundle from"), parse_day(self.last, subject="bundle to")
        if not 0 <= (last - first).days < MAX_DAYS or last.year >= dt.MAXYEAR:
            raise FormatError(f"bundle: from {self.first} to {self.last}, 1 to {MAX_DAYS} days before 9999 promised")
        return first, last

    @property
    def cluster_id(self) -> ClusterId:
        """The cluster.

        Raises:
            FormatError: not a cluster's text.
        """
        return ClusterId.parse(self.cluster)


@dataclasses.dataclass(frozen=True, slots=True, order=True)
class Blob:
    """A content-addressed member: `<folder>/<sha256>` with the folder's suffix. The name is a claim."""

    folder: Folder
    sha256: str
    data: bytes

    @property
    def name(self) -> str:
        """Its member name."""
        return f"{self.folder}/{self.sha256}{SUFFIX_OF[self.folder]}"


@dataclasses.dataclass(frozen=True, slots=True)
class EvidenceBundle:
    """What a bundle's bytes claim: nothing in it is verified.

    `entries` by index, `old_heads` by size, `blobs` by folder and digest. `readme` and `report` are for
    people: they follow from the rest and are no evidence.
    """

    claim: BundleClaim
    checkpoint: bytes
    entries: tuple[LoggedEntry, ...]
    old_heads: tuple[OldHead, ...]
    blobs: tuple[Blob, ...]
    readme: bytes
    report: bytes

    def __post_init__(self) -> None:
        places = [_place(blob) for blob in self.blobs]
        if sorted(set(places)) != places:
            raise FormatError("bundle: blobs are repeated or out of order")

    def find(self, folder: Folder, sha256: str) -> bytes | None:
        """Give the bytes that claim this digest, or None."""
        wanted: tuple[str, str] = (folder, sha256)
        at = bisect.bisect_left(self.blobs, wanted, key=_place)
        if at < len(self.blobs) and _place(self.blobs[at]) == wanted:
            return self.blobs[at].data
        return None


def encode_evidence(bundle: EvidenceBundle) -> bytes:
    """Write the bundle as a zip; equal bundles give equal bytes.

    Raises:
        UsageError: larger than a plain zip can be (4 GiB, 65,534 members).
    """
    members = [
        Member("bundle.json", encode_document(bundle.claim)),
        Member("checkpoint", bundle.checkpoint),
        Member("README.txt", bundle.readme),
        Member("report.html", bundle.report),
    ]
    for entry in bundle.entries:
        proof = TlogProof(entry.index, entry.path, bundle.checkpoint)
        members.append(Member(f"entries/{entry.index}.json", entry.envelope))
        members.append(Member(f"proofs/{entry.index}.tlog-proof", encode_proof(proof)))
    members.extend(
        Member(f"consistency/{old.head.size}.json", encode_document(OldHeadDocument.of(old)))
        for old in bundle.old_heads
    )
    members.extend(Member(blob.name, blob.data) for blob in bundle.blobs)
    return encode_zip(members)


def parse_evidence(data: bytes) -> EvidenceBundle:
    """Read what a bundle claims; every member must be one that the format names, spelled its one way.

    Raises:
        FormatError: anything that `encode_evidence` would not have written.
    """
    members = {member.name: member.data for member in parse_zip(data)}
    missing = {"bundle.json", "checkpoint", "README.txt", "report.html"} - members.keys()
    if missing:
        raise FormatError(f"bundle: no {', '.join(sorted(missing))}, four fixed members promised")
    claim = open_document(members.pop("bundle.json"), BundleClaim, subject="bundle.json")
    checkpoint = members.pop("checkpoint")
    size = parse_checkpoint(checkpoint).head.size
    if claim.checkpoint_size != size:
        raise FormatError(f"bundle: claims {claim.checkpoint_size} entries, its checkpoint says {size}")
    return EvidenceBundle(
        claim=claim,
        checkpoint=checkpoint,
        readme=members.pop("README.txt"),
        report=members.pop("report.html"),
        entries=_parse_entries(members, checkpoint),
        old_heads=_parse_old_heads(members),
        blobs=_parse_blobs(members.items()),
    )


def _place(blob: Blob) -> tuple[str, str]:
    return blob.folder, blob.sha256


def _parse_entries(members: dict[str, bytes], checkpoint: bytes) -> tuple[LoggedEntry, ...]:
    # Takes the members it understands out of `members`; what is left over must be blobs.
    entries = []
    for name in [n for n in members if n.startswith("entries/")]:
        index = parse_decimal(name.removeprefix("entries/").removesuffix(".json"), subject=name)
        proof_name = f"proofs/{index}.tlog-proof"
        if name != f"entries/{index}.json" or proof_name not in members:
            raise FormatError(f"bundle: {name} without {proof_name}, a proof for each entry promised")
        envelope, raw = members.pop(name), members.pop(proof_name)
        proof = parse_proof(raw, strict=True)
        if proof.index != index or proof.checkpoint != checkpoint:
            raise FormatError(f"bundle: {proof_name} is for another index or checkpoint than its name and the bundle's")
        if encode_proof(proof) != raw:
            raise FormatError(f"bundle: {proof_name} is not spelled the one way promised")
        entries.append(LoggedEntry(index, envelope, proof.path))
    return tuple(sorted(entries, key=lambda entry: entry.index))


def _parse_old_heads(members: dict[str, bytes]) -> tuple[OldHead, ...]:
    heads = []
    for name in [n for n in members if n.startswith("consistency/")]:
        old = open_document(members.pop(name), OldHeadDocument, subject=name).value
        if name != f"consistency/{old.head.size}.json":
            raise FormatError(f"bundle: {name} is for size {old.head.size}, the size in its name promised")
        heads.append(old)
    return tuple(sorted(heads, key=lambda old: old.head.size))


def _parse_blobs(members: Iterable[tuple[str, bytes]]) -> tuple[Blob, ...]:
    blobs = []
    for name, data in members:
        folder, _, rest = name.partition("/")
        blob = _blob(folder, rest, data)
        if blob is None or blob.name != name:
            raise FormatError(f"bundle: member {name} is none that the format names")
        blobs.append(blob)
    return tuple(sorted(blobs))


def _blob(folder: str, rest: str, data: bytes) -> Blob | None:
    for known in FOLDERS:
        if folder == known:
            digest = rest.removesuffix(SUFFIX_OF[known])
            parse_sha256_hex(digest, subject=f"bundle: {folder}/{rest[:80]}")
            return Blob(known, digest, data)
    return None
