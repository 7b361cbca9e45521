import dataclasses
import datetime as dt
from collections.abc import Sequence

import pytest

from dayseal.checks.credential_attribution import (
    CredentialThresholds,
    CredentialView,
    judge_credential_attribution,
)
from dayseal.checks.orphans import distinct, estimate_orphans, used_of_others
from dayseal.digest.settling import settle
from dayseal.digest.tally import EMPTY_TALLY, ClassCount, Tally, encode_tally, merge_all, open_tally
from dayseal.errors import UsageError
from dayseal.model import ClusterId, Finding, Verdict
from support.credential_truth import TokenDays, counted, minted, settled, used
from support.detection_events import ALICE, NODE, Json, kube_event, signed

DAY = dt.date(2026, 11, 22)
EKS = ClusterId("eks", "111122223333", "eu-central-1", "blue", "uid")
GKE = ClusterId("gke", "example", "europe-west3", "green", "uid")
AKS = ClusterId("aks", "sub", "westeurope", "red", "uid")
SECRET = "eyJhbGciOiJSUzI1NiIsImtpZCI6IngifQ.eyJzdWIiOiJub2JvZHkifQ.bm90LWEtc2lnbmF0dXJlLWF0LWFsbA"  # noqa: S105 - made up


def _by_day(tallies: Sequence[Tally]) -> dict[dt.date, Tally]:
    """Give the tallies as a ledger hands them out: those before the last day went through it."""
    kept = [*(open_tally(encode_tally(tally)) for tally in tallies[:-1]), tallies[-1]]
    return {DAY - dt.timedelta(days=len(kept) - 1 - n): tally for n, tally in enumerate(kept)}


def _judge(cluster: ClusterId, tally: Tally, percent: int = 0) -> Finding:
    return judge_credential_attribution(CredentialView(cluster, DAY, {DAY: tally}), CredentialThresholds(percent))


def _classes(**counts: tuple[int, int]) -> Tally:
    classes = {name.replace("_", "-"): ClassCount(*pair) for name, pair in counts.items()}
    return dataclasses.replace(EMPTY_TALLY, events=sum(c.events for c in classes.values()), classes=classes)


@pytest.mark.parametrize(("lost", "old", "pods"), [(0, 0, 4), (2, 5, 60), (10, 0, 20), (40, 30, 10)])
def test_orphan_tokens_tell_how_many_records_were_lost(lost: float, old: int, pods: int) -> None:
    """The second estimate of loss must hold what is true, even where there are more tokens than a table keeps."""
    tallies, share = TokenDays(pods=pods, days=3, lost_percent=lost, old=old).tallies(seed=round(lost))
    found = estimate_orphans(DAY, _by_day(tallies))
    assert found is not None
    assert abs(found.share - share) <= found.uncertainty, (found.text, share)
    assert found.certain == (lost > 1)
    assert (found.older > 0) == (old > 0)


def test_without_the_day_before_nothing_is_an_orphan() -> None:
    """What was made yesterday is used today: without yesterday every token looks as if nobody made it."""
    tallies, _ = TokenDays(pods=4, days=3, lost_percent=5).tallies(seed=1)
    assert estimate_orphans(DAY, {DAY: tallies[-1]}) is None
    assert estimate_orphans(DAY, {DAY: tallies[2], DAY - dt.timedelta(days=2): tallies[0]}) is None
    unknowing = dataclasses.replace(tallies[1], credentials=EMPTY_TALLY.credentials)  # of an older version
    assert estimate_orphans(DAY, {DAY: tallies[2], DAY - dt.timedelta(days=1): unknowing}) is None


def test_the_number_of_credentials_is_estimated_from_a_full_table() -> None:
    """A table of a thousand must not say that there were a thousand."""
    tallies, _ = TokenDays(pods=200, days=1, lost_percent=0).tallies(seed=3)
    used_tokens = tallies[0].credentials.tokens_used
    assert used_tokens.rest
    assert abs(distinct(used_tokens) / (200 * 24) - 1) < 0.1


@pytest.mark.parametrize("key", ["authentication.kubernetes.io", "authentication.k8s.io"])
def test_a_token_that_a_person_took_is_known_when_it_is_used_days_later(key: str) -> None:
    """The join is over days: whoever takes a token waits before it is used."""
    taken = settled([minted("JTI=1", "web", 0, by=ALICE, key=key), minted("JTI=2", "web", 1)])
    later = settled([used("JTI=1", "web", 90_000, "203.0.113.9"), used("JTI=2", "web", 90_000, "10.0.0.1")])
    tallies = _by_day([taken, settled([]), later])
    assert used_of_others(DAY, tallies) == ((DAY - dt.timedelta(days=2), 1),)
    finding = judge_credential_attribution(CredentialView(EKS, DAY, tallies), CredentialThresholds())
    assert "1 credential made for somebody else on 2026-11-20 in use" in finding.summary


def test_a_certificate_is_known_by_its_der() -> None:
    """The log holds what the signer issued; its hash is the id under which events name it."""
    body, credential = signed("system:gke-common-webhooks", "dev", ALICE)
    issued = kube_event(
        "update", "certificatesigningrequests.certificates.k8s.io/status", "system:kube-controller-manager",
        responseObject=body,
    )  # fmt: skip
    use = kube_event("list", "secrets", "system:gke-common-webhooks", 90_000, credential=credential, ip="203.0.113.9")
    tallies = _by_day([settled([issued]), settled([use])])
    assert used_of_others(DAY, tallies) == ((DAY - dt.timedelta(days=1), 1),)


def test_a_cloned_token_is_seen_wherever_its_events_lie() -> None:
    """A clone's events come in other objects than the owner's, minutes apart."""
    own = [used("JTI=1", "web", n, "10.0.0.1") for n in range(5)]
    clone = [used("JTI=1", "web", 600 + n, "203.0.113.9", agent="curl/8") for n in range(2)]
    others = [used(f"JTI=x{n}", "web", n, f"10.0.1.{n}") for n in range(50)]
    tally = settle(merge_all([counted([*own, *others]), counted(clone)]))
    assert {(s.detection, n) for s, n in tally.signs.kept.items()} == {("shared-credential", 1), ("changing-agent", 1)}
    assert "10.0.0.1, 203.0.113.9" in tally.traces.examples["shared-credential"][0].text.replace("/32", "")


def _bodies() -> list[Json]:
    token = {"status": {"token": SECRET}, "spec": {"audiences": []}}
    pod = {"spec": {"containers": [{"name": "c", "env": [{"name": "T", "value": SECRET}]}]}}
    return [
        minted("JTI=1", "web", 0) | {"responseObject": token},
        kube_event("create", "tokenreviews.authentication.k8s.io", NODE, requestObject={"spec": {"token": SECRET}}),
        kube_event("create", "secrets", "system:serviceaccount:a:b", ns="a", requestObject={"data": {"k": SECRET}}),
        kube_event("create", "pods", ns="a", requestObject=pod),
        kube_event("get", "secrets", ns="a", name="harmless", responseObject={"data": {}}),
    ]


def test_a_secret_in_the_archive_is_counted_and_never_repeated() -> None:
    """Saying where a secret lies helps; saying it once more, or its hash, would be the second leak."""
    tally = settled(_bodies())
    kinds = {"token-request": 1, "token-review": 1, "secret-data": 1, "token": 1}
    assert dict(tally.secrets.kept) == kinds
    assert "secrets in the archive: 4 records" in _judge(EKS, tally).summary
    held = f"{tally!r} {encode_tally(tally)!r} {_judge(EKS, tally)!r}"
    assert [part for part in (SECRET, *SECRET.split(".")) if part in held] == []


@pytest.mark.parametrize(
    ("cluster", "tally", "percent", "verdict"),
    [
        (EKS, EMPTY_TALLY, 0, Verdict.NOT_APPLICABLE),
        (EKS, _classes(anonymous=(9, 0)), 0, Verdict.NOT_APPLICABLE),
        (EKS, _classes(node=(100, 0), human=(10, 10)), 95, Verdict.PASS),  # EKS nodes come through IAM
        (GKE, _classes(node=(100, 100), human=(10, 0)), 95, Verdict.PASS),  # GKE names no person's credential
        (AKS, _classes(service_account=(90, 90), human=(90, 0)), 95, Verdict.PASS),  # nor does AKS, with Entra
        (EKS, _classes(service_account=(100, 50), human=(10, 10)), 95, Verdict.FAIL),
        (GKE, _classes(node=(100, 10)), 0, Verdict.PASS),  # nothing is demanded
        (GKE, dataclasses.replace(_classes(node=(100, 90)), truncated=900), 95, Verdict.UNKNOWN),
    ],
)
def test_the_share_is_judged_among_users_whose_credential_can_be_named(
    cluster: ClusterId, tally: Tally, percent: int, verdict: Verdict
) -> None:
    """What a provider never names must neither fail a cluster nor be passed over in silence."""
    finding = _judge(cluster, tally, percent)
    assert finding.verdict is verdict, finding.summary
    blind = [name for name in ("human", "node") if name in tally.classes and tally.classes[name].identified == 0]
    assert all(name in finding.summary for name in blind) or verdict is Verdict.FAIL


def test_a_kubernetes_that_names_none_is_not_judged() -> None:
    """Before 1.30 no event could name a token."""
    old = [kube_event("get", "services", NODE, n, agent="kubelet/v1.28.3 (linux/amd64)") for n in range(3)]
    finding = _judge(GKE, settled(old), 50)
    assert finding.verdict is Verdict.NOT_APPLICABLE
    assert "1.28" in finding.summary


def test_a_share_over_a_hundred_is_refused() -> None:
    """Nothing could meet it."""
    with pytest.raises(UsageError):
        CredentialThresholds(101)
