"""Finds what is probably not meant in a policy that somebody wrote."""

from collections.abc import Iterator

from dayseal.audit.policy.lint_coverage import Coverage
from dayseal.audit.policy.lint_findings import Check, LintFinding, Severity
from dayseal.audit.policy.lint_values import value_findings
from dayseal.audit.policy.reach import Reach
from dayseal.audit.policy.reading import Reading, read_policy
from dayseal.audit.policy.rules import NEWEST_MINOR, Policy

__all__ = ["Check", "LintFinding", "Severity", "lint_policy"]


def lint_policy(data: bytes, *, subject: str, minor: int = NEWEST_MINOR) -> tuple[LintFinding, ...]:
    """Check a policy file as kube-apiserver 1.`minor` would run it; problems first, each in the order of the file.

    Of a policy the server refuses, only the reasons and what else it would ignore are given.

    Raises:
        FormatError: the file is no policy at all.
    """
    reading = read_policy(data, subject=subject, minor=minor)
    found = list(_unread(reading))
    if reading.policy is not None:
        found += value_findings(reading.policy)
        found += _rules(reading.policy, minor)
        found += Coverage(reading.policy, minor=minor).findings()
    return tuple(sorted(found, key=lambda finding: finding.severity is Severity.NOTE))


def _unread(reading: Reading) -> Iterator[LintFinding]:
    for problem in reading.problems:
        message = f"{problem.message}: kube-apiserver does not start"
        yield LintFinding(Check.REFUSED, Severity.PROBLEM, problem.path, message)
    for ignored in reading.ignored:
        message = f"{ignored.reason}: kube-apiserver warns in its own log and runs without it"
        fix = "check the spelling and the indentation"
        yield LintFinding(Check.IGNORED_FIELD, Severity.PROBLEM, ignored.path, message, fix)


def _rules(policy: Policy, minor: int) -> Iterator[LintFinding]:
    reach = Reach(policy, minor=minor)
    for index in range(len(policy.rules)):
        reached = reach.deciding(index)
        if reached.request is not None:
            continue
        if reached.taken_by:
            by = ", ".join(str(number + 1) for number in reached.taken_by)
            message = f"rule {index + 1} decides nothing: all it matches is decided before it, by rule {by}"
            yield LintFinding(Check.SHADOWED, Severity.PROBLEM, f"rules[{index}]", message, "move it up or remove it")
        else:
            message = f"rule {index + 1} matches no request at all"
            yield LintFinding(Check.NEVER_MATCHES, Severity.PROBLEM, f"rules[{index}]", message)
    undecided = reach.undecided().request
    if undecided is not None:
        kind = "a resource" if undecided.is_resource else "another path"
        yield LintFinding(
            Check.NO_CATCH_ALL,
            Severity.PROBLEM,
            "rules",
            f"some requests match no rule and leave no trace, among them {undecided.verb} of {kind} no rule names",
            "end with a rule of level Metadata and nothing else",
        )
