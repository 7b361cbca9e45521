"""`dayseal.toml` is read strictly: what it does not mean is refused, never ignored."""

import json
from pathlib import Path

import pytest

from dayseal.clouds.local.workspace import settings_text
from dayseal.errors import AccessError, UsageError
from dayseal.settings import CONFIG_NAME, find_settings, read_settings

LEDGER = '[ledger]\norigin = "example.com/log"\n'
CLUSTER = """
[[archives]]
name = "a"
path = "logs"

[[clusters]]
provider = "eks"
account = "111122223333"
location = "eu-central-1"
name = "prod"
uid = "0123"
archive = "a"
"""


def write(folder: Path, text: str) -> Path:
    """Write a settings file."""
    path = folder / CONFIG_NAME
    path.write_text(text, encoding="utf-8")
    return path


def test_the_settings_that_init_writes_are_read_back_as_the_defaults(tmp_path: Path) -> None:
    """A newcomer's first file must work, and its comments must not drift from the code."""
    settings = read_settings(write(tmp_path, settings_text("example.com/log")))
    assert settings.ledger.origin == "example.com/log"
    assert settings.path("ledger") == tmp_path / "ledger"


def test_every_commented_line_of_the_template_is_a_setting_with_its_default(tmp_path: Path) -> None:
    """Removing the comment signs must change nothing but name the examples."""
    lines = [
        line[2:] if line.startswith("# ") and ("=" in line or line.startswith("# [")) else line
        for line in settings_text("example.com/log").splitlines()
    ]
    settings = read_settings(write(tmp_path, "\n".join(lines)))
    plain = read_settings(write(tmp_path, LEDGER))
    assert (settings.seal, settings.retention, settings.arrival, settings.keys) == (
        plain.seal,
        plain.retention,
        plain.arrival,
        plain.keys,
    )
    assert settings.clusters[0].id.text == "eks:111122223333:eu-central-1:prod:0123456789ABCDEF"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "ledger"),
        ('[ledger]\norigin = "x"\ncolour = "red"\n', "colour"),
        (LEDGER + "[seal]\ncutoff_hours = '6'\n", "cutoff_hours"),
        (LEDGER + "[seal]\ncutoff_hours = 100\n", "0 to 72 promised"),
        (LEDGER + "[arrival]\nsilence_seconds = 0\n", "60 to 86400 promised"),
        (LEDGER + CLUSTER.replace('archive = "a"', 'archive = "b"'), "not in [[archives]]"),
        (LEDGER + CLUSTER.replace('uid = "0123"', 'uid = ""'), "cluster uid"),
        (LEDGER + '[[archives]]\nname = "a"\npath = "x"\n[[archives]]\nname = "a"\npath = "y"\n', "one name"),
        ("[ledger\n", "dayseal.toml"),
        (LEDGER + '[azure]\nsubscriptions = ["prod"]\n', "azure.subscriptions is 'prod'"),
        (LEDGER + '[azure]\nclient_id = "me"\n', "azure.client_id"),
        (LEDGER + '[azure]\nendpoint = "http://example.com"\n', "https://HOST promised"),
        (LEDGER + '[azure]\nlogs_endpoint = "https://example.com/"\n', "without a / at the end"),
        (LEDGER + '[azure]\nblob_endpoint = "https://blob.example.com"\n', "{account} in it promised"),
        (LEDGER + 'path = "az://ledger/"\n', "ledger.path is 'az://ledger/'"),
        (LEDGER + '[[archives]]\nname = "a"\npath = "az://evil.example.com/c/"\n', "az://ACCOUNT/CONTAINER/PREFIX/"),
        (LEDGER + '[[archives]]\nname = "a"\npath = "az://central/logs"\n', "archive a is 'az://central/logs'"),
        (LEDGER + '[azure]\nregions = ["westeurope"]\n', "regions"),
    ],
)
def test_settings_that_make_no_sense_are_refused_with_the_reason(tmp_path: Path, text: str, said: str) -> None:
    """A typo that is ignored silently turns a promise off."""
    with pytest.raises(UsageError) as caught:
        read_settings(write(tmp_path, text))
    assert said in str(caught.value)


def test_azure_may_be_another_cloud_than_the_public_one(tmp_path: Path) -> None:
    """Sovereign clouds have hosts of their own; the account's name stands in the host's."""
    ids = '["01234567-89AB-cdef-0123-456789abcdef"]'
    hosts = 'endpoint = "https://management.example.com"\nblob_endpoint = "https://{account}.blob.example.com:8443"'
    found = read_settings(write(tmp_path, f"{LEDGER}[azure]\nsubscriptions = {ids}\n{hosts}\n")).azure
    assert found is not None
    assert (found.subscriptions, found.endpoint) == (tuple(json.loads(ids)), "https://management.example.com")


def test_one_cluster_twice_is_refused(tmp_path: Path) -> None:
    """Its records would have two owners."""
    twice = LEDGER + CLUSTER + CLUSTER[CLUSTER.index("[[clusters]]") :]
    with pytest.raises(UsageError, match="twice"):
        read_settings(write(tmp_path, twice))


def test_a_settings_file_that_cannot_be_read_is_not_an_empty_one(tmp_path: Path) -> None:
    """An error is never a default."""
    with pytest.raises(AccessError):
        read_settings(tmp_path)


def test_the_settings_digest_holds_what_judges_and_no_path(tmp_path: Path) -> None:
    """Two machines with the same rules must state the same digest."""
    here, there = tmp_path / "here", tmp_path / "there"
    here.mkdir()
    there.mkdir()
    one = read_settings(write(here, LEDGER + CLUSTER))
    two = read_settings(write(there, LEDGER + CLUSTER))
    stricter = read_settings(write(there, LEDGER + CLUSTER + "\n[retention]\ntotal_days = 400\n"))
    assert one.digest == two.digest
    assert one.digest != stricter.digest


def test_the_settings_are_found_by_argument_then_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One rule, said in the docs: --config, $DAYSEAL_CONFIG, ./dayseal.toml."""
    path = write(tmp_path, LEDGER)
    monkeypatch.setenv("DAYSEAL_CONFIG", str(path))
    assert find_settings(None) == path
    assert find_settings(tmp_path) == path
    monkeypatch.delenv("DAYSEAL_CONFIG")
    monkeypatch.chdir(tmp_path)
    assert find_settings(None) == Path(CONFIG_NAME)
    with pytest.raises(UsageError, match="no settings file"):
        find_settings(tmp_path / "elsewhere.toml")
