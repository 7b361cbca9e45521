"""V1 to V3: whom we trust, the checkpoint, and that the log only grew."""

import dataclasses
import datetime as dt
from collections.abc import Sequence
from typing import Final

from dayseal.attest.keys import keyid_of
from dayseal.codec import format_time
from dayseal.errors import FormatError, ProofError, TrustError
from dayseal.evidence import OldHead
from dayseal.merkle import verify_consistency
from dayseal.model import TreeHead, Verdict
from dayseal.notes import OpenedCheckpoint, TrustPolicy, open_checkpoint
from dayseal.offline.result import Freshness, FreshnessState, VerifiedStep

MAX_CHECKPOINT_AGE: Final = dt.timedelta(hours=48)
_MAX_TIME_S: Final = 253_402_300_799  # the last second of year 9999


@dataclasses.dataclass(frozen=True, slots=True)
class Pinned:
    """What the verifier holds from elsewhere: the policy, and its root keys by id."""

    policy: TrustPolicy
    roots: tuple[tuple[str, bytes], ...]

    @property
    def root_keys(self) -> dict[str, bytes]:
        """The root keys, key id to SPKI."""
        return dict(self.roots)


def pin_trust(policy: TrustPolicy) -> tuple[VerifiedStep, Pinned]:
    """V1: require a log key and a root key, and name what is pinned.

    Raises:
        TrustError: the policy names no log or no root key.
    """
    if not policy.logs:
        raise TrustError("trust policy: no log key, at least one promised")
    if not policy.roots:
        raise TrustError(
            "trust policy: no root key, at least one promised",
            hint="`root` lines are dropped by `dayseal trust export --c2sp`; use the full trust.policy",
        )
    roots = tuple((keyid_of(spki), spki) for _, spki in policy.roots)
    names = [name for name, _ in policy.roots]
    proved = (
        *(f"log {key.name} is pinned by key {key.keyid.hex()}" for key in policy.logs),
        *(f"root {name} is pinned by key {keyid[:16]}" for name, (keyid, _) in zip(names, roots, strict=True)),
    )
    step = VerifiedStep(1, Verdict.PASS, proved, rests_on=("you got the trust policy from somebody you trust",))
    return step, Pinned(policy, roots)


def open_head(
    checkpoint: bytes, pinned: Pinned, as_of: dt.datetime, *, stale_matters: bool
) -> tuple[VerifiedStep, OpenedCheckpoint, Freshness]:
    """V2: verify the log's signature and the cosignatures; judge the age of what witnesses saw.

    With `stale_matters` a checkpoint that witnesses saw last more than 48 h before `as_of` is UNKNOWN.

    Raises:
        FormatError, TrustError, SignatureError: as `open_checkpoint`.
    """
    opened = open_checkpoint(checkpoint, pinned.policy)
    freshness = _freshness(opened, pinned.policy, as_of)
    head = opened.checkpoint.head
    proved = [f"log {opened.checkpoint.origin} signed {head.size} entries under root {head.root.hex()}"]
    not_shown = []
    verdict = Verdict.PASS
    for name, time_s in zip(opened.witnesses, opened.cosigned_times, strict=True):
        proved.append(f"witness {name} cosigned it at {_moment(time_s)}")
    if not opened.quorum_met:
        verdict = Verdict.UNKNOWN
        not_shown.append(f"provisional: quorum {pinned.policy.quorum} has not cosigned it")
    if freshness.state is FreshnessState.STALE and stale_matters:
        verdict = Verdict.UNKNOWN
    if freshness.state is not FreshnessState.PROVEN:
        not_shown.append(f"freshness: {freshness.text}")
    if opened.ignored:
        not_shown.append(f"{opened.ignored} signature lines are by keys the trust policy does not name")
    if not opened.witnesses:
        not_shown.append("that everybody is shown the same log: no witness of the policy cosigned it")
    hint = "get a newer file, or ask about the state then with --as-of" if verdict is Verdict.UNKNOWN else ""
    return VerifiedStep(2, verdict, tuple(proved), ("V1",), tuple(not_shown), hint=hint), opened, freshness


def prove_growth(
    opened: OpenedCheckpoint, old_heads: Sequence[OldHead], since: bytes | None, pinned: Pinned, freshness: Freshness
) -> tuple[VerifiedStep, Freshness]:
    """V3: prove every old head of the file, and `since` by one of them, to be a start of this log.

    Raises:
        FormatError, TrustError, SignatureError: `since` is no checkpoint of a trusted log.
        ProofError: a path does not hold, or the log shows another root for the size of `since`.
    """
    new = opened.checkpoint.head
    for old in old_heads:
        verify_consistency(old=old.head, new=new, path=old.path)
    sizes = [old.head.size for old in old_heads]
    shown = f"{len(sizes)} older heads of {sizes[0]} to {sizes[-1]} entries" if sizes else ""
    proved = [f"the log only grew to {new.size} entries: {shown} are starts of it"] if sizes else []
    if since is None:
        not_shown = ("that the log still holds all you saw earlier: no --since checkpoint was given",)
        verdict = Verdict.PASS if proved else Verdict.NOT_APPLICABLE
        return VerifiedStep(3, verdict, tuple(proved), ("V2",), not_shown), freshness
    kept = open_checkpoint(since, pinned.policy).checkpoint
    if kept.origin != opened.checkpoint.origin:
        raise TrustError(f"--since: a checkpoint of {kept.origin}, one of {opened.checkpoint.origin} promised")
    gap = _compare(kept.head, new, old_heads)
    if gap:
        hint = "make the evidence again with --since, or verify with a checkpoint of a size it carries"
        return VerifiedStep(3, Verdict.UNKNOWN, tuple(proved), ("V2",), (gap,), hint=hint), freshness
    proved.append(f"all {kept.head.size} entries of your own checkpoint are in this log, unchanged")
    if freshness.state is FreshnessState.UNPROVEN:
        text = f"not older than your own checkpoint of {kept.head.size} entries"
        freshness = Freshness(FreshnessState.SINCE, text)
    return VerifiedStep(3, Verdict.PASS, tuple(proved), ("V2", "your own checkpoint")), freshness


def _compare(kept: TreeHead, new: TreeHead, old_heads: Sequence[OldHead]) -> str:
    # "" when `kept` is proved to be a start of `new`, else why that cannot be shown.
    shown = {old.head.size: old.head.root for old in old_heads} | {new.size: new.root}
    if kept.size == 0:
        return ""
    if kept.size > new.size:
        return f"--since has {kept.size} entries, this checkpoint only {new.size}: it is the older one"
    if kept.size not in shown:
        return f"that the log grew from the {kept.size} entries of --since: no consistency proof for that size is here"
    here = shown[kept.size]
    if here != kept.root:
        raise ProofError(
            f"--since: {kept.size} entries have root {kept.root.hex()[:16]}, this log shows {here.hex()[:16]}",
            hint="the log showed two histories: keep both files, they prove it",
        )
    return ""


def _freshness(opened: OpenedCheckpoint, policy: TrustPolicy, as_of: dt.datetime) -> Freshness:
    seen_s = _quorum_time(opened, policy)
    if seen_s is None:
        return Freshness(FreshnessState.UNPROVEN, "no witness saw this checkpoint, nothing shows how new it is")
    age_s = int(as_of.timestamp()) - seen_s
    asked = format_time(as_of)
    if age_s <= MAX_CHECKPOINT_AGE.total_seconds():
        return Freshness(FreshnessState.PROVEN, f"witnesses saw it last at {_moment(seen_s)}, asked about {asked}")
    hours = age_s // 3600
    return Freshness(
        FreshnessState.STALE,
        f"witnesses saw it last at {_moment(seen_s)}, {hours} hours before {asked}, at most 48 promised",
    )


def _quorum_time(opened: OpenedCheckpoint, policy: TrustPolicy) -> int | None:
    # The newest moment at or after which enough witnesses cosigned: one witness alone must not date a quorum.
    seen: list[str] = []
    pairs = sorted(zip(opened.cosigned_times, opened.witnesses, strict=True), reverse=True)
    for time_s, name in pairs:
        seen.append(name)
        if policy.quorum_met(seen):
            return time_s
    return None


def _moment(time_s: int) -> str:
    if time_s > _MAX_TIME_S:
        raise FormatError(f"checkpoint: cosigned at second {time_s}, a moment before the year 10000 promised")
    return format_time(dt.datetime.fromtimestamp(time_s, dt.UTC))
