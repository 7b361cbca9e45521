"""The verbs on AWS with ordinary credentials, against an AWS of our own: check, seal, evidence, verify, reverify."""

import datetime as dt
import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from dayseal.cli.app import run
from dayseal.clouds.aws.permissions import PERMISSIONS
from dayseal.clouds.aws.places import Place
from dayseal.clouds.local.clock import SystemClock
from dayseal.model import ClusterId
from support.firehose_objects import FirehoseObject, firehose_objects
from support.moto_world import EU, ROLE, World, aws_world
from support.plain_logs import write_day

DAY = SystemClock().now().date() - dt.timedelta(days=2)


class Cloud:
    """One person's folder and an AWS with one healthy cluster, `prod`, and one whose audit log is off."""

    def __init__(self, world: World, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.world = world
        self.folder = folder
        self.capsys = capsys

    def run(self, *words: str) -> tuple[int, str, str]:
        """Run a command on the workspace and give exit code, stdout and stderr."""
        code = run((*words, "--config", str(self.folder / "w")))
        said = self.capsys.readouterr()
        return code, said.out, said.err


@pytest.fixture
def cloud(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Cloud]:
    """Furnish the AWS, put a day of logs into its archive, and make a workspace whose ledger is in S3."""
    with aws_world() as world:
        for name, value in {
            "AWS_ACCESS_KEY_ID": f"KEY{world.number}X{world.home}",
            "AWS_SECRET_ACCESS_KEY": "secret",
            "AWS_ENDPOINT_URL": world.address,
            "AWS_CONFIG_FILE": str(tmp_path / "none"),
            "AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "none"),
            "AWS_EC2_METADATA_DISABLED": "true",
        }.items():
            monkeypatch.setenv(name, value)
        furnish(world)
        buckets = [f"s3://{world.add_bucket(world.home, name, lock=False)}/" for name in ("ledger", "guard")]
        line = ("init", str(tmp_path / "w"), "--bucket", buckets[0], "--guard", buckets[1], "--region", EU)
        assert run(line) == 0, capsys.readouterr()
        capsys.readouterr()
        settings = tmp_path / "w/dayseal.toml"
        text = settings.read_text().replace(
            f'regions = ["{EU}"]', f'regions = ["{EU}"]\norganization = true\nrole = "{ROLE}"\nexternal_id = "outside"'
        )
        # Worker processes may have been started by an earlier test, with that test's environment.
        text = text.replace("# workers = 0 ", "workers = 1  # ")
        settings.write_text(
            f'{text}\n[[archives]]\nname = "central"\npath = "s3://{world.bucket("central")}/"\nlayouts = ["eks/"]\n'
        )
        yield Cloud(world, tmp_path, capsys)


def furnish(world: World) -> None:
    """Make two clusters, one route to a locked bucket in the first account, and a day of objects in it."""
    place = Place(world.first, EU)
    central = world.add_bucket(world.home, "central")
    stream = world.add_stream(place, "audit", central)
    for name, entries in (("prod", ((("audit", "authenticator"), True),)), ("off", ((("audit",), False),))):
        world.add_cluster(place, name, entries)
        group = world.add_group(place, name)
        world.add_filter(place, group, stream)
        world.count(place, "IncomingLogEvents", 5_000, LogGroupName=group)
        for metric, value in (("ForwardedLogEvents", 5_000), ("DeliveryErrors", 0)):
            filtered = {"LogGroupName": group, "DestinationType": "Firehose", "FilterName": "to-archive"}
            world.count(place, metric, value, **filtered)
    world.watch(place)
    world.put_hourly(world.home, central)
    for one in day_objects(world):
        world.put_object(world.home, central, one.key, one.data)


def day_objects(world: World) -> list[FirehoseObject]:
    """Give the day's objects of cluster `prod`."""
    return list(firehose_objects(ClusterId("eks", world.first, EU, "prod", "any"), DAY, prefix="eks/"))


def test_check_tells_a_healthy_cluster_from_one_whose_audit_log_is_off(cloud: Cloud) -> None:
    """The first question: is it on?"""
    code, out, _ = cloud.run("check", "--format", "json")
    assert code == 1
    report = json.loads(out)
    assert report["complete"] is True
    verdicts = {
        c["cluster"].split(":")[3]: {f["check"]: f["verdict"] for f in c["findings"]} for c in report["clusters"]
    }
    assert verdicts["off"]["audit-enabled"] == "FAIL"
    assert verdicts["prod"]["audit-enabled"] == "PASS"
    assert verdicts["prod"]["retention"] == "PASS"
    assert verdicts["prod"]["export-route"] == "PASS"
    assert verdicts["prod"]["monitored"] == "PASS"


def test_check_speaks_to_people_and_to_collectors(cloud: Cloud) -> None:
    """One line a cluster; the same findings as OCSF."""
    _, out, _ = cloud.run("check")
    assert "2 clusters returned by" in out
    assert "every scope answered" in out
    _, out, _ = cloud.run("check", "--format", "ocsf")
    documents = json.loads(out)
    assert {d["class_uid"] for d in documents} == {2003}
    assert {d["compliance"]["status"] for d in documents if d["compliance"]["control"] == "audit-enabled"} == {
        "Pass",
        "Fail",
    }


def test_a_day_is_sealed_looked_up_proved_and_caught_changing_on_aws(cloud: Cloud) -> None:
    """The main job, with archive and ledger in S3."""
    cloud.world.gate.heal()
    code, out, err = cloud.run("seal", "--day", str(DAY), "--format", "json")
    clusters = {c["cluster"].split(":")[3]: c for c in json.loads(out)[0]["clusters"]}
    records = sum(one.records for one in day_objects(cloud.world))
    assert (clusters["prod"]["status"], clusters["prod"]["events"]) == ("SEALED", records), err
    findings = {f["check"]: f["verdict"] for f in clusters["prod"]["findings"]}
    assert (findings["arrival"], findings["clock-skew"]) == ("PASS", "PASS")
    assert {"audit-enabled", "retention", "export-route", "archive-immutable", "continuity"} <= set(findings)
    assert clusters["off"]["status"] == "NO_DATA"
    assert code == 1  # the cluster whose audit log is off
    assert cloud.run("ledger", "fsck")[0] == 0
    bundle, policy = str(cloud.folder / "e.zip"), str(cloud.folder / "w/trust.policy")
    words = ("evidence", "--cluster", "prod", "--from", str(DAY), "--to", str(DAY), "-o", bundle, "--with-events")
    assert cloud.run(*words)[0] == 0
    # The evidence holds whatever its statements say of the day.
    run(("verify", bundle, "--trust", policy, "--format", "json"))
    assert json.loads(cloud.capsys.readouterr().out)[0]["verdict"] == "PASS"
    assert cloud.run("reverify")[0] == 0
    made = {request.name for request in cloud.world.gate.log}
    assert made - {permission.call for permission in PERMISSIONS} == set()
    key = day_objects(cloud.world)[1].key
    cloud.world.client("s3", cloud.world.home).delete_object(Bucket=cloud.world.bucket("central"), Key=key)
    code, out, err = cloud.run("reverify")
    assert code == 1, out
    assert "marker" in err or "hidden" in err


def test_attestations_are_signed_by_a_pinned_kms_key(cloud: Cloud) -> None:
    """The private key never leaves KMS, and another key under its name is refused."""
    kms = cloud.world.client("kms", cloud.world.home)
    arn = kms.create_key(KeyUsage="SIGN_VERIFY", KeySpec="ECC_NIST_P256")["KeyMetadata"]["Arn"]
    buckets = [f"s3://{cloud.world.add_bucket(cloud.world.home, name, lock=False)}/" for name in ("l2", "g2")]
    w = str(cloud.folder / "w2")
    line = ("init", w, "--bucket", buckets[0], "--guard", buckets[1], "--region", EU, "--attestor-key", arn)
    assert run(line) == 0, cloud.capsys.readouterr()
    assert not (cloud.folder / "w2/keys/attestor.pem").exists()
    (cloud.folder / "logs").mkdir()
    write_day(cloud.folder / "logs", DAY)
    settings = cloud.folder / "w2/dayseal.toml"
    settings.write_text(settings.read_text().replace("[aws]", "[aws]\naccounts = []"))
    seal = ("seal", "--config", w, "--archive", str(cloud.folder / "logs"), "--day", str(DAY))
    run(seal)
    cloud.capsys.readouterr()
    assert run(("ledger", "show", "--config", w, "--format", "json")) == 0
    entries = json.loads(cloud.capsys.readouterr().out)
    pinned = hashlib.sha256(kms.get_public_key(KeyId=arn)["PublicKey"]).hexdigest()[:16]
    assert {e["keyids"] for e in entries if e["kind"] == "inventory"} == {pinned}


def test_doctor_names_what_is_missing_and_nothing_else(cloud: Cloud) -> None:
    """Whoever grants permissions needs a list, not a guess."""
    cloud.world.gate.refuse("logs:DescribeSubscriptionFilters", "AccessDeniedException")
    code, out, _ = cloud.run("doctor", "--format", "json")
    states = {row["action"]: row["state"] for row in json.loads(out)["permissions"]}
    assert code == 3
    assert [action for action, state in states.items() if state == "missing"] == ["logs:DescribeSubscriptionFilters"]
    assert states["eks:DescribeCluster"] == "granted"
