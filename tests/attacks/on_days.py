"""Attacks that leave days or clusters out: by the attestor, by the log, and on the way to the auditor."""

import dataclasses
from collections.abc import Callable
from typing import Final

from attacks.attack import Attack, leave_as_it_is
from attacks.grounds import ATTESTORS, DAYS, KEPT_DAY, PROD, SHOP, TOLD, Asked, Site
from attacks.log_operator import rebuild_ledger
from attacks.on_archive import alter_object
from dayseal.attest.keys import keyid_of
from dayseal.attest.predicates import ClusterDay, Inventory, Reverification, RollCall
from dayseal.codec import format_day
from dayseal.evidence import EvidenceBundle, LoggedEntry, ReportContent, StatedEntry, render_readme, render_report
from dayseal.ledger.entry import Entry, parse_admitted
from dayseal.ledger.objects import objects_of
from dayseal.ledger.reader import LedgerReader
from dayseal.notes import parse_checkpoint
from dayseal.reverification import reverify_archives
from dayseal.steps.reverifying import Selection
from dayseal.testing.memory import MemoryGuard

_OLD: Final = 2  # the day after whose sealing an old ledger was copied


def show_old_ledger(site: Site) -> None:
    """Show ledger and guard as they were two days ago, and claim all days."""
    store, guarded = site.past[_OLD]
    site.store, site.guard = store.copy(), MemoryGuard(guarded)


def show_old_ledger_for_its_days(site: Site) -> None:
    """The same, and claim only the days it has."""
    show_old_ledger(site)
    site.asked = Asked(last=DAYS[_OLD])


def cut_newest_days(site: Site) -> None:
    """Leave the newest days out of a bundle that still claims them."""
    site.hand_over = lambda bundle: _without(bundle, _is_newest_day)


def cut_newest_days_and_roll_calls(site: Site) -> None:
    """The same, with the roll-calls that name them; older ones name older inventories, which are put in."""
    ledger = site.reader()
    site.hand_over = lambda bundle: _without(
        _with_inventories(bundle, ledger), lambda e: _is_newest_day(e) or _is_newest_roll_call(e)
    )


def remove_day(site: Site) -> None:
    """Make the log anew without one day of prod."""
    rebuild_ledger(site, lambda e: not _is_day_of_prod(e, DAYS[_OLD]), call_again=False)


def drop_all_days(site: Site) -> None:
    """Make the log anew with the enrolment of prod and none of its days."""
    rebuild_ledger(site, lambda e: not (_of_prods_attestor(e) and isinstance(e.statement.predicate, ClusterDay)))


def drop_cluster(site: Site) -> None:
    """Make the log anew without prod; evidence is asked for it."""
    rebuild_ledger(site, lambda e: not _of_prods_attestor(e))


def drop_neighbour(site: Site) -> None:
    """The same; evidence is asked for the other cluster."""
    drop_cluster(site)
    site.asked = Asked(cluster=SHOP)


def leave_reread_out(site: Site) -> None:
    """Alter an object, let it be found, and leave the finding out of the bundle."""
    alter_object(site)
    reverify_archives(site.parts("eks"), Selection("all"), only=None)
    site.hand_over = lambda bundle: _without(bundle, lambda e: isinstance(e.statement.predicate, Reverification))


def _without(bundle: EvidenceBundle, gone: Callable[[Entry], bool]) -> EvidenceBundle:
    """Give a bundle without some entries, with pages and objects as if they never were."""
    entries = [(e, _parsed(e.envelope)) for e in bundle.entries]
    kept = [(logged, entry) for logged, entry in entries if not gone(entry)]
    named = {sha256 for _, entry in kept for sha256, _ in objects_of(entry.statement)}
    stated = tuple(StatedEntry(logged.index, entry.envelope_sha256, entry.statement) for logged, entry in kept)
    content = ReportContent(bundle.claim, parse_checkpoint(bundle.checkpoint), stated)
    return dataclasses.replace(
        bundle,
        entries=tuple(logged for logged, _ in kept),
        blobs=tuple(blob for blob in bundle.blobs if blob.sha256 in named),
        readme=render_readme(content),
        report=render_report(content),
    )


def _with_inventories(bundle: EvidenceBundle, ledger: LedgerReader) -> EvidenceBundle:
    there = {e.index for e in bundle.entries}
    more = [
        LoggedEntry(index, data, ledger.inclusion(index))
        for index, data in enumerate(ledger.entries())
        if index not in there and isinstance(_parsed(data).statement.predicate, Inventory)
    ]
    return dataclasses.replace(bundle, entries=tuple(sorted((*bundle.entries, *more), key=lambda e: e.index)))


def _parsed(data: bytes) -> Entry:
    return parse_admitted(data, subject="evidence")


def _is_newest_day(entry: Entry) -> bool:
    said = entry.statement.predicate
    return isinstance(said, ClusterDay) and said.day >= format_day(DAYS[KEPT_DAY])


def _is_newest_roll_call(entry: Entry) -> bool:
    said = entry.statement.predicate
    return isinstance(said, RollCall) and said.day >= format_day(DAYS[KEPT_DAY])


def _is_day_of_prod(entry: Entry, day: object) -> bool:
    said = entry.statement.predicate
    return isinstance(said, ClusterDay) and said.cluster.id == PROD and said.day == str(day)


def _of_prods_attestor(entry: Entry) -> bool:
    return keyid_of(ATTESTORS["eks"].spki) in entry.keyids


DAY_ATTACKS: Final = (
    Attack("day-skipped", "the attestor seals no statement for one day", leave_as_it_is, told=TOLD - {2}),
    Attack("attestor-silent", "the attestor stops after the third day", leave_as_it_is, told=TOLD - {3, 4}),
    Attack("day-removed", "the log is made anew without one day", remove_day),
    Attack("newest-not-shown", "an old ledger and its guard are shown, evidence claims all days", show_old_ledger),
    Attack(
        "newest-not-claimed",
        "the same, evidence claims only the days it has",
        show_old_ledger_for_its_days,
    ),
    Attack("newest-cut", "the newest days are cut out of a bundle", cut_newest_days),
    Attack("newest-cut-clean", "the same, with the roll-calls that name them", cut_newest_days_and_roll_calls),
    Attack("all-days-dropped", "the log is made anew without any day of a cluster", drop_all_days),
    Attack("cluster-dropped", "the log is made anew without a cluster, evidence of it is asked for", drop_cluster),
    Attack("neighbour-dropped", "the same, evidence of another cluster is asked for", drop_neighbour),
    Attack(
        "reread-left-out", "an object is altered, its failed re-reading is left out of the bundle", leave_reread_out
    ),
)
