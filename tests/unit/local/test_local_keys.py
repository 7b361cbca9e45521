"""Private keys in files: only their owner can read them, and they do what they promise."""

import os
from pathlib import Path

import pytest

from dayseal.attest.keys import verify_signature
from dayseal.clouds.local.signer import new_key, read_key, write_key
from dayseal.errors import AccessError, UsageError


@pytest.mark.parametrize("kind", ["ed25519", "p256"])
def test_a_key_signs_after_a_round_trip_through_its_file(tmp_path: Path, kind: str) -> None:
    """What is read back must be the key whose public half was published."""
    key = new_key("ed25519" if kind == "ed25519" else "p256", b"\x07" * 32)
    write_key(tmp_path / "k.pem", key)
    again = read_key(tmp_path / "k.pem")
    assert again.spki == key.spki
    verify_signature(key.spki, again.sign(b"message"), b"message", subject="test")
    assert again.sign(b"message") == key.sign(b"message")


def test_a_key_file_is_born_with_mode_0600(tmp_path: Path) -> None:
    """There must be no moment in which others can read it."""
    old = os.umask(0)
    try:
        write_key(tmp_path / "k.pem", new_key("ed25519", b"\x01" * 32))
    finally:
        os.umask(old)
    assert (tmp_path / "k.pem").stat().st_mode & 0o777 == 0o600


def test_a_key_that_others_can_read_is_refused_with_the_fix(tmp_path: Path) -> None:
    """It may be known to others already; at least nobody should go on unaware."""
    path = tmp_path / "k.pem"
    write_key(path, new_key("ed25519", b"\x01" * 32))
    path.chmod(0o640)
    with pytest.raises(UsageError) as caught:
        read_key(path)
    assert caught.value.hint == f"chmod 600 {path}"


def test_an_existing_key_is_never_overwritten(tmp_path: Path) -> None:
    """A lost key cannot be had back."""
    path = tmp_path / "k.pem"
    write_key(path, new_key("ed25519", b"\x01" * 32))
    before = path.read_bytes()
    with pytest.raises(UsageError, match="a key is there already"):
        write_key(path, new_key("ed25519", b"\x02" * 32))
    assert path.read_bytes() == before


def test_garbage_and_absence_are_told_apart(tmp_path: Path) -> None:
    """One is misuse, the other could not be determined."""
    path = tmp_path / "k.pem"
    path.write_text("no key")
    path.chmod(0o600)
    with pytest.raises(UsageError, match="no private key"):
        read_key(path)
    with pytest.raises(AccessError):
        read_key(tmp_path / "absent.pem")


def test_an_ecdsa_key_has_no_raw_public_half() -> None:
    """A log key must be Ed25519: public witnesses cosign nothing else."""
    with pytest.raises(UsageError, match="Ed25519 promised"):
        _ = new_key("p256", b"\x01" * 32).public
