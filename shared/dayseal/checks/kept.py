"""What check 3 asks of stores of any cloud: is one kept long enough, and does nothing delete too soon?"""

import datetime as dt
from collections.abc import Callable, Sequence

from dayseal.checks.route_terms import format_days
from dayseal.checks.route_words import FactSheet, Opinion, fix_missing, name_missing
from dayseal.checks.store_terms import StoreTerm, archive_term, keeps, longest, show_rules, touching
from dayseal.model import Verdict
from dayseal.model.route import ArchiveFacts, Known, LifecycleRule, Missing


def judge_archive_kept(
    archive: ArchiveFacts | None,
    sheet: FactSheet,
    day: dt.date,
    early: Callable[[ArchiveFacts, LifecycleRule], Opinion | None],
    absent: Callable[[ArchiveFacts], Opinion],
) -> tuple[list[Opinion], StoreTerm | None]:
    """Give what is wrong with the archive, and its term for objects of `day` where that is known.

    `early` objects to a rule that deletes too soon; `absent` says what it means that there is no such archive.
    """
    if archive is None:
        return [], None
    sheet.add("archive.exists", archive.exists)
    if isinstance(archive.exists, Known) and not archive.exists.value:
        return [absent(archive)], None
    sheet.add("archive.lifecycle", archive.lifecycle, show_rules)
    if isinstance(archive.lifecycle, Missing):
        return [], None
    rules = archive.lifecycle.value
    found = [early(archive, rule) for rule in touching(archive, rules)]
    return [opinion for opinion in found if opinion is not None], archive_term(archive, rules, day)


def judge_terms(
    stores: Sequence[StoreTerm], promised: tuple[int, int], hidden: Sequence[Missing], elsewhere: str | None, fix: str
) -> Opinion:
    """Judge the best of some stores by days hot and days in total; too short is UNKNOWN where another may be better.

    `hidden` are refused answers that may name a store; `elsewhere` says without one why another may keep the logs
    longer, None: no other does.
    """
    hot_days, total_days = promised
    best_hot = longest(tuple(store.hot_days for store in stores))
    best_total = longest(tuple(store.total_days for store in stores))
    named = "; ".join(f"{store.name}: {store.words}" for store in stores) or "no store is known"
    short = [
        f"{kind} {format_days(have)}, {wanted} promised"
        for kind, have, wanted in (("hot", best_hot, hot_days), ("in total", best_total, total_days))
        if not keeps(have, wanted)
    ]
    if not short:
        return Opinion(Verdict.PASS, f"hot {format_days(best_hot)}, in total {format_days(best_total)}; {named}")
    said = f"{'; '.join(short)} ({named})"
    if hidden:
        return Opinion(Verdict.UNKNOWN, f"{said}; not known: {name_missing(hidden)}", fix_missing(hidden))
    if elsewhere is not None:
        return Opinion(Verdict.UNKNOWN, f"{said}; {elsewhere}", fix)
    return Opinion(Verdict.FAIL, said, fix)
