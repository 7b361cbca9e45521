"""The daily run on Google Cloud with a ledger in AWS: by the account's token, into the inbox, and no further."""

import contextlib
import urllib.parse
from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest
from moto.server import ThreadedMotoServer

from dayseal.attest.keys import keyid_of
from dayseal.cli.app import run
from dayseal.clouds.local.signer import read_key
from dayseal.codec import format_day
from dayseal.ledger.layout import attestor_prefix
from dayseal.settings import read_settings
from support.free_ports import free_port
from support.functions_process import serving_function
from support.gcp_estate import BUCKET, ORG, add_export, add_project, gke_cluster
from support.gcp_metadata import NUMBER, environment_of, serving_metadata
from support.gcp_server import google_world
from support.gke_days import DAY, put_day
from support.http_switch import switched
from support.iam_policies import Request, is_allowed
from support.stack_template import Stack

pytest.importorskip("functions_framework", reason="the functions framework is not installed")

REGION = "eu-central-1"
IDENTITY = f"""
[ledger.identity]
role_arn = "arn:aws:iam::111122223333:role/dayseal-gcp-attestor"
region = "{REGION}"
"""


@contextlib.contextmanager
def aws_with_a_ledger(folder: Path) -> Iterator[str]:
    """Found a ledger in an AWS of our own, as somebody with keys of AWS does; gives its address."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        address = f"http://127.0.0.1:{server.get_host_and_port()[1]}"
        with pytest.MonkeyPatch.context() as patch:
            for name, value in {"ACCESS_KEY_ID": "k", "SECRET_ACCESS_KEY": "s", "ENDPOINT_URL": address}.items():
                patch.setenv(f"AWS_{name}", value)
            client = boto3.Session(region_name=REGION).client("s3")
            for bucket in ("gcp-ledger", "gcp-guard", "gcp-inbox"):
                client.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": REGION})
            places = ("--bucket", "s3://gcp-ledger/", "--guard", "s3://gcp-guard/", "--region", REGION)
            assert run(("init", str(folder / "w"), *places)) == 0
            settings = folder / "w/dayseal.toml"
            text = settings.read_text().replace('"s3://gcp-ledger/inbox/"', '"s3://gcp-inbox/"')
            (folder / "details").mkdir()  # they stay in their own cloud
            settings.write_text(text.replace('"s3://gcp-ledger/details/"', f'"{folder}/details"'))
            yield address
            assert run(("ledger", "fsck", "--config", str(folder / "w"))) == 0
    finally:
        server.stop()


def test_a_day_attested_on_google_cloud_waits_in_the_inbox_in_aws_and_is_recorded_there(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing of AWS is in the function's environment; the recorder runs elsewhere, with the log's key."""
    source = tmp_path / "source"
    with aws_with_a_ledger(tmp_path) as aws, google_world() as world, serving_metadata() as (heard, metadata):
        add_project(world, "shop", "111", gke_cluster("prod"))
        add_export(world)
        put_day(world)
        where = f'endpoint = "{world.address}"\nentries_endpoint = "{world.entries_address}"'
        number = ORG.removeprefix("organizations/")
        google = (
            f'\n[gcp]\norganizations = ["{number}"]\n{where}\n\n[[archives]]\nname = "c"\npath = "gs://{BUCKET}/"\n'
        )
        (tmp_path / "w").rename(source)
        text = (source / "dayseal.toml").read_text()
        ours = text.replace("[aws]", "# [aws]").replace("\nregions =", "\n# regions =")
        (source / "dayseal.toml").write_text(ours + IDENTITY + google)
        with switched(int(aws.rpartition(":")[2])) as (heard_in_aws, door):
            environment = environment_of(metadata, tmp_path / "nobody") | {"AWS_ENDPOINT_URL": door}
            with serving_function("attest", source, environment, free_port()) as attest:
                status, said = attest.post({"day": format_day(DAY)})
                assert (status, said.get("clusters")) == (200, 1), attest.log.read_text()
        settings = read_settings(tmp_path / "source/dayseal.toml")
        attestor = read_key(settings.path(settings.keys.attestor))
        require_granted(heard_in_aws.log, attestor_prefix(keyid_of(attestor.spki)))
        assert set(heard.audiences) == {"sts.amazonaws.com"}
        waiting = boto3.Session("k", "s", region_name=REGION).client("s3", endpoint_url=aws)
        keys = [one["Key"] for one in waiting.list_objects_v2(Bucket="gcp-inbox", Prefix="inbox/")["Contents"]]
        assert any("/objects/" in key for key in keys)
        (tmp_path / "w").mkdir()
        for path in source.iterdir():
            path.rename(tmp_path / "w" / path.name)
        (tmp_path / "w/dayseal.toml").write_text(text)
        capsys.readouterr()
        assert run(("seal", "--config", str(tmp_path / "w"), "--archive", str(empty(tmp_path)), "--day", str(DAY))) >= 0
        assert run(("show", "prod", str(DAY), "--config", str(tmp_path / "w"))) in (0, 1, 3)
        assert "SEALED" in capsys.readouterr().out


def require_granted(log: list[str], attestor: str) -> None:
    """Require that what was asked in AWS is what infra/aws/federation.yaml grants this attestor."""
    names = {"AttestorId": attestor, "InboxBucket": "gcp-inbox", "LedgerBucket": "gcp-ledger"}
    stack = Stack(
        "infra/aws/federation.yaml", Cloud="google", AttestorIdentity=NUMBER, ReaderIdentities=NUMBER, **names
    )
    asked = {found for line in log if (found := s3_request(line)) is not None}
    assert {action for action, _ in asked} >= {"s3:PutObject", "s3:GetObject"}
    context = {"s3:if-none-match": "*"}  # the store's own tests see that each create sends it
    denied = [a for a in asked if not is_allowed(stack, Request(stack.arn("Attestor"), *a, context))]
    assert denied == []


def s3_request(line: str) -> tuple[str, str] | None:
    """Give the action and the resource of a request that went to S3 by path, None for STS."""
    method, _, target = line.partition(" ")
    split = urllib.parse.urlsplit(target)
    bucket, _, key = urllib.parse.unquote(split.path).lstrip("/").partition("/")
    if not bucket:
        return None
    listing = "s3:ListBucketVersions" if "versions" in split.query else "s3:ListBucket"
    reading = "s3:GetObjectVersion" if "versionId" in split.query else "s3:GetObject"
    if not key:
        return listing, f"arn:aws:s3:::{bucket}"
    return ("s3:PutObject" if method == "PUT" else reading), f"arn:aws:s3:::{bucket}/{key}"


def empty(folder: Path) -> Path:
    """Give an archive without logs: sealing it lets the recorder run."""
    (folder / "empty").mkdir()
    return folder / "empty"
