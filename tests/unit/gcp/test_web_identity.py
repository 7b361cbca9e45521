"""A function on Google Cloud writes into an inbox in S3 without any stored secret."""

import json
import pickle
from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest
from moto.server import ThreadedMotoServer

from dayseal.clouds.aws.web_identity import WebIdentity
from dayseal.clouds.gcp.identity import GoogleIdentity
from dayseal.codec import decode_base64
from dayseal.errors import AccessError, ExistsError
from dayseal.settings import Settings, read_settings
from dayseal.wiring.identity import ledger_access
from dayseal.wiring.places import open_guard, open_store
from support.gcp_metadata import NUMBER, Metadata, on_google
from support.http_switch import HttpSwitch, Strike, switched

ROLE = "arn:aws:iam::123456789012:role/dayseal-gcp"
SETTINGS = f"""
[ledger]
origin = "example.com/log"
path = "s3://identity-ledger/ledger/"
inbox = "s3://identity-ledger/inbox/"

[ledger.identity]
role_arn = "{ROLE}"
region = "eu-central-1"
"""


@pytest.fixture
def metadata(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Metadata]:
    """Run on Google Cloud, with no credentials of AWS anywhere."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, str(tmp_path / "none"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    with on_google(monkeypatch, tmp_path) as heard:
        yield heard


@pytest.fixture(scope="module")
def moto() -> Iterator[tuple[HttpSwitch, str]]:
    """Play AWS's STS and S3, with a bucket."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        with switched(server.get_host_and_port()[1]) as (switch, address):
            session = boto3.Session("k", "s", region_name="eu-central-1")
            where = {"LocationConstraint": "eu-central-1"}
            client = session.client("s3", endpoint_url=address)
            client.create_bucket(Bucket="identity-ledger", CreateBucketConfiguration=where)
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
def test_a_google_identity_creates_in_the_inbox_once_and_reads_the_ledger(
    metadata: Metadata, settings: Settings
) -> None:
    """The name in the inbox makes two runs of one attestor linear: the second put must lose."""
    inbox = open_store(settings, settings.ledger.inbox)
    inbox.create("a/1.json", b"first")
    with pytest.raises(ExistsError):
        inbox.create("a/1.json", b"second")
    assert inbox.get("a/1.json") == b"first"
    assert list(open_store(settings, settings.ledger.path, versioned=True).keys("")) == []
    assert set(metadata.audiences) == {"sts.amazonaws.com"}


@pytest.mark.usefixtures("aws")
def test_credentials_that_end_soon_are_made_anew_with_a_new_token(
    metadata: Metadata, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run may last longer than the hour that a role gives."""
    credentials = ledger_access(settings).open_session().get_credentials()
    kept = [credentials.get_frozen_credentials() for _ in range(3)]
    assert (len(set(kept)), len(metadata.audiences)) == (1, 1)
    monkeypatch.setattr("dayseal.clouds.aws.web_identity._LIFE_S", 900)
    credentials = ledger_access(settings).open_session().get_credentials()
    made = [credentials.get_frozen_credentials() for _ in range(3)]
    assert (len(set(made)), len(metadata.audiences)) == (3, 4)


def test_what_sts_refuses_names_the_role(metadata: Metadata, aws: HttpSwitch, settings: Settings) -> None:
    """Who set the trust policy up must see what was refused, not that there was no answer."""
    aws.arm(Strike.REFUSED, "POST", status=403, code="AccessDenied", times=9)
    store = open_store(settings, settings.ledger.path, versioned=True)
    with pytest.raises(AccessError, match=f"{ROLE}: .* from STS"):
        list(store.keys(""))
    with pytest.raises(AccessError, match="no credentials"):
        open_store(settings, settings.ledger.inbox).create("a/1.json", b"first")
    assert metadata.audiences


def test_a_machine_without_identity_says_so(metadata: Metadata, settings: Settings) -> None:
    """A laptop has a login, which nobody vouches for to STS."""
    metadata.identity = False
    with pytest.raises(AccessError, match=r"identity token for sts\.amazonaws\.com"):
        ledger_access(settings).open_session().get_credentials().get_frozen_credentials()


def test_a_token_is_for_its_audience_and_names_the_service_account(metadata: Metadata) -> None:
    """The role's trust policy asks for all three: sub, azp and aud."""
    payload = GoogleIdentity("dayseal-ledger").token().split(".")[1]
    text = payload.replace("-", "+").replace("_", "/")
    claims = json.loads(decode_base64(text + "=" * (-len(text) % 4), subject="claims"))
    assert (claims["aud"], claims["sub"], claims["azp"]) == ("dayseal-ledger", NUMBER, NUMBER)
    assert metadata.audiences == ["dayseal-ledger"]


def test_an_access_by_identity_can_travel_to_a_worker(settings: Settings) -> None:
    """Worker processes open their own sessions."""
    access = pickle.loads(pickle.dumps(ledger_access(settings)))  # noqa: S301 - our own bytes
    assert isinstance(access.open_session, WebIdentity)
    assert access.open_session.role_arn == ROLE


def test_a_guard_can_be_reached_by_identity_too(settings: Settings) -> None:
    """Nothing is asked when it is opened, so an attestor that has no right to it may hold it."""
    assert open_guard(settings, "s3://identity-guard/") is not None
