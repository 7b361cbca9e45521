"""Kubernetes audit policies: read, evaluated, explained, compared, checked; and those of the providers."""

from dayseal.audit.policy.changes import Change, Effect, changes_between
from dayseal.audit.policy.compare import Comparison, Observed, compare, observed_event, observed_gke
from dayseal.audit.policy.evaluate import Evaluator
from dayseal.audit.policy.explain import Explanation, Step, explain
from dayseal.audit.policy.linting import Check, LintFinding, Severity, lint_policy
from dayseal.audit.policy.profiles import PROFILES, Profile, profile_of, profile_policy, profile_text
from dayseal.audit.policy.reading import Ignored, Reading, load_policy, read_policy
from dayseal.audit.policy.requests import implied_groups, request_of_event, request_of_target, verb_of
from dayseal.audit.policy.rules import (
    NEWEST_MINOR,
    Decision,
    Level,
    Policy,
    Request,
    ResourceItem,
    Rule,
    Stage,
)
from dayseal.audit.policy.unseen import Unseen, never_recorded
from dayseal.audit.policy.validation import Problem

__all__ = [
    "NEWEST_MINOR",
    "PROFILES",
    "Change",
    "Check",
    "Comparison",
    "Decision",
    "Effect",
    "Evaluator",
    "Explanation",
    "Ignored",
    "Level",
    "LintFinding",
    "Observed",
    "Policy",
    "Problem",
    "Profile",
    "Reading",
    "Request",
    "ResourceItem",
    "Rule",
    "Severity",
    "Stage",
    "Step",
    "Unseen",
    "changes_between",
    "compare",
    "explain",
    "implied_groups",
    "lint_policy",
    "load_policy",
    "never_recorded",
    "observed_event",
    "observed_gke",
    "profile_of",
    "profile_policy",
    "profile_text",
    "read_policy",
    "request_of_event",
    "request_of_target",
    "verb_of",
]
