"""A manifest shows some things, and what it cannot show is UNKNOWN: nothing passes because nobody can see it."""

import datetime as dt

import pytest

from dayseal.audit.apiserver import parse_manifest
from dayseal.checks.apiserver import PolicyFile, judge_apiserver
from dayseal.checks.route_terms import RouteThresholds
from dayseal.errors import FormatError
from dayseal.model import Finding, Verdict
from support.apiserver_manifests import GOOD_FLAGS, manifest

DAY = dt.date(2026, 11, 22)
METADATA = PolicyFile(
    "p.yaml", b"apiVersion: audit.k8s.io/v1\nkind: Policy\nomitStages: [RequestReceived]\nrules:\n- level: Metadata\n"
)
WEBHOOK = "--audit-webhook-config-file=/etc/kubernetes/audit/webhook.yaml"


def judged(*flags: str, policy: PolicyFile | None = METADATA, **more: object) -> dict[str, Finding]:
    """Judge a server with these flags."""
    server = parse_manifest(manifest(*flags, **more), subject="m.yaml")  # type: ignore[arg-type]  # passed on
    found = judge_apiserver(server, RouteThresholds(), DAY, manifest="m.yaml", policy=policy)
    return {finding.check: finding for finding in found}


@pytest.mark.parametrize("flags", [(), GOOD_FLAGS[:1], GOOD_FLAGS[1:], (GOOD_FLAGS[0], "--audit-log-path=")])
def test_a_policy_or_a_log_alone_records_nothing(flags: tuple[str, ...]) -> None:
    """The server starts without a word, and every check says what is off."""
    found = judged(*flags)
    assert {finding.verdict for finding in found.values()} == {Verdict.FAIL}
    assert all("nothing is" in finding.summary and finding.fix for finding in found.values())


def test_the_usual_flags_pass_what_a_manifest_can_show() -> None:
    """And leave UNKNOWN what only an archive shows."""
    found = judged(*GOOD_FLAGS, "--audit-log-maxage=366", "--audit-log-maxbackup=0")
    assert {check: finding.verdict.value for check, finding in found.items()} == {
        "audit-enabled": "PASS",
        "audit-coverage": "PASS",
        "retention": "PASS",
        "export-route": "UNKNOWN",
        "export-health": "UNKNOWN",
    }
    assert "/srv/audit.log" in found["export-route"].summary
    assert all(finding.facts for finding in found.values())


def test_a_policy_nobody_gave_is_not_known() -> None:
    """The manifest names a file; what is in it decides."""
    finding = judged(*GOOD_FLAGS, policy=None)["audit-coverage"]
    assert (finding.verdict, finding.fix) == (Verdict.UNKNOWN, "give a copy of that file with --audit-policy")


@pytest.mark.parametrize(
    ("rules", "said"),
    [
        (b"- level: Metadata\n  verbs: [create]\n", "match no rule and leave no trace"),
        (b"- level: Loud\n", "kube-apiserver does not start"),
        (b"- level: None\n  resources: [{resources: [pods/exec]}]\n- level: Metadata\n", "exec"),
    ],
)
def test_a_policy_with_a_hole_fails(rules: bytes, said: str) -> None:
    """Whatever lint calls a hole in what is recorded."""
    policy = PolicyFile("p.yaml", b"apiVersion: audit.k8s.io/v1\nkind: Policy\nrules:\n" + rules)
    finding = judged(*GOOD_FLAGS, policy=policy)["audit-coverage"]
    assert finding.verdict is Verdict.FAIL
    assert said in finding.summary
    assert finding.fix == "dayseal policy lint p.yaml"


def test_the_servers_version_decides_what_a_policy_means() -> None:
    """`group: "*"` matches from 1.36 on; before that it is the name of a group nobody has."""
    rule = b'- level: Metadata\n  resources: [{group: "*"}]\n- level: Metadata\n  nonResourceURLs: ["*"]\n'
    policy = PolicyFile("p.yaml", b"apiVersion: audit.k8s.io/v1\nkind: Policy\nrules:\n" + rule)
    old = judged(*GOOD_FLAGS, policy=policy, image="x/kube-apiserver:v1.35.0")["audit-coverage"]
    new = judged(*GOOD_FLAGS, policy=policy, image="x/kube-apiserver:v1.36.0")["audit-coverage"]
    assert (old.verdict, new.verdict) == (Verdict.FAIL, Verdict.PASS)


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        ((), "--audit-log-maxage and --audit-log-maxbackup not set"),
        (("--audit-log-maxage=0",), "--audit-log-maxbackup not set"),
        (("--audit-log-maxage=30", "--audit-log-maxbackup=0"), "the node keeps 30 days; what keeps the 365 promised"),
        (("--audit-log-maxage=0", "--audit-log-maxbackup=10", "--audit-log-maxsize=100"), "at most 10 rotated files"),
    ],
)
def test_rotation_that_may_delete_early_is_not_known(flags: tuple[str, ...], said: str) -> None:
    """A short file with an archive behind it is usual; a manifest does not show whether there is one."""
    finding = judged(*GOOD_FLAGS, *flags)["retention"]
    assert finding.verdict is Verdict.UNKNOWN
    assert said in finding.summary


@pytest.mark.parametrize(
    ("mounts", "said"),
    [
        ({}, "ends with the pod"),
        ({"/var/log": (None, False)}, "ends with the pod"),
        ({"/var/log": ("/var/log", True)}, "mounted read-only"),
    ],
)
def test_a_log_that_no_node_keeps_fails(mounts: dict[str, tuple[str | None, bool]], said: str) -> None:
    """A file inside the container is gone with its next restart."""
    finding = judged(*GOOD_FLAGS, mounts=mounts)["export-route"]
    assert (finding.verdict, said in finding.summary) == (Verdict.FAIL, True)


def test_a_webhook_alone_is_on_and_all_else_is_behind_it() -> None:
    """Where it sends, and what is kept there, is in another file."""
    found = judged(GOOD_FLAGS[0], WEBHOOK)
    assert found["audit-enabled"].verdict is Verdict.PASS
    assert {found[check].verdict for check in ("retention", "export-route", "export-health")} == {Verdict.UNKNOWN}
    assert "beyond 10000 waiting records" in found["export-health"].summary


def test_standard_output_is_the_kubelets_to_rotate() -> None:
    """`-` is no file."""
    found = judged(GOOD_FLAGS[0], "--audit-log-path=-")
    assert "kubelet rotates" in found["retention"].summary
    assert found["export-route"].verdict is Verdict.UNKNOWN


def test_truncation_and_the_legacy_format_are_told() -> None:
    """One drops bodies, the other nearly everything."""
    cut = judged(*GOOD_FLAGS, "--audit-log-truncate-enabled", "--audit-log-truncate-max-event-size=5000")
    assert "records over 5000 bytes lose both bodies" in cut["audit-coverage"].summary
    legacy = judged(*GOOD_FLAGS, "--audit-log-format=legacy")["audit-coverage"]
    assert legacy.verdict is Verdict.FAIL


@pytest.mark.parametrize("mode", ["batch", "blocking", "blocking-strict"])
def test_every_mode_can_lose_records(mode: str) -> None:
    """Which is why the archive is measured, and a manifest never passes here."""
    finding = judged(*GOOD_FLAGS, f"--audit-log-mode={mode}")["export-health"]
    assert (finding.verdict, "dropped" in finding.summary) == (Verdict.UNKNOWN, True)


def test_flags_the_server_refuses_are_errors() -> None:
    """It would not start with them."""
    assert judged(*GOOD_FLAGS, "--audit-log-mode=sometimes")["export-health"].verdict is Verdict.FAIL
    with pytest.raises(FormatError, match="--audit-log-truncate-enabled"):
        judged(*GOOD_FLAGS, "--audit-log-truncate-enabled=perhaps")
