"""What a folder adds to a store's promises: links, pipes, leftovers and durability."""

import os
from pathlib import Path

import pytest

from dayseal.clouds.local.guard import FolderGuard
from dayseal.clouds.local.store import FolderStore
from dayseal.errors import AccessError, ExistsError, NotFoundError, TamperError
from dayseal.model import GuardState, TreeHead


def test_a_link_is_never_followed(tmp_path: Path) -> None:
    """Whoever may write to an inbox folder must not make the recorder read a key file."""
    secret = tmp_path / "secret"
    secret.write_bytes(b"key")
    store = FolderStore(tmp_path / "store")
    store.create("inbox/real", b"x")
    (tmp_path / "store" / "inbox" / "linked").symlink_to(secret)
    (tmp_path / "store" / "folder").symlink_to(tmp_path)
    with pytest.raises(TamperError):
        store.get("inbox/linked")
    with pytest.raises(TamperError):
        store.get("folder/secret")
    assert list(store.keys("")) == ["folder", "inbox/linked", "inbox/real"]


def test_a_pipe_does_not_hang_the_reader(tmp_path: Path) -> None:
    """Opening a FIFO blocks until somebody writes; we refuse it at once."""
    store = FolderStore(tmp_path)
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(TamperError):
        store.get("pipe")


def test_a_link_under_the_name_is_not_written_through(tmp_path: Path) -> None:
    """Create refuses it as existing, replace takes its place; neither touches where it points."""
    outside = tmp_path / "outside"
    outside.write_bytes(b"keep")
    store = FolderStore(tmp_path / "store")
    store.create("a", b"")
    (tmp_path / "store" / "checkpoint").symlink_to(outside)
    with pytest.raises(ExistsError):
        store.create("checkpoint", b"new")
    store.replace("checkpoint", b"new")
    assert outside.read_bytes() == b"keep"
    assert store.get("checkpoint") == b"new"


def test_leftovers_of_a_crash_are_not_listed_and_harm_nothing(tmp_path: Path) -> None:
    """A run that dies between writing and linking leaves a temporary file behind."""
    store = FolderStore(tmp_path)
    store.create("tile/0/000", b"x")
    (tmp_path / "tile" / "0" / ".tmp-0123456789abcdef").write_bytes(b"half")
    assert list(store.keys("")) == ["tile/0/000"]
    store.create("tile/0/001", b"y")
    assert sorted(p.name for p in (tmp_path / "tile" / "0").iterdir()) == [".tmp-0123456789abcdef", "000", "001"]


def test_files_and_their_folders_are_synced_before_a_create_returns(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A power cut after the answer must not take the object, nor a new folder above it."""
    synced: list[str] = []
    real = os.fsync

    def record(file: int) -> None:
        synced.append(Path(f"/proc/self/fd/{file}").readlink().name.split("-")[0])
        real(file)

    monkeypatch.setattr(os, "fsync", record)
    FolderStore(tmp_path / "store").create("a/b/c", b"x")
    assert synced == [tmp_path.name.split("-")[0], "store", "a", ".tmp", "b"]


def test_a_folder_we_may_not_read_is_an_access_error(tmp_path: Path) -> None:
    """Not knowing is not the same as nothing being there."""
    (tmp_path / "file").write_bytes(b"")
    store = FolderStore(tmp_path / "file")
    with pytest.raises(AccessError):
        store.get("checkpoint")
    with pytest.raises(AccessError):
        list(store.keys(""))
    with pytest.raises(AccessError):
        store.create("checkpoint", b"")


def test_a_root_that_is_a_link_is_the_owners_choice(tmp_path: Path) -> None:
    """People put ledgers on mounted disks and link to them."""
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    FolderStore(tmp_path / "link").create("a", b"x")
    assert FolderStore(tmp_path / "real").get("a") == b"x"


def test_a_missing_folder_holds_nothing(tmp_path: Path) -> None:
    """Before `init` there is no folder, which is no error of the store."""
    store = FolderStore(tmp_path / "none")
    assert list(store.keys("")) == []
    with pytest.raises(NotFoundError):
        store.get("checkpoint")
    assert not (tmp_path / "none").exists()


def test_a_guard_with_other_bytes_is_tampering(tmp_path: Path) -> None:
    """A guard we cannot read must stop everything, not look like a new ledger."""
    guard = FolderGuard(tmp_path)
    guard.create(GuardState(0, TreeHead(1, bytes(32)), "commits/x"))
    (tmp_path / "head.json").write_bytes(b'{"g": 0}')
    with pytest.raises(TamperError):
        guard.read()
