"""Step 5, first half: whose records are these? Hints in the archive are matched to clusters in scope."""

import dataclasses
from collections.abc import Iterable, Sequence

from dayseal.digest.objects import ObjectDigest
from dayseal.digest.tally import Tally, merge_all
from dayseal.errors import FormatError
from dayseal.model import ClusterHint, ClusterId

UNVERIFIED_UID = "unverified"


@dataclasses.dataclass(frozen=True, slots=True)
class Unclaimed:
    """Records whose hint fits no cluster in scope, or more than one."""

    hint: str
    events: int
    reason: str


@dataclasses.dataclass(frozen=True, slots=True)
class Claims:
    """Every cluster's tally of one batch, the records nobody claims, and the unattributed count.

    `owners` says whose each hint was found to be.
    """

    tallies: tuple[tuple[ClusterId, Tally], ...]
    unclaimed: tuple[Unclaimed, ...]
    unattributed: int
    owners: tuple[tuple[ClusterHint | None, ClusterId], ...] = ()

    def of(self, cluster: ClusterId) -> Tally | None:
        """Give the cluster's tally, or None when no record is its own."""
        return dict(self.tallies).get(cluster)


def claim_records(
    digests: Sequence[ObjectDigest],
    clusters: Sequence[ClusterId],
    *,
    adopt: str | None,
    others: Sequence[ClusterId] = (),
) -> Claims:
    """Hand every record to one of `clusters`: the ones in scope of this archive.

    A hint must fit exactly one cluster; records without a hint belong to the only cluster there is. What fits none
    of them may name one of `others`: clusters of which nobody knows the archive.
    `adopt` (an archive's name) makes clusters out of hints that fit none: for a plain folder without
    settings. Such a cluster's uid is `unverified`, for a record cannot prove where it came from.
    """
    merged: dict[ClusterId, list[Tally]] = {}
    owners: list[tuple[ClusterHint | None, ClusterId]] = []
    unclaimed: list[Unclaimed] = []
    unattributed = 0
    for hint, tally in _by_hint(digests):
        if hint is None:
            unattributed += tally.events
        owner, reason = _owner(hint, clusters, adopt)
        if owner is None and hint is not None and hint.name and not any(hint.fits(c) for c in clusters):
            named = [c for c in others if hint.fits(c)]
            owner = named[0] if len(named) == 1 else None
        if owner is None:
            unclaimed.append(Unclaimed("" if hint is None else hint.text, tally.events, reason))
        else:
            merged.setdefault(owner, []).append(tally)
            owners.append((hint, owner))
    return Claims(
        tallies=tuple((c, merge_all(merged[c])) for c in sorted(merged)),
        unclaimed=tuple(sorted(unclaimed, key=lambda u: u.hint)),
        unattributed=unattributed,
        owners=tuple(owners),
    )


def _by_hint(digests: Iterable[ObjectDigest]) -> list[tuple[ClusterHint | None, Tally]]:
    found: dict[ClusterHint | None, list[Tally]] = {}
    for digest in digests:
        for hint, tally in digest.tallies:
            found.setdefault(hint, []).append(tally)
    ordered = sorted(found.items(), key=lambda item: "" if item[0] is None else item[0].text)
    return [(hint, merge_all(tallies)) for hint, tallies in ordered]


def _owner(hint: ClusterHint | None, clusters: Sequence[ClusterId], adopt: str | None) -> tuple[ClusterId | None, str]:
    fitting = [c for c in clusters if c.uid != UNVERIFIED_UID or adopt is None]
    fitting = [c for c in fitting if hint is None or hint.fits(c)]
    if len(fitting) == 1:
        return fitting[0], ""
    if len(fitting) > 1:
        return None, f"{len(fitting)} clusters in scope fit it"
    if adopt is None:
        return None, "no cluster in scope fits it"
    if hint is None:
        return ClusterId("local", "local", "-", adopt, UNVERIFIED_UID), ""
    if not hint.name:
        return None, "it names no cluster"
    try:
        return ClusterId(hint.provider, hint.account or "-", hint.location or "-", hint.name, UNVERIFIED_UID), ""
    except FormatError as exc:  # whoever can write a record can write any name into it
        return None, f"it names what no cluster is called ({exc})"
