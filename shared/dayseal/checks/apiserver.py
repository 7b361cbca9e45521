"""A kube-apiserver of your own, judged by the flags of its manifest: what the file shows, and what it cannot show.

The same ids as for managed clusters. A manifest shows no archive: `export-route` and `export-health` never pass here.
"""

import dataclasses
import datetime as dt
from collections.abc import Callable
from typing import Final

from dayseal.audit.apiserver import ApiServer
from dayseal.audit.policy import NEWEST_MINOR, Check, LintFinding, Severity, lint_policy
from dayseal.checks.route_terms import RouteThresholds, term_days
from dayseal.checks.route_words import Opinion, worst
from dayseal.checks.wording import FactWriter
from dayseal.model import Finding, Verdict

STDOUT: Final = "-"
_CALL: Final = "read"
_COVERAGE: Final = frozenset(
    {
        Check.REFUSED,
        Check.NO_CATCH_ALL,
        Check.EXEC_INVISIBLE,
        Check.SENSITIVE_INVISIBLE,
        Check.FAILED_LOGINS,
        Check.OUTCOME_MISSING,
    }
)
_SHOWN: Final = 3
_MAX_EVENT_BYTES: Final = 102_400
_BUFFER: Final = {"log": 10_000, "webhook": 10_000}
_MODE: Final = {"log": "blocking", "webhook": "batch"}
_MODES: Final = ("batch", "blocking", "blocking-strict")


@dataclasses.dataclass(frozen=True, slots=True)
class PolicyFile:
    """A copy of the policy file the server runs with: its bytes, and its name for the reader."""

    name: str
    data: bytes


def judge_apiserver(
    server: ApiServer, thresholds: RouteThresholds, day: dt.date, *, manifest: str, policy: PolicyFile | None = None
) -> tuple[Finding, ...]:
    """Judge checks 1 to 5 as far as a manifest and its policy file show them; `day` is the day whose logs are kept.

    Source: the flags on kube-apiserver's reference page; what happens to records in each mode: audit-policy.md.

    Raises:
        FormatError: a flag or the policy file is not what the server takes: it would not start.
    """
    judged: tuple[tuple[str, Callable[[], Opinion]], ...] = (
        ("audit-enabled", lambda: _enabled(server)),
        ("audit-coverage", lambda: _covered(server, policy)),
        ("retention", lambda: _kept(server, thresholds, day)),
        ("export-route", lambda: _shipped(server)),
        ("export-health", lambda: _lossy(server)),
    )
    return tuple(_finding(check, judge(), server, manifest) for check, judge in judged)


def _finding(check: str, opinion: Opinion, server: ApiServer, manifest: str) -> Finding:
    write = FactWriter(check, _CALL, manifest)
    facts = tuple(write.fact(f"--{name}", value) for name, value in sorted(server.flags.items()))
    fix = "" if opinion.verdict is Verdict.PASS else opinion.fix
    return Finding(check, opinion.verdict, opinion.said, facts or (write.fact("flags", "no audit flag"),), fix)


def _backends(server: ApiServer) -> tuple[str, ...]:
    ways = (("log", "audit-log-path"), ("webhook", "audit-webhook-config-file"))
    return tuple(name for name, flag in ways if server.text(flag))


def _off(server: ApiServer) -> Opinion | None:
    """Say why nothing is recorded, None where something is."""
    if not server.text("audit-policy-file"):
        return Opinion(Verdict.FAIL, "no --audit-policy-file: nothing is recorded", "set --audit-policy-file")
    if not _backends(server):
        said = "neither --audit-log-path nor --audit-webhook-config-file: nothing is written anywhere"
        return Opinion(Verdict.FAIL, said, "set --audit-log-path")
    return None


def _enabled(server: ApiServer) -> Opinion:
    shown = {"log": server.text("audit-log-path"), "webhook": server.text("audit-webhook-config-file")}
    ways = " and ".join(f"{name} {shown[name]}" for name in _backends(server))
    return _off(server) or Opinion(Verdict.PASS, f"a policy is set, and records go to {ways}")


def _covered(server: ApiServer, policy: PolicyFile | None) -> Opinion:
    off = _off(server)
    if off is not None:
        return off
    opinions = [_format(server), _read_policy(server, policy)]
    return worst([*opinions, *(_truncated(server, name) for name in _backends(server))])


def _format(server: ApiServer) -> Opinion:
    if "log" in _backends(server) and server.text("audit-log-format", "json") != "json":
        said = f"--audit-log-format={server.text('audit-log-format')} leaves out most of each record"
        return Opinion(Verdict.FAIL, said, "set --audit-log-format=json")
    return Opinion(Verdict.PASS, "")


def _read_policy(server: ApiServer, policy: PolicyFile | None) -> Opinion:
    path = server.text("audit-policy-file")
    if policy is None:
        said = f"what the policy {path} records cannot be told from the manifest"
        return Opinion(Verdict.UNKNOWN, said, "give a copy of that file with --audit-policy")
    minor = NEWEST_MINOR if server.minor is None else min(server.minor, NEWEST_MINOR)
    found = lint_policy(policy.data, subject=policy.name, minor=minor)
    problems = [one for one in found if one.severity is Severity.PROBLEM]
    grave = [one for one in problems if one.check in _COVERAGE]
    beside = len(problems) - len(grave)
    more = f"; lint finds {beside} more" if beside else ""
    if grave:
        return Opinion(Verdict.FAIL, f"{_said(grave)}{more}", f"dayseal policy lint {policy.name}")
    return Opinion(Verdict.PASS, f"reads, writes, exec and failed logins leave a record by {policy.name}{more}")


def _said(findings: list[LintFinding]) -> str:
    shown = "; ".join(one.message for one in findings[:_SHOWN])
    return shown if len(findings) <= _SHOWN else f"{shown}; and {len(findings) - _SHOWN} more"


def _truncated(server: ApiServer, name: str) -> Opinion:
    if not server.switch(f"audit-{name}-truncate-enabled"):
        return Opinion(Verdict.PASS, "")
    limit = server.number(f"audit-{name}-truncate-max-event-size") or _MAX_EVENT_BYTES
    said = f"{name}: records over {limit} bytes lose both bodies, and are dropped if that is not enough"
    return Opinion(Verdict.PASS, said)


def _kept(server: ApiServer, thresholds: RouteThresholds, day: dt.date) -> Opinion:
    off = _off(server)
    if off is not None:
        return off
    if "log" not in _backends(server):
        said = "no file is kept: how long the webhook's receiver keeps records is not in the manifest"
        return Opinion(Verdict.UNKNOWN, said, "check the archive behind the webhook")
    if server.text("audit-log-path") == STDOUT:
        said = "records go to the container's output, which the kubelet rotates by size"
        return Opinion(Verdict.UNKNOWN, said, "set --audit-log-path to a file on a hostPath volume")
    return _rotated(server, term_days(day, thresholds.total_days))


def _rotated(server: ApiServer, total_days: int) -> Opinion:
    age, files = server.number("audit-log-maxage"), server.number("audit-log-maxbackup")
    fix = f"set --audit-log-maxage={total_days} --audit-log-maxbackup=0, or check the archive that keeps them"
    if age and age < total_days:
        said = f"the node keeps {age} days; what keeps the {total_days} promised is not in the manifest"
        return Opinion(Verdict.UNKNOWN, said, fix)
    if age is None or files is None:
        missing = [f"--audit-log-{name}" for name, value in (("maxage", age), ("maxbackup", files)) if value is None]
        said = f"{' and '.join(missing)} not set: the server's version decides what is deleted"
        return Opinion(Verdict.UNKNOWN, said, fix)
    if files:
        size = server.number("audit-log-maxsize")
        each = f" of {size} MB" if size else ""
        said = f"at most {files} rotated files{each} are kept: how many days that is depends on the load"
        return Opinion(Verdict.UNKNOWN, said, fix)
    return Opinion(Verdict.PASS, "rotation deletes nothing before its term, as long as the node's disk lives")


def _shipped(server: ApiServer) -> Opinion:
    off = _off(server)
    if off is not None:
        return off
    path = server.text("audit-log-path")
    opinions = [_file(server, path)] if path and path != STDOUT else []
    if path == STDOUT:
        said = "what takes records from the container's output is not in the manifest"
        opinions.append(Opinion(Verdict.UNKNOWN, said, "check the node's log shipper"))
    if "webhook" in _backends(server):
        said = f"where {server.text('audit-webhook-config-file')} sends records is not in the manifest"
        opinions.append(Opinion(Verdict.UNKNOWN, said, "check the webhook's receiver and its archive"))
    return worst(opinions)


def _file(server: ApiServer, path: str) -> Opinion:
    mount = server.mount_of(path)
    fix = f"mount a hostPath volume, writable, where {path} lies"
    if mount is None or mount.host is None:
        return Opinion(Verdict.FAIL, f"{path} is on no volume of the node: it ends with the pod", fix)
    if mount.read_only:
        return Opinion(Verdict.FAIL, f"{path} lies on a volume mounted read-only: nothing can be written", fix)
    here = mount.host / path.removeprefix(str(mount.at)).lstrip("/")
    said = f"what ships {here} off the node is not in the manifest"
    return Opinion(Verdict.UNKNOWN, said, "check the node's log shipper and its archive")


def _lossy(server: ApiServer) -> Opinion:
    off = _off(server)
    if off is not None:
        return off
    return worst([_mode(server, name) for name in _backends(server)])


def _mode(server: ApiServer, name: str) -> Opinion:
    mode = server.text(f"audit-{name}-mode", _MODE[name])
    watch = "alarm on apiserver_audit_error_total"
    if mode not in _MODES:
        said = f"--audit-{name}-mode={mode}: the server does not start, one of {', '.join(_MODES)} promised"
        return Opinion(Verdict.FAIL, said, f"set --audit-{name}-mode={_MODE[name]}")
    if mode == "batch":
        buffer = server.number(f"audit-{name}-batch-buffer-size") or _BUFFER[name]
        said = f"{name}, batch: beyond {buffer} waiting records new ones are dropped, and only a metric says so"
    elif mode == "blocking":
        said = f"{name}, blocking: a record that cannot be written is dropped, and only a metric says so"
    else:
        said = f"{name}, blocking-strict: a request fails if its first record cannot be written, later ones are dropped"
    return Opinion(Verdict.UNKNOWN, said, watch)
