"""What lint can say about a policy."""

import dataclasses
import enum


class Severity(enum.StrEnum):
    """Whether something should be changed, or only known."""

    PROBLEM = "problem"
    NOTE = "note"


class Check(enum.StrEnum):
    """What `dayseal policy lint` looks for; each is described in docs/reference/policy.md."""

    REFUSED = "refused"
    IGNORED_FIELD = "ignored-field"
    NEVER_MATCHES = "never-matches"
    SHADOWED = "shadowed"
    UNKNOWN_RESOURCE = "unknown-resource"
    NO_CATCH_ALL = "no-catch-all"
    SECRET_BODIES = "secret-bodies"  # noqa: S105 - a check's name
    EXEC_INVISIBLE = "exec-invisible"
    SENSITIVE_INVISIBLE = "sensitive-invisible"
    FAILED_LOGINS = "failed-logins-invisible"
    OUTCOME_MISSING = "outcome-missing"
    REQUEST_RECEIVED = "request-received"


@dataclasses.dataclass(frozen=True, slots=True)
class LintFinding:
    """One thing found: where in the file, what is and what follows, and what to do."""

    check: Check
    severity: Severity
    path: str
    message: str
    fix: str = ""
