"""Small, valid statements for ledgers in tests: what they say of archives is made up."""

from dayseal.attest.keys import keyid_of
from dayseal.attest.predicates import (
    ArchiveSection,
    Chain,
    ClusterDay,
    ClusterRef,
    Delegation,
    Enrolment,
    EventsSection,
    Genesis,
    Inventory,
    KeyScope,
    LockSection,
    ManifestRef,
    RootKey,
    SeenHead,
    Sha256,
    VerifierSection,
)
from dayseal.attest.statement import Statement
from dayseal.codec import Wire, encode_base64, encode_document, sha256_hex
from dayseal.ledger.layout import manifest_key
from dayseal.merkle import EMPTY_ROOT
from dayseal.model import ClusterId
from dayseal.ports import Signer

AT = "2026-11-23T06:00:00Z"


def about(predicate: Wire) -> Statement:
    """Give a statement whose subject is its own predicate; a cluster-day's is its manifest."""
    if isinstance(predicate, ClusterDay):
        manifest = predicate.archive.manifest
        return Statement(manifest.uri, manifest.sha256, predicate)
    return Statement(type(predicate).__name__.lower(), sha256_hex(encode_document(predicate)), predicate)


def genesis(origin: str, roots: tuple[tuple[str, Signer], ...], log_vkey: str, threshold: int = 1) -> Genesis:
    """Give a genesis with these root keys."""
    return Genesis(
        origin=origin,
        log_key=log_vkey,
        roots=tuple(RootKey(name=name, spki=encode_base64(key.spki)) for name, key in roots),
        threshold=threshold,
        formats={"commit": 1},
        at=AT,
    )


def delegation(
    number: int,
    previous: str | None,
    key: Signer,
    *,
    action: str = "grant",
    role: str = "attestor",
    providers: tuple[str, ...] = ("*",),
    accounts: tuple[str, ...] = ("*",),
    from_index: int = 0,
) -> Delegation:
    """Give delegation `number`, which follows the envelope with digest `previous`."""
    return Delegation(
        number=number,
        previous_envelope_sha256=previous,
        action="revoke" if action == "revoke" else "grant",
        role="recorder" if role == "recorder" else "attestor",
        name=role,
        keyid=keyid_of(key.spki),
        spki=encode_base64(key.spki),
        scope=KeyScope(providers=providers, accounts=accounts),
        from_index=from_index,
        reason="test",
        at=AT,
    )


def chain(seq: int, previous: str | None) -> Chain:
    """Give a place in a chain; the head it claims to have seen is the empty one."""
    return Chain(seq=seq, previous_envelope_sha256=previous, seen_head=SeenHead(size=0, root=EMPTY_ROOT.hex()))


def enrolment(cluster: ClusterId, place: Chain, *, action: str = "enter", day: str = "2026-11-01") -> Enrolment:
    """Give an enrolment of `cluster`."""
    return Enrolment(
        cluster=ClusterRef.of(cluster),
        action="leave" if action == "leave" else "enter",
        day=day,
        reason="test",
        chain=place,
        at=AT,
    )


def inventory(place: Chain, clusters: tuple[str, ...] = ()) -> Inventory:
    """Give an inventory that found `clusters`."""
    return Inventory(calls=("list",), silent_scopes=(), clusters=clusters, clusters_left_off=0, chain=place, at=AT)


def cluster_day(
    cluster: ClusterId, day: str, place: Chain, objects: tuple[bytes, bytes, bytes], *, revision: int = 0
) -> ClusterDay:
    """Give a sealed day; `objects` are the bytes of its manifest, summary and facts."""
    manifest, summary, facts = (sha256_hex(data) for data in objects)
    return ClusterDay(
        cluster=ClusterRef.of(cluster),
        day=day,
        revision=revision,
        status="SEALED",
        chain=place,
        archive=_archive(manifest),
        events=_no_events(),
        event_days=(),
        lock=LockSection(mode="none", retain_until_min=None, objects_below_term=0),
        findings=(),
        facts=Sha256(sha256=facts),
        summary=Sha256(sha256=summary),
        verifier=_verifier(),
        details=Sha256(sha256=sha256_hex(b"")),
        checked_at=AT,
    )


def _archive(manifest: str) -> ArchiveSection:
    return ArchiveSection(
        uri="file:archive",
        prefix="",
        splitter=("plain/1",),
        cutoff=AT,
        objects=1,
        bytes=1,
        unattributed=0,
        unreadable=0,
        day_root=EMPTY_ROOT.hex(),
        manifest=ManifestRef(uri=manifest_key(manifest), sha256=manifest),
        events_tree_version=1,
    )


def _no_events() -> EventsSection:
    return EventsSection(
        count=0,
        first=None,
        last=None,
        per_hour=(0,) * 24,
        gaps=(),
        gaps_left_off=0,
        levels={},
        truncated=0,
        unparsable=0,
    )


def _verifier() -> VerifierSection:
    return VerifierSection(
        name="dayseal",
        version="0",
        checks_version="0",
        settings_digest=sha256_hex(b""),
        thresholds={},
        code_digest_claimed="",
        identity="test",
    )
