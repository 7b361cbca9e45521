"""Losses, copies and a change of policy that are known, and what digest and checks make of them."""

import dataclasses
import datetime as dt
import random

import pytest

from dayseal.checks import estimate_copies, estimate_loss, lease_rates
from dayseal.checks.policy_drift import changes_since
from dayseal.digest.bounded import Bounded
from dayseal.digest.tally import LEASES
from dayseal.model import day_window
from support.known_truth import EPOCH, HOUR_US, Renewal, digested, exec_line, lose, renewal_lines, renewals
from unit.checks.check_tallies import DAY, MIDNIGHT, every, tally_of

HOUR, ONE = dt.timedelta(hours=1), dt.timedelta(days=1)
FIRST = (MIDNIGHT - EPOCH) // HOUR
THINNED, STREAM, BARELY = FIRST + 5, FIRST + 13, FIRST + 20


def test_losses_at_known_hours_are_recovered_within_their_uncertainty() -> None:
    """An estimate that is wrong by more than it admits is worse than none: every hour, lossy or not, is held to it."""
    chance = random.Random(8)  # noqa: S311 - a corpus, not a key
    before = renewals(MIDNIGHT - ONE, MIDNIGHT - HOUR, chance)

    def lost(renewal: Renewal) -> bool:
        hour, minute = renewal.at_us // HOUR_US, renewal.at_us % HOUR_US // 60_000_000
        if hour == STREAM:
            return renewal.server == 1 and 10 <= minute < 35
        return chance.random() < {THINNED: 0.3, BARELY: 0.04}.get(hour, 0.0)

    day, truth = lose(renewals(MIDNIGHT - HOUR, MIDNIGHT + ONE + HOUR, chance), lost)
    history = lease_rates([digested(renewal_lines(before))])
    loss = estimate_loss(digested(renewal_lines(day)), DAY, history=history)
    assert loss is not None
    assert len(loss.hours) == 24
    for hour in loss.hours:
        assert abs(hour.share - truth[(hour.hour - EPOCH) // HOUR]) <= hour.uncertainty, hour.text
    found = {(hour.hour - EPOCH) // HOUR: hour for hour in loss.lossy}
    assert {THINNED, STREAM} <= found.keys() <= {THINNED, STREAM, BARELY}
    assert (found[STREAM].together, found[STREAM].silent) == (True, 4)
    assert not found[THINNED].together
    assert loss.node_pace == pytest.approx(352, abs=4)


@pytest.mark.parametrize("seed", range(6))
def test_the_stated_uncertainty_holds_for_clusters_of_any_size(seed: int) -> None:
    """Two standard deviations: of many hours with losses of all sizes, at most one in twenty may lie outside."""
    chance = random.Random(seed)  # noqa: S311 - a corpus, not a key
    nodes = [2, 3, 5, 9, 17, 33][seed]
    share = {hour: chance.choice([0.0, 0.0, 0.02, 0.1, 0.5, 0.9]) for hour in range(FIRST - 1, FIRST + 26)}
    series = renewals(MIDNIGHT - HOUR, MIDNIGHT + ONE + HOUR, chance, nodes)
    left, truth = lose(series, lambda renewal: chance.random() < share[renewal.at_us // HOUR_US])
    full = tally_of(leases=_by_lease(renewals(MIDNIGHT - ONE, MIDNIGHT - HOUR, chance, nodes)))
    loss = estimate_loss(tally_of(leases=_by_lease(left)), DAY, history=lease_rates([full]))
    assert loss is not None
    outside = [h.text for h in loss.hours if abs(h.share - truth[(h.hour - EPOCH) // HOUR]) > h.uncertainty]
    assert len(outside) <= 1, outside


def test_a_sample_of_leases_recovers_the_loss_too() -> None:
    """A tally keeps 8,192 lease hours: of a large cluster that is a part."""
    leases = {f"node/{n:04x}": every(10, MIDNIGHT - HOUR, MIDNIGHT + ONE + HOUR)[n % 7 :] for n in range(40)}
    bad = MIDNIGHT + 9 * HOUR
    thin = {
        name: [m for i, m in enumerate(ms) if not (bad <= m < bad + HOUR and i % 4 == 0)] for name, ms in leases.items()
    }
    whole = tally_of(leases=thin)
    kept = {key: n for key, n in whole.leases.kept.items() if key.lease < "node/0011"}
    sampled = dataclasses.replace(whole, leases=Bounded(LEASES, kept, rest=1))
    loss = estimate_loss(sampled, DAY)
    assert loss is not None
    assert [(hour.hour, round(hour.share, 2)) for hour in loss.lossy] == [(bad, 0.25)]


def test_copies_are_counted_by_content_and_never_by_audit_id() -> None:
    """Clients choose audit ids: records that share one are not copies, and a copy is one whatever its audit id."""
    chance = random.Random(3)  # noqa: S311 - a corpus, not a key
    lines = renewal_lines(renewals(MIDNIGHT, MIDNIGHT + 2 * HOUR, chance))
    copied = lines[:1500]
    found = estimate_copies(digested([*lines, *copied]))
    assert abs(found.share - len(copied) / (len(lines) + len(copied))) <= found.uncertainty
    again = [exec_line(MIDNIGHT + n * dt.timedelta(seconds=1), level="RequestResponse") for n in range(400)]
    assert estimate_copies(digested(again)).share == 0.0


def test_the_day_a_provider_changes_its_policy_is_named_to_the_microsecond() -> None:
    """The change date is the finding: before it a body was there, after it none."""
    changed = MIDNIGHT + 9 * HOUR + dt.timedelta(minutes=31, seconds=7, microseconds=5)
    yesterday = digested(exec_line(MIDNIGHT - ONE + n * HOUR, level="RequestResponse") for n in range(20))
    times = [*every(3600, day_window(DAY).start, changed), *every(3600, changed, MIDNIGHT + ONE)]
    today = digested(exec_line(t, level="Metadata" if t >= changed else "RequestResponse") for t in times)
    (change,) = changes_since(yesterday, today)
    assert (change.began, change.drift.comparison, change.drift.what) == (True, "LOWER", "create pods/exec by human")
    assert EPOCH + dt.timedelta(microseconds=change.drift.seen.first_us) == changed
    (back,) = changes_since(today, yesterday)
    assert not back.began


def _by_lease(found: list[Renewal]) -> dict[str, list[dt.datetime]]:
    leases: dict[str, list[dt.datetime]] = {}
    for renewal in found:
        leases.setdefault(f"node/{renewal.node:02x}", []).append(EPOCH + dt.timedelta(microseconds=renewal.at_us))
    return leases
