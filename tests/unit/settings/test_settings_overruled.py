"""What a function's environment says overrules the settings that were deployed with it."""

from pathlib import Path

import pytest

from dayseal.settings import parse_settings
from dayseal.wiring.overruled import overruled

TEXT = b'[ledger]\norigin = "example.com/log"\n'
IDENTITY = b'[ledger.identity]\nrole_arn = "arn:aws:iam::111122223333:role/a"\nregion = "eu-central-1"\n'


def test_places_keys_and_the_role_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two functions share one source and differ in what they may do."""
    told = {"LEDGER": "gs://l/", "LOG_KEY": "projects/p", "AWS_ROLE": "arn:aws:iam::111122223333:role/b"}
    for name, value in told.items():
        monkeypatch.setenv(f"DAYSEAL_{name}", value)
    settings = overruled(parse_settings(TEXT + IDENTITY, Path("dayseal.toml")))
    assert (settings.ledger.path, settings.ledger.inbox, settings.keys.log) == ("gs://l/", "inbox", "projects/p")
    assert settings.ledger.identity is not None
    assert settings.ledger.identity.role_arn.endswith("/b")
    assert settings.ledger.identity.audience == "sts.amazonaws.com"


def test_a_role_alone_makes_no_identity(monkeypatch: pytest.MonkeyPatch) -> None:
    """A ledger that is reached otherwise stays so."""
    monkeypatch.setenv("DAYSEAL_AWS_ROLE", "arn:aws:iam::111122223333:role/b")
    assert overruled(parse_settings(TEXT, Path("dayseal.toml"))).ledger.identity is None
