"""Blobs, ledger and keys in Azure: sealed, grown, sealed again, read again, proved; all with the machine's identity.

Azurite plays Blob storage with bearer tokens over TLS, our Azure plays Entra, the identity and Key Vault.
"""

import contextlib
import io
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from azure.storage.blob import ContainerClient
from cryptography.hazmat.primitives.asymmetric import ec

from dayseal.cli.app import run
from dayseal.clouds.azure.archive import AUDIT_CONTAINERS
from dayseal.settings import read_settings
from support.aks_archived import SUBSCRIPTION, archive_day, blob_of, record
from support.azure_server import azure_world
from support.azure_vault import Vault
from support.azure_world import World
from support.azurite import ACCOUNT, serving_azurite
from support.plain_logs import DAY, EXEC_ID

LATE_ID = "99999999-2222-4333-8444-555555555555"
SETTINGS = f"""
[[archives]]
name = "central"
path = "az://{ACCOUNT}/"

[[clusters]]
provider = "aks"
account = "{SUBSCRIPTION}"
location = "westeurope"
name = "prod"
uid = "64f0"
archive = "central"
"""


class Desk:
    """A workspace on a machine in Azure, and the blobs that diagnostic settings write."""

    def __init__(self, folder: Path, world: World, address: str) -> None:
        self.folder = folder
        self.world = world
        self.address = address
        self.vault = Vault(world)
        self.events: list[str] = []

    def container(self, name: str) -> ContainerClient:
        """Reach a container as its writer does."""
        return ContainerClient(f"{self.address}/{ACCOUNT}", name, credential=self.world.credentials())

    def run(self, *words: str) -> tuple[int, str]:
        """Give exit code and stdout of one command line."""
        heard = io.StringIO()
        with contextlib.redirect_stdout(heard):
            code = run(words)
        return code, heard.getvalue()

    def workspace(self, *words: str) -> tuple[int, str]:
        """Run a command on the workspace."""
        return self.run(*words, "--config", str(self.folder / "w/dayseal.toml"))

    def seal(self) -> list[dict[str, str]]:
        """Seal the day; give what became of its clusters."""
        code, out = self.workspace("seal", "--day", str(DAY), "--format", "json")
        assert code == 0, out
        found: list[dict[str, str]] = json.loads(out)[0]["clusters"]
        return found

    def verify(self, name: str) -> tuple[int, str]:
        """Verify a file with nothing but the trust policy."""
        policy = str(self.folder / "w/trust.policy")
        code, out = self.run("verify", str(self.folder / name), "--trust", policy, "--format", "json")
        return code, json.loads(out)[0]["verdict"]


@pytest.fixture(scope="module")
def desk(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """Make containers and keys, found a ledger there, and seal a day with all of it."""
    with azure_world() as world, pytest.MonkeyPatch.context() as patch:
        assert world.tls is not None
        for name, value in world.environment().items():
            patch.setenv(name, value)
        patch.setenv("SSL_CERT_FILE", str(world.tls.authority))  # whom obstore trusts
        with serving_azurite(repository, world.tls) as port:
            address = f"https://127.0.0.1:{port}"
            patch.setenv("DAYSEAL_BLOB_ENDPOINT", f"{address}/{{account}}")
            yield founded(Desk(tmp_path_factory.mktemp("azure"), world, address))


def founded(desk: Desk) -> Desk:
    """Make containers, keys and ledger; archive and seal a day."""
    for name in ("ledger", "guard", AUDIT_CONTAINERS[0]):
        desk.container(name).create_container()
    keys = [desk.vault.add(name, ec.generate_private_key(ec.SECP256R1()))[0] for name in ("log", "attestor")]
    places = ("--bucket", f"az://{ACCOUNT}/ledger/", "--guard", f"az://{ACCOUNT}/guard/")
    told = desk.run("init", str(desk.folder / "w"), *places, "--log-key", keys[0], "--attestor-key", keys[1])
    assert told[0] == 0, told
    path = desk.folder / "w/dayseal.toml"
    # Workers are started with the environment of the first who asked for them, which may have been another test.
    path.write_text(path.read_text().replace("# workers = 0", "workers = 1") + SETTINGS)
    desk.events = archive_day(desk.container(AUDIT_CONTAINERS[0]), DAY, desk.folder / "scratch")
    assert [found["outcome"] for found in desk.seal()] == ["sealed"]
    return desk


def grow(desk: Desk, container: str, hour: int, line: bytes) -> None:
    """Append a block to an hour's blob, as Azure Monitor does with what comes late."""
    desk.container(container).get_blob_client(blob_of(DAY, hour)).append_block(line)


def test_the_keys_are_key_vaults_and_the_log_signs_with_ecdsa(desk: Desk) -> None:
    """Key Vault has no Ed25519: the log's note key is of type 02, and everything is verified with it."""
    settings = read_settings(desk.folder / "w/dayseal.toml")
    assert settings.keys.log.startswith(desk.world.address)
    assert not (desk.folder / "w/keys/log.pem").exists()
    policy = (desk.folder / "w/trust.policy").read_text()
    (line,) = [line for line in policy.splitlines() if line.startswith("log ")]
    assert line.split()[1].split("+", 2)[2].startswith("Aj")  # base64 of a type byte 02
    assert desk.workspace("ledger", "fsck")[0] == 0


def test_a_grown_blob_is_a_revision_that_is_proved_like_any_record(desk: Desk) -> None:
    """The recorded bytes hash the same, the new range is a descriptor of its own."""
    blob = desk.container(AUDIT_CONTAINERS[0]).get_blob_client(blob_of(DAY, 12))
    size = blob.get_blob_properties().size
    event = next(event for event in desk.events if EXEC_ID in event)
    grow(desk, AUDIT_CONTAINERS[0], 12, record(event.replace(EXEC_ID, LATE_ID)))
    assert [found["outcome"] for found in desk.seal()] == ["revised"]
    words = ("prove", "prod", str(DAY), "--audit-id", LATE_ID, "-o", str(desk.folder / "p"))
    assert desk.workspace(*words)[0] == 0
    assert desk.verify("p") == (0, "PASS")
    descriptor = json.loads((desk.folder / "p").read_bytes())["descriptor"]["descriptor"]
    assert (descriptor["from"], descriptor["key"]) == (size, f"{AUDIT_CONTAINERS[0]}/{blob_of(DAY, 12)}")
    bundle = ("evidence", "--cluster", "prod", "--from", str(DAY), "--to", str(DAY), "-o", str(desk.folder / "e.zip"))
    assert desk.workspace(*bundle, "--with-events")[0] == 0
    assert desk.verify("e.zip") == (0, "PASS")
    code, out = desk.workspace("reverify", "--format", "json")
    assert (code, json.loads(out)["days"][0]["same"]) == (0, 25)


def test_the_same_records_in_the_second_container_are_hashed_and_told_to_be_copies(desk: Desk) -> None:
    """Two categories that both are on duplicate every write: nothing is left out, and the day says so."""
    name = AUDIT_CONTAINERS[1]
    desk.container(name).create_container()
    blob = desk.container(name).get_blob_client(blob_of(DAY, 3))
    blob.create_append_blob()
    again = [event for event in desk.events if json.loads(event)["stageTimestamp"][11:13] == "03"]
    blob.append_block(b"".join(record(event, "kube-audit-admin") for event in again))
    assert [found["outcome"] for found in desk.seal()] == ["revised"]
    shown = json.loads(desk.workspace("show", "prod", str(DAY), "--format", "json")[1])
    assert shown["events"] == len(desk.events) + len(again) + 1
    summary = f"ledger/summaries/{shown['statement']['summary']['sha256']}.json"
    copies = json.loads(desk.container("ledger").download_blob(summary).readall())["copies"]
    copied = [number for _, number in copies if number > 1]
    assert (len(again) // 16 < len(copied) < len(again) // 4, set(copied)) == (True, {2})  # one in eight is looked at


def test_a_blob_that_was_written_anew_is_refuted(desk: Desk) -> None:
    """An append blob cannot be changed in place, but without a lock it can be replaced by another."""
    container = desk.container(AUDIT_CONTAINERS[0])
    blob = container.get_blob_client(blob_of(DAY, 4))
    data = blob.download_blob().readall()
    blob.create_append_blob()
    blob.append_block(data.replace(b"node-a", b"node-x") + b"{}\n")
    code, out = desk.workspace("reverify", "--format", "json")
    assert (code, json.loads(out)["days"][0]["changed"]) == (1, [f"{AUDIT_CONTAINERS[0]}/{blob_of(DAY, 4)}"])
