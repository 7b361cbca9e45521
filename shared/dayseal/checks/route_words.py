"""What the findings about a route share: facts with their calls, and honest words for what is missing."""

import dataclasses
import json
import re
import shlex
from collections.abc import Callable, Sequence
from typing import Final, TypeVar

from dayseal.checks.wording import FactWriter
from dayseal.model import Fact, Finding, Verdict
from dayseal.model.route import AksSource, Answer, Call, GkeSource, Known, Missing, Reason, RouteFacts, Source

T = TypeVar("T")
_MAX_FACTS: Final = 40
_MAX_VALUE: Final = 2_000  # characters
_MAX_SAID: Final = 1_500  # characters; a statement stays below 48 kB
_MAX_NAMED: Final = 3
_PEOPLE: Final = re.compile(
    r"(:user/|:federated-user/|:assumed-role/[A-Za-z0-9+=,.@_-]+/)[A-Za-z0-9+=,.@_/-]+"
    r"|(\buser:|\bprincipal://[^\s\"]*?/subject/)[^\s\",;)\]]+"
)


class FactSheet:
    """Collects one finding's facts, each under the call it came from; a missing one is listed as missing."""

    def __init__(self, check: str) -> None:
        self._check = check
        self._facts: list[Fact] = []
        self.missing: list[Missing] = []

    def add(self, field: str, answer: Answer[T], show: Callable[[T], str] = str) -> None:
        """Note an answer that the verdict rests on; a miss is remembered in `missing` too."""
        if isinstance(answer, Missing):
            self.missing.append(answer)
        self.mention(field, answer, show)

    def mention(self, field: str, answer: Answer[T], show: Callable[[T], str] = str) -> None:
        """Note an answer for the reader; the verdict does not depend on it."""
        if isinstance(answer, Missing):
            self.write(field, answer.call, f"not known: {answer.text}")
        else:
            self.write(field, answer.source, show(answer.value))

    def write(self, field: str, call: Call, value: str) -> None:
        """Note `value`, as taken from what `call` gave; long values are cut."""
        shown = hide_people(value)
        cut = shown if len(shown) <= _MAX_VALUE else f"{shown[:_MAX_VALUE]}... ({len(shown)} characters)"
        self._facts.append(FactWriter(self._check, call.text, call.resource).fact(field, cut))

    @property
    def facts(self) -> tuple[Fact, ...]:
        """The facts so far, in order, at most 40."""
        return tuple(self._facts[:_MAX_FACTS])

    def finding(self, verdict: Verdict, said: str, fix: str = "") -> Finding:
        """Give the finding with the facts so far; names of people are left out, it goes into the ledger."""
        shown = hide_people(said)
        cut = shown if len(shown) <= _MAX_SAID else f"{shown[:_MAX_SAID]}..."
        return Finding(self._check, verdict, cut, self.facts, "" if verdict is Verdict.PASS else fix)

    def unknown(self, subject: str, *, more: str = "") -> Finding:
        """Say that `subject` could not be told, naming each call and permission that is missing."""
        why = f": {name_missing(self.missing)}" if self.missing else ""
        said = f"cannot tell {subject}{why}{more}"
        return self.finding(Verdict.UNKNOWN, said, fix_missing(self.missing))


def hide_people(text: str) -> str:
    """Take the names of people out of the text: of users and role sessions in ARNs, and of Google's IAM members."""
    return _PEOPLE.sub(lambda found: f"{found[1] or found[2]}...", text)


def fix_missing(missing: Sequence[Missing]) -> str:
    """Give what to do about the missing facts."""
    permissions = sorted({miss.permission for miss in missing if miss.permission})
    if permissions:
        return f"grant {', '.join(permissions)} to the role that dayseal reads with, then: dayseal check"
    if any(miss.reason is Reason.DISABLED_REGION for miss in missing):
        return "aws account list-regions --region-opt-status-contains DISABLED"
    return "dayseal check"


def name_missing(missing: Sequence[Missing]) -> str:
    """Say which calls and permissions are missing, at most three."""
    told: list[str] = []
    for miss in missing:
        needs = f", permission {miss.permission} missing" if miss.permission else ""
        said = f"{miss.text}{needs}"
        if said not in told:
            told.append(said)
    more = len(told) - _MAX_NAMED
    return "; ".join(told[:_MAX_NAMED]) + (f"; and {more} more" if more > 0 else "")


def known(answer: Answer[T], otherwise: T) -> T:
    """Give the value, or `otherwise` where it is missing; only for facts no verdict rests on."""
    return answer.value if isinstance(answer, Known) else otherwise


def gone(facts: RouteFacts, sheet: FactSheet, what: str) -> Finding | None:
    """Give NOT_APPLICABLE for a cluster that its provider no longer knows, else None."""
    cluster = facts.source.cluster
    if isinstance(cluster, Known) and cluster.value is None:
        sheet.write("cluster", cluster.source, "no such cluster")
        return sheet.finding(Verdict.NOT_APPLICABLE, f"the cluster is no more: {what}")
    return None


def no_archive(facts: RouteFacts, sheet: FactSheet, more: str = "") -> Finding:
    """Give UNKNOWN for a route on which no archive is known, naming the refused calls that may hide one."""
    hidden = note_hidden_archive(facts, sheet)
    if hidden:
        said = f"cannot tell which archive the route leads to: {name_missing(hidden)}"
        return sheet.finding(Verdict.UNKNOWN, said, fix_missing(hidden))
    said = f"no archive is named in the settings and none was found on the route{more}"
    return sheet.finding(Verdict.UNKNOWN, said, "name the archive in the settings")


def note_hidden_archive(facts: RouteFacts, sheet: FactSheet) -> tuple[Missing, ...]:
    """Note the refused calls that may hide the route's archive, and give them; none where one is known."""
    if facts.archive is not None:
        return ()
    ways = _ways(facts.source)
    hidden = [(f, a) for f, a in ways if isinstance(a, Missing) and a.reason is not Reason.NOT_ASKED]
    for field, answer in hidden:
        sheet.add(field, answer)
    return tuple(answer for _, answer in hidden)


def _ways(source: Source) -> Sequence[tuple[str, Answer[object]]]:
    """Give the answers that name where a route leads."""
    if isinstance(source, GkeSource):
        sinks = [(f"sinks.{level.name}", level.sinks) for level in source.levels]
        sinks += [(f"sinks.{project.name}", project.sinks) for project in source.routed]
        return (("ancestry", source.ancestry), *sinks)
    if isinstance(source, AksSource):
        return (("settings", source.settings),)
    return (("filters", source.filters), *((f"stream.{n}", a.stream) for n, a in enumerate(source.streams)))


@dataclasses.dataclass(frozen=True, slots=True)
class Opinion:
    """One part of a verdict: what it says, and the command that would mend it."""

    verdict: Verdict
    said: str
    fix: str = ""


def worst(opinions: Sequence[Opinion]) -> Opinion:
    """Give the worst opinion, its words joined by those of the same verdict."""
    rank = max(opinion.verdict.rank for opinion in opinions)
    same = [opinion for opinion in opinions if opinion.verdict.rank == rank]
    fixes = dict.fromkeys(opinion.fix for opinion in same if opinion.fix)
    return Opinion(same[0].verdict, "; ".join(opinion.said for opinion in same if opinion.said), "; ".join(fixes))


def aws(command: str, *, region: str = "", **options: str) -> str:
    """Write an AWS CLI command; option `log_group_name` becomes `--log-group-name`, values are quoted."""
    words = ["aws", command]
    if region:
        words += ["--region", shlex.quote(region)]
    for name, value in options.items():
        words += [f"--{name.replace('_', '-')}", shlex.quote(value)]
    return " ".join(words)


def gcloud(command: str, *words: str, **options: str) -> str:
    """Write a gcloud command; option `dest_range` becomes `--dest-range=...`, words and values are quoted."""
    flags = [f"--{name.replace('_', '-')}={shlex.quote(value)}" for name, value in options.items()]
    return " ".join(["gcloud", command, *map(shlex.quote, words), *flags])


def az(command: str, **options: str) -> str:
    """Write an Azure CLI command; option `if_match` becomes `--if-match`, values are quoted."""
    flags = [f"--{name.replace('_', '-')} {shlex.quote(value)}" for name, value in options.items()]
    return " ".join(["az", command, *flags])


def as_json(value: object) -> str:
    """Write a small value of ours as JSON for a command line."""
    return json.dumps(value, separators=(",", ":"))
