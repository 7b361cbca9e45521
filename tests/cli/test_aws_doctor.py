"""`dayseal doctor` on AWS: what is granted, missing, unanswered, and not asked; and that it is every call made."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from dayseal.cli.app import run
from dayseal.clouds.aws.permissions import PERMISSIONS
from support.moto_world import EU, World
from support.one_cluster_aws import one_cluster_aws, write_settings

SEALING = {
    "s3:ListBucketVersions",
    "s3:GetObjectVersion",
    "s3:GetObjectRetention",
    "kms:Decrypt",
    "kms:DescribeKey",  # the bucket has no key of its own
    "kms:GetPublicKey",
    "kms:Sign",
    "logs:DescribeDestinations",  # the streams are in the cluster's own account
    "logs:GetTransformer",
}
OF_TRAIL = {("s3:ListBucket", "trail"), ("s3:GetObject", "trail")}


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """An AWS with one healthy cluster, and our credentials for it in the environment."""
    with one_cluster_aws(tmp_path, monkeypatch) as world:
        yield world


def states(folder: Path, capsys: pytest.CaptureFixture[str]) -> dict[tuple[str, str], set[str]]:
    """Run the verb; gives the states of each permission, by action and place."""
    code = run(("doctor", "--provider", "aws", "--config", str(folder), "--format", "json"))
    rows = json.loads(capsys.readouterr().out)["permissions"]
    found: dict[tuple[str, str], set[str]] = {}
    for row in rows:
        found.setdefault((row["action"], row["where"]), set()).add(row["state"])
    assert code == 3 or not any({"missing", "no answer"} & said for said in found.values())
    return found


def test_every_permission_of_a_check_is_granted_and_was_needed(
    world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """One that is called granted and was never tried would be found missing in production."""
    found = states(tmp_path, capsys)
    not_asked = {key for key, said in found.items() if said == {"not asked"} and key[1] != "ledger"}
    assert not_asked - OF_TRAIL == {key for key in found if key[0] in SEALING and key[1] != "ledger"}
    assert all(said == {"not asked"} for key, said in found.items() if key[1] == "ledger")
    assert not_asked > OF_TRAIL
    made = {request.name for request in world.gate.log}
    granted = {p.call for p in PERMISSIONS if "granted" in found[p.action, p.where.value]}
    assert made <= granted, "a call was made for which doctor names no permission"


def test_a_trail_in_a_bucket_needs_permissions_of_its_own(
    world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The right to list the archive is none to list the trail."""
    trail = world.add_bucket(world.home, "trail")
    for account in (world.first, world.home):
        key = f"AWSLogs/o-example/{account}/CloudTrail/{EU}/{world.now:%Y/%m/%d}/x.json.gz"
        world.put_object(world.home, trail, key)
    world.gate.refuse("s3:GetObject", "AccessDenied", about=trail, status=403)
    write_settings(tmp_path, f'trail = "s3://{trail}/AWSLogs/o-example/"\ntrail_account = "{world.home}"\n')
    found = states(tmp_path, capsys)
    assert (found["s3:ListBucket", "trail"], found["s3:GetObject", "trail"]) == ({"granted"}, {"missing"})
    assert found["s3:GetObjectVersion", "archive"] == found["cloudtrail:LookupEvents", "cluster"] == {"not asked"}


@pytest.mark.parametrize(
    ("code", "status", "state"), [("AccessDeniedException", 403, "missing"), ("InternalFailure", 500, "no answer")]
)
def test_a_call_without_an_answer_is_not_called_granted(
    world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str], code: str, status: int, state: str
) -> None:
    """Denied and unanswered are different things to do; neither is a yes."""
    world.gate.refuse("logs:DescribeExportTasks", code, status=status)
    found = states(tmp_path, capsys)
    assert {key for key, said in found.items() if state in said} == {("logs:DescribeExportTasks", "cluster")}
