"""V8: the objects that statements name are here, are the ones named, and say the same."""

from collections.abc import Sequence

from dayseal.attest.predicates import ClusterDay, RollCall
from dayseal.codec import sha256_hex
from dayseal.digest.manifest import Manifest, open_manifest
from dayseal.digest.tally import open_tally
from dayseal.errors import ChainError, DigestError, RefutedError
from dayseal.evidence import EvidenceBundle, Folder, ReportContent, StatedEntry, render_readme, render_report
from dayseal.model import Verdict
from dayseal.notes import Checkpoint
from dayseal.offline.result import VerifiedStep


def check_contents(
    bundle: EvidenceBundle, entries: Sequence[StatedEntry], checkpoint: Checkpoint
) -> tuple[VerifiedStep, tuple[Manifest, ...]]:
    """V8: verify manifests, day roots, totals and revisions; give each day's newest manifest.

    Also requires that nothing is in the bundle that no statement names, and that the pages for people
    are what these statements give.

    Raises:
        DigestError: an object is not the one named.
        FormatError: an object is not of its format.
        ChainError: a revision does not only append.
        RefutedError: an object is missing or belongs to nothing; totals or pages differ.
    """
    for stated in entries:
        check_subject(stated)
    days = _days_in_range(bundle, entries)
    wanted: set[tuple[Folder, str]] = set()
    manifests: dict[str, Manifest] = {}
    newest: dict[str, tuple[bytes, Manifest]] = {}
    for index, said in days:
        data = _named(bundle, wanted, "manifests", said.archive.manifest.sha256, index)
        _named(bundle, wanted, "facts", said.facts.sha256, index)
        summary = _named(bundle, wanted, "summaries", said.summary.sha256, index)
        manifest = manifests.setdefault(said.archive.manifest.sha256, open_manifest(data))
        check_totals(said, manifest, index)
        _check_summary(said, summary, index)
        if said.day in newest:
            _check_appends(said, data, newest[said.day][0], index)
        newest[said.day] = (data, manifest)
    calls = (s.statement.predicate for s in entries)
    wanted |= {("rollcalls", call.rows.sha256) for call in calls if isinstance(call, RollCall)}
    found = tuple(manifest for _, manifest in newest.values())
    if bundle.claim.with_events:
        wanted |= {("objects", d.sha256) for manifest in found for d in manifest.descriptors}
    _require_nothing_else(bundle, wanted)
    _check_pages(bundle, entries, checkpoint)
    step = VerifiedStep(
        8,
        Verdict.PASS,
        (
            f"{len(manifests)} manifests of {len(newest)} days are the ones signed, and lead to the signed day roots",
            f"{len(days) - len(newest)} later revisions only appended",
            "README.txt and report.html say what the statements say",
        ),
        ("V6",),
        ("that a manifest lists all that the archive held: who can read the archive can digest it again",),
    )
    return step, found


def check_subject(stated: StatedEntry) -> None:
    """Require that a cluster-day is signed about the manifest it names.

    Raises:
        RefutedError: subject and manifest differ.
    """
    said = stated.statement.predicate
    if isinstance(said, ClusterDay) and stated.statement.subject_sha256 != said.archive.manifest.sha256:
        raise RefutedError(f"entry {stated.index}: its subject is not the manifest it names")


def check_totals(said: ClusterDay, manifest: Manifest, index: int) -> None:
    """Require that a statement's numbers are those of its manifest.

    Raises:
        RefutedError: the day root, the objects, the bytes or the record counts differ.
    """
    day_root = manifest.day_root().hex()
    events = sum(d.events for d in manifest.descriptors)
    _require(index, said, "day root", said.archive.day_root, day_root)
    _require(index, said, "objects", said.archive.objects, len(manifest.descriptors))
    _require(index, said, "bytes", said.archive.bytes, sum(d.end - d.start for d in manifest.descriptors))
    if said.events.count > events or said.archive.unattributed > events:
        raise RefutedError(
            f"entry {index}: {said.day} counts {said.events.count} events and {said.archive.unattributed} unattributed "
            f"records, its manifest holds {events}"
        )
    if (said.status == "SEALED") and not said.events.count:
        raise RefutedError(f"entry {index}: {said.day} is SEALED without events, NO_DATA promised")


def _check_summary(said: ClusterDay, data: bytes, index: int) -> None:
    tally = open_tally(data)
    _require(index, said, "events in the summary", said.events.count, tally.events)
    _require(index, said, "unparsable records in the summary", said.events.unparsable, tally.unparsable)
    _require(index, said, "truncated records in the summary", said.events.truncated, tally.truncated)


def _check_appends(said: ClusterDay, data: bytes, before: bytes, index: int) -> None:
    # Descriptors are lines, so one manifest starts with the other if and only if descriptors were only appended.
    if not data.startswith(before):
        raise ChainError(
            f"entry {index}: revision {said.revision} of {said.day} changes its manifest, only appending promised"
        )


def _days_in_range(bundle: EvidenceBundle, entries: Sequence[StatedEntry]) -> tuple[tuple[int, ClusterDay], ...]:
    found = ((s.index, s.statement.predicate) for s in entries)
    claim = bundle.claim
    return tuple((i, p) for i, p in found if isinstance(p, ClusterDay) and claim.first <= p.day <= claim.last)


def _named(bundle: EvidenceBundle, wanted: set[tuple[Folder, str]], folder: Folder, sha256: str, index: int) -> bytes:
    wanted.add((folder, sha256))
    data = bundle.find(folder, sha256)
    if data is None:
        raise RefutedError(f"entry {index}: {folder}/{sha256} is left out, every object it names promised")
    if sha256_hex(data) != sha256:
        found, source = sha256_hex(data), f"ledger entry {index}"
        raise DigestError(f"{folder}/{sha256[:16]}", expected=sha256, actual=found, source=source)
    return data


def _require_nothing_else(bundle: EvidenceBundle, wanted: set[tuple[Folder, str]]) -> None:
    for blob in bundle.blobs:
        if (blob.folder, blob.sha256) not in wanted:
            raise RefutedError(f"{blob.name}: no statement names it, only named objects promised")


def _check_pages(bundle: EvidenceBundle, entries: Sequence[StatedEntry], checkpoint: Checkpoint) -> None:
    content = ReportContent(bundle.claim, checkpoint, tuple(entries))
    for name, found, promised in (
        ("README.txt", bundle.readme, render_readme(content)),
        ("report.html", bundle.report, render_report(content)),
    ):
        if found != promised:
            raise RefutedError(
                f"{name}: is not what the statements give",
                hint="it was changed, or another release of dayseal wrote it",
            )


def _require(index: int, said: ClusterDay, what: str, stated: object, found: object) -> None:
    if stated != found:
        raise RefutedError(f"entry {index}: {said.day} states {what} {stated}, {found} is what it names")
