"""A function in Azure writes into an inbox in S3 without any stored secret."""

import json
from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest
from moto.server import ThreadedMotoServer

from dayseal.clouds.azure.credentials import OrdinaryCredentials
from dayseal.clouds.azure.identity import EntraIdentity
from dayseal.codec import decode_base64
from dayseal.errors import AccessError, ExistsError, UsageError
from dayseal.settings import Settings, read_settings
from dayseal.wiring.identity import ledger_access
from dayseal.wiring.places import open_store
from support.azure_entra import CLIENT, OBJECT, TENANT
from support.azure_server import azure_world
from support.azure_world import World
from support.http_switch import HttpSwitch, Strike, switched

ROLE = "arn:aws:iam::123456789012:role/dayseal-azure"
AUDIENCE = "api://dayseal-ledger"
SETTINGS = f"""
[ledger]
origin = "example.com/log"
path = "s3://entra-ledger/ledger/"
inbox = "s3://entra-ledger/inbox/"

[ledger.identity]
provider = "azure"
audience = "{AUDIENCE}"
role_arn = "{ROLE}"
region = "eu-central-1"

[azure]
client_id = "{CLIENT}"
"""


@pytest.fixture
def azure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """Run on a machine in Azure, with no credentials of AWS anywhere."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, str(tmp_path / "none"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    with azure_world() as world:
        for name, value in world.environment().items():
            monkeypatch.setenv(name, value)
        yield world


@pytest.fixture(scope="module")
def moto() -> Iterator[tuple[HttpSwitch, str]]:
    """Play AWS's STS and S3, with a bucket."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        with switched(server.get_host_and_port()[1]) as (switch, address):
            client = boto3.Session("k", "s", region_name="eu-central-1").client("s3", endpoint_url=address)
            where = {"LocationConstraint": "eu-central-1"}
            client.create_bucket(Bucket="entra-ledger", CreateBucketConfiguration=where)
            yield switch, address
    finally:
        server.stop()


@pytest.fixture
def aws(moto: tuple[HttpSwitch, str], monkeypatch: pytest.MonkeyPatch) -> HttpSwitch:
    """Reach it as AWS is reached."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", moto[1])
    moto[0].disarm()
    return moto[0]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Give settings whose ledger is reached by identity."""
    path = tmp_path / "dayseal.toml"
    path.write_text(SETTINGS)
    return read_settings(path)


@pytest.mark.usefixtures("aws")
def test_a_managed_identity_creates_in_the_inbox_once_and_reads_the_ledger(azure: World, settings: Settings) -> None:
    """The name in the inbox makes two runs of one attestor linear: the second put must lose."""
    inbox = open_store(settings, settings.ledger.inbox)
    inbox.create("a/1.json", b"first")
    with pytest.raises(ExistsError):
        inbox.create("a/1.json", b"second")
    assert inbox.get("a/1.json") == b"first"
    assert list(open_store(settings, settings.ledger.path, versioned=True).keys("")) == []
    assert set(azure.entra.asked) == {AUDIENCE}


def test_what_sts_refuses_names_the_role(azure: World, aws: HttpSwitch, settings: Settings) -> None:
    """Who set the trust policy up must see what was refused, not that there was no answer."""
    aws.arm(Strike.REFUSED, "POST", status=403, code="AccessDenied", times=9)
    with pytest.raises(AccessError, match=f"{ROLE}: .* from STS"):
        list(open_store(settings, settings.ledger.path, versioned=True).keys(""))
    assert azure.entra.asked


def test_a_machine_without_identity_says_so(azure: World, settings: Settings) -> None:
    """Nobody else vouches for it."""
    azure.entra.identity = False
    with pytest.raises(AccessError, match=f"identity token for {AUDIENCE}"):
        ledger_access(settings).open_session().get_credentials().get_frozen_credentials()


@pytest.mark.usefixtures("azure")
def test_a_token_is_for_its_audience_and_names_the_identity() -> None:
    """The role's trust policy asks for issuer, sub and aud."""
    payload = EntraIdentity(AUDIENCE, OrdinaryCredentials()).token().split(".")[1]
    text = payload.replace("-", "+").replace("_", "/")
    claims = json.loads(decode_base64(text + "=" * (-len(text) % 4), subject="claims"))
    assert (claims["aud"], claims["sub"]) == (AUDIENCE, OBJECT)
    assert claims["iss"] == f"https://sts.windows.net/{TENANT}/"


def test_azure_needs_an_application_of_ones_own(tmp_path: Path) -> None:
    """Entra gives no token for AWS's own name."""
    path = tmp_path / "dayseal.toml"
    path.write_text(SETTINGS.replace(f'audience = "{AUDIENCE}"\n', ""))
    with pytest.raises(UsageError, match="no audience") as caught:
        ledger_access(read_settings(path))
    assert "api://" in caught.value.hint
