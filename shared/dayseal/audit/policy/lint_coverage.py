"""What a policy as a whole records too much or too little of."""

import itertools
from collections.abc import Iterator
from typing import Final

from dayseal.audit.policy.describe import request_text, resource_text
from dayseal.audit.policy.domain import Principal, domain_of
from dayseal.audit.policy.evaluate import Evaluator
from dayseal.audit.policy.lint_findings import Check, LintFinding, Severity
from dayseal.audit.policy.rules import NEWEST_MINOR, Decision, Level, Policy, Request, Stage

_SECRET_BODIES: Final = (  # what lies in the archive from which level on
    ("", "secrets", "", ("create", "update", "patch"), Level.REQUEST, "the secret"),
    ("", "secrets", "", ("get", "list"), Level.REQUEST_RESPONSE, "the secret"),
    ("", "serviceaccounts", "token", ("create",), Level.REQUEST_RESPONSE, "the token it returns"),
    ("authentication.k8s.io", "tokenreviews", "", ("create",), Level.REQUEST, "the token it asks about"),
)
_EXEC: Final = tuple(
    ("", resource, subresource, verb)
    for resource, subresource in (("pods", "exec"), ("pods", "attach"), ("pods", "portforward"), ("nodes", "proxy"))
    for verb in ("get", "create")
)
_SENSITIVE: Final = (
    ("", "secrets", "", "get"),
    ("", "secrets", "", "list"),
    ("", "serviceaccounts", "token", "create"),
    ("", "pods", "", "create"),
    ("", "pods", "ephemeralcontainers", "patch"),
    ("admissionregistration.k8s.io", "mutatingwebhookconfigurations", "", "create"),
    ("admissionregistration.k8s.io", "validatingwebhookconfigurations", "", "delete"),
    ("certificates.k8s.io", "certificatesigningrequests", "", "create"),
    ("certificates.k8s.io", "certificatesigningrequests", "approval", "update"),
    ("rbac.authorization.k8s.io", "clusterrolebindings", "", "create"),
    ("rbac.authorization.k8s.io", "rolebindings", "", "create"),
)
_PROBED_NAME: Final = "some-name"
_PROBED_NAMESPACE: Final = "some-namespace"


class Coverage:
    """Asks a policy about requests that matter, by everybody it names."""

    def __init__(self, policy: Policy, *, minor: int = NEWEST_MINOR) -> None:
        self._policy: Final = policy
        self._evaluator: Final = Evaluator(policy, minor=minor)
        self._principals: Final = tuple(
            one for one in domain_of([policy]).principals if one.user is not None and not one.combined
        )
        self._namespaces: Final = tuple(
            dict.fromkeys((_PROBED_NAMESPACE, *(namespace for rule in policy.rules for namespace in rule.namespaces)))
        )

    def findings(self) -> Iterator[LintFinding]:
        """Find secrets recorded with their bodies, sensitive requests that leave no trace, and noise."""
        yield from self._secret_bodies()
        yield from self._invisible(_EXEC, Check.EXEC_INVISIBLE)
        yield from self._invisible(_SENSITIVE, Check.SENSITIVE_INVISIBLE)
        yield from self._failed_logins()
        yield from self._stages()

    def _secret_bodies(self) -> Iterator[LintFinding]:
        seen: set[tuple[int | None, str, str]] = set()
        for (group, resource, subresource, verbs, level, what), principal, namespace in itertools.product(
            _SECRET_BODIES, self._principals, self._namespaces
        ):
            for verb in verbs:
                request = _request(principal, (group, resource, subresource, verb), namespace)
                decision = self._evaluator.decide(request)
                key = (decision.rule, resource, what)
                if decision.level >= level and key not in seen:
                    seen.add(key)
                    yield LintFinding(
                        Check.SECRET_BODIES,
                        Severity.PROBLEM,
                        _path(decision),
                        f"{decision.level.text} puts {what} into the archive: {request_text(request)}",
                        f"add a rule of level Metadata for {resource_text(group, resource, subresource)} above it",
                    )

    def _invisible(self, requests: tuple[tuple[str, str, str, str], ...], check: Check) -> Iterator[LintFinding]:
        everybody, *named = self._principals
        lost: dict[int | None, list[str]] = {}
        for what in requests:
            decision = self._evaluator.decide(_request(everybody, what, _PROBED_NAMESPACE))
            if decision.level is Level.NONE:
                lost.setdefault(decision.rule, []).append(_wording(what))
        for rule, texts in lost.items():
            hint = "kubectl 1.30 and newer does exec as get: record both" if check is Check.EXEC_INVISIBLE else ""
            message = f"these leave no trace: {', '.join(texts)}"
            yield LintFinding(check, Severity.PROBLEM, "rules" if rule is None else f"rules[{rule}]", message, hint)
        unseen = {text for texts in lost.values() for text in texts}
        for principal in named:
            mine: dict[int | None, list[str]] = {}
            for what in requests:
                decision = self._evaluator.decide(_request(principal, what, _PROBED_NAMESPACE))
                if decision.level is Level.NONE and _wording(what) not in unseen:
                    mine.setdefault(decision.rule, []).append(_wording(what))
            for rule, texts in mine.items():
                message = f"by {principal.label} these leave no trace: {', '.join(texts)}"
                yield LintFinding(check, Severity.NOTE, "rules" if rule is None else f"rules[{rule}]", message)

    def _failed_logins(self) -> Iterator[LintFinding]:
        request = Request(None, (), "list", is_resource=True, resource="pods", namespace=_PROBED_NAMESPACE)
        decision = self._evaluator.decide(request)
        if decision.level is Level.NONE:
            reason = "no rule records requests of nobody"
        elif Stage.RESPONSE_STARTED in decision.omit_stages:
            reason = "ResponseStarted is left out, the only stage at which a failed login is recorded"
        else:
            return
        yield LintFinding(
            Check.FAILED_LOGINS, Severity.PROBLEM, _path(decision), f"failed logins leave no trace: {reason}"
        )

    def _stages(self) -> Iterator[LintFinding]:
        noisy: list[int] = []
        for index, rule in enumerate(self._policy.rules):
            omitted = self._policy.omit_stages | rule.omit_stages
            if rule.level is Level.NONE:
                continue
            if Stage.RESPONSE_COMPLETE in omitted:
                message = f"rule {index + 1} leaves ResponseComplete out: no event says how a request ended"
                yield LintFinding(Check.OUTCOME_MISSING, Severity.PROBLEM, f"rules[{index}].omitStages", message)
            elif Stage.REQUEST_RECEIVED not in omitted:
                noisy.append(index + 1)
        if noisy:
            which = f"rule {noisy[0]}" if len(noisy) == 1 else f"rules {', '.join(map(str, noisy))}"
            yield LintFinding(
                Check.REQUEST_RECEIVED,
                Severity.PROBLEM,
                "omitStages",
                f"{which}: each request is recorded twice, and RequestReceived says nothing the last event does not",
                "omitStages: [RequestReceived] for the whole policy",
            )


def _request(principal: Principal, what: tuple[str, str, str, str], namespace: str) -> Request:
    group, resource, subresource, verb = what
    cluster_wide = resource in ("nodes", "tokenreviews", "certificatesigningrequests", "clusterrolebindings")
    return Request(
        principal.user,
        principal.groups,
        verb,
        is_resource=True,
        group=group,
        resource=resource,
        subresource=subresource,
        namespace="" if cluster_wide or resource.endswith("webhookconfigurations") else namespace,
        name="" if verb == "list" or (verb == "create" and not subresource) else _PROBED_NAME,
    )


def _wording(what: tuple[str, str, str, str]) -> str:
    group, resource, subresource, verb = what
    return f"{verb} {resource_text(group, resource, subresource)}"


def _path(decision: Decision) -> str:
    return "rules" if decision.rule is None else f"rules[{decision.rule}]"
