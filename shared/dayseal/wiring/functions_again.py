"""Reading recorded objects again by the clock, whichever cloud the clock is in."""

from dayseal.model import Verdict
from dayseal.model.outcomes import Count, Outcome
from dayseal.ports import Notifier
from dayseal.reverification import reverify_archives
from dayseal.runs.notices import notices_of_rereading
from dayseal.settings import environment
from dayseal.steps.parts import Parts
from dayseal.steps.reverifying import Selection
from dayseal.wiring.functions import Station


def read_again(station: Station, parts: Parts, notifier: Notifier) -> Outcome:
    """Read a sample of recorded objects again, at most `DAYSEAL_REVERIFY_BYTES` of them, and attest the result.

    Raises:
        OutOfTimeError: the budget is too large for the time there is.
    """
    budget = int(environment("DAYSEAL_REVERIFY_BYTES"))
    seed = station.surroundings.entropy(16).hex()
    report = reverify_archives(parts, Selection("sample", seed=seed, budget_bytes=budget), only=None)
    notifier.tell("dayseal: recorded days read again", notices_of_rereading(report))
    size = sum(d.end - d.start for r in report.rereads for d in r.recorded.chosen)
    counts = (
        Count("ReverifiedBytes", size, "Bytes"),
        Count("ReverifyFailures", int(report.verdict is Verdict.FAIL)),
    )
    answer = {"days": len(report.rereads), "bytes": size, "verdict": report.verdict.text, "seed": seed}
    return Outcome(answer, counts)
