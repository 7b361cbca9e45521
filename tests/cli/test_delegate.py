"""`dayseal delegate`: a key is granted on a machine without a network, speaks, is revoked, and is refused."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from dayseal.attest.keys import keyid_of
from dayseal.cli.app import run
from dayseal.clouds.local.signer import new_key, write_key
from dayseal.codec import encode_base64
from support.plain_logs import DAY, write_day

NEXT = "2024-05-02"


class Desk:
    """A sealed workspace `w`, root key elsewhere, and the machine `safe` that holds it."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self.capsys = capsys

    def run(self, *words: str) -> tuple[int, str, str]:
        """Give exit code, stdout and stderr of one command line."""
        code = run(words)
        said = self.capsys.readouterr()
        return code, said.out, said.err

    def path(self, name: str) -> str:
        """Give the path of something in the folder."""
        return str(self.folder / name)

    def on_workspace(self, *words: str) -> tuple[int, str, str]:
        """Run a command on the workspace."""
        return self.run(*words, "--config", self.path("w/dayseal.toml"))

    def bundle(self, name: str) -> str:
        """Write evidence of the first day, which shows the newest delegation."""
        words = ("evidence", "--cluster", "logs", "--from", str(DAY), "--to", str(DAY), "-o", self.path(name))
        assert self.on_workspace(*words)[0] == 0
        return self.path(name)

    def sign(self, bundle: str, out: str, *words: str) -> tuple[int, str, str]:
        """Sign a delegation on the safe machine, with evidence and trust policy carried there."""
        fixed = ("--root", self.path("safe/root.pem"), "--bundle", bundle, "--trust", self.path("w/trust.policy"))
        return self.run("delegate", *words, *fixed, "--out", self.path(out))

    def seal(self, day: str) -> tuple[int, str, str]:
        """Seal a day with the workspace's attestor key of the moment."""
        return self.on_workspace("seal", "--archive", self.path("logs"), "--day", day)


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One sealed day, and a new key that nobody delegated yet."""
    folder = tmp_path_factory.mktemp("delegate")
    for number in range(3):
        write_day(folder / "logs", DAY.replace(day=DAY.day + number))
    assert run(("init", str(folder / "w"))) == 0
    (folder / "safe").mkdir()
    shutil.move(folder / "w/keys/root.pem", folder / "safe/root.pem")
    words = ("--archive", str(folder / "logs"), "--day", str(DAY), "--config", str(folder / "w"))
    assert run(("seal", *words)) == 0
    write_key(folder / "w/keys/new.pem", new_key("p256", bytes(range(32))))
    public = ["openssl", "pkey", "-in", str(folder / "w/keys/new.pem"), "-pubout", "-out", str(folder / "new.pub")]
    subprocess.run(public, check=True)
    return folder


@pytest.fixture
def desk(prepared: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Desk:
    """A copy of it for one test."""
    shutil.copytree(prepared, tmp_path, dirs_exist_ok=True)
    capsys.readouterr()
    return Desk(tmp_path, capsys)


def use_new_key(desk: Desk) -> None:
    """Let the workspace attest with the new key."""
    settings = desk.folder / "w/dayseal.toml"
    text = settings.read_text()
    settings.write_text(text.replace('# attestor = "keys/attestor.pem"', 'attestor = "keys/new.pem"'))


def kinds(desk: Desk) -> list[tuple[str, str]]:
    """Give kind and signer of every entry."""
    _, out, _ = desk.on_workspace("ledger", "show", "--format", "json")
    return [(e["kind"], e["keyids"]) for e in json.loads(out)]


def test_a_key_is_granted_offline_speaks_is_revoked_and_is_refused(desk: Desk) -> None:
    """The whole life of a key, with the root key never on the machine that has a network."""
    words = ("--grant", "attestor", "--key", desk.path("new.pub"), "--scope", "local:*", "--name", "new")
    code, out, err = desk.sign(desk.bundle("one.zip"), "grant.json", *words)
    assert code == 0, err
    assert "delegation 2: grant attestor new" in out
    assert desk.on_workspace("delegate", "--submit", desk.path("grant.json"))[0] == 0
    use_new_key(desk)
    code, _, err = desk.seal(NEXT)
    assert code == 0, err
    keyid = keyid_of(new_key("p256", bytes(range(32))).spki)[:16]
    assert sorted(kind for kind, signer in kinds(desk) if signer == keyid) == ["cluster-day", "inventory"]
    words = ("--revoke", "attestor", "--key", desk.path("new.pub"), "--name", "new", "--reason", "lost")
    assert desk.sign(desk.bundle("two.zip"), "revoke.json", *words)[0] == 0
    assert desk.on_workspace("delegate", "--submit", desk.path("revoke.json"))[0] == 0
    before = kinds(desk)
    code, _, err = desk.seal("2024-05-03")
    assert code != 0
    assert "revoked from entry" in err
    fresh = kinds(desk)[len(before) :]
    assert ("delegation", kinds(desk)[0][1]) in fresh
    assert [kind for kind, signer in fresh if signer == keyid] == []
    assert desk.on_workspace("ledger", "fsck")[0] == 0
    checked = desk.run("verify", desk.bundle("three.zip"), "--trust", desk.path("w/trust.policy"))
    assert checked[0] == 0, checked[1]


def test_by_hand_with_the_chain_heads_number_and_digest(desk: Desk) -> None:
    """A bundle may be out of reach; two values read over the telephone do as well."""
    _, out, _ = desk.on_workspace("ledger", "show", "--format", "json")
    newest = [e for e in json.loads(out) if e["kind"] == "delegation"][-1]
    spki = encode_base64(new_key("p256", bytes(range(32))).spki)
    words = ("delegate", "--grant", "attestor", "--key", spki, "--scope", "aws:111122223333,444455556666:*")
    place = ("--number", "2", "--previous", newest["envelopeSha256"], "--root", desk.path("safe/root.pem"))
    code, out, err = desk.run(*words, *place, "--out", desk.path("d.json"))
    assert code == 0, err
    assert "scope eks:111122223333,444455556666, from entry 0" in out
    assert desk.on_workspace("delegate", "--submit", desk.path("d.json"))[0] == 0


def test_a_delegation_signed_after_an_old_bundle_is_not_handed_in(desk: Desk) -> None:
    """Two delegations of one number would be a branch; the second is signed anew."""
    old = desk.bundle("one.zip")
    key = ("--key", desk.path("new.pub"))
    assert desk.sign(old, "first.json", "--grant", "attestor", *key, "--scope", "local:*")[0] == 0
    assert desk.sign(old, "second.json", "--grant", "recorder", *key)[0] == 0
    assert desk.on_workspace("delegate", "--submit", desk.path("first.json"))[0] == 0
    assert desk.on_workspace("delegate", "--submit", desk.path("first.json"))[0] == 0  # the same bytes again
    code, _, err = desk.on_workspace("delegate", "--submit", desk.path("second.json"))
    assert (code, "waits in the inbox" in err) == (2, True)
    desk.seal(NEXT)
    code, _, err = desk.on_workspace("delegate", "--submit", desk.path("second.json"))
    assert (code, "the ledger would refuse it" in err) == (2, True)


def test_a_key_that_is_no_root_signs_nothing(desk: Desk) -> None:
    """It is noticed before anybody carries the file anywhere."""
    words = ("--grant", "attestor", "--key", desk.path("new.pub"), "--scope", "local:*")
    bundle = desk.bundle("one.zip")
    shutil.copy(desk.folder / "w/keys/new.pem", desk.folder / "safe/root.pem")
    code, _, err = desk.sign(bundle, "d.json", *words)
    assert (code, "none of the ledger's root keys" in err) == (2, True)


def test_a_refuted_bundle_is_no_ground(desk: Desk) -> None:
    """Whoever carries the bundle could choose what the root key signs after."""
    bundle = Path(desk.bundle("one.zip"))
    bundle.write_bytes(bundle.read_bytes().replace(b'"keyid":"', b'"keyid":"0', 1))
    words = ("--grant", "attestor", "--key", desk.path("new.pub"), "--scope", "local:*")
    assert desk.sign(str(bundle), "d.json", *words)[0] == 1


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--grant", "attestor", "--key", "w/keys/new.pem", "--scope", "local:*"), "a private key"),
        (("--grant", "attestor", "--key", "new.pub"), "--scope promised"),
        (("--grant", "attestor", "--key", "new.pub", "--scope", "local"), "PROVIDER:ACCOUNT"),
        (("--grant", "attestor", "--key", "new.pub", "--scope", "eks:1:prod"), "PROVIDER:ACCOUNT"),
        (("--grant", "attestor", "--key", "new.pub", "--scope", "lokal:*"), "PROVIDER:ACCOUNT"),
        (("--grant", "attestor", "--revoke", "attestor", "--key", "new.pub"), "--grant or --revoke"),
        (("--grant", "attestor", "--key", "bm90IGEga2V5", "--scope", "local:*"), "no public key"),
        (("--grant", "attestor", "--key", "%%", "--scope", "local:*"), "no public key"),
    ],
)
def test_misuse_is_told(desk: Desk, words: tuple[str, ...], said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A wrong delegation is hard to take back, so nothing is guessed."""
    monkeypatch.chdir(desk.folder)
    code, _, err = desk.sign(desk.bundle("one.zip"), "d.json", *words)
    assert (code, said in err) == (2, True), err
    assert not (desk.folder / "d.json").exists()
