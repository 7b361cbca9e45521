"""One worker means this process: a Lambda has no shared memory for another one."""

import concurrent.futures
import datetime as dt
from pathlib import Path

import pytest

from dayseal.clouds.local.archive import FolderArchive
from dayseal.digest.objects import ObjectDigest
from dayseal.digest.parallel import digest_all
from support.plain_logs import DAY, write_day


def test_one_worker_starts_no_other_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there is no /dev/shm, merely making a pool fails."""

    def refuse(*_: object, **__: object) -> None:
        raise OSError(38, "Function not implemented")

    for day in range(6):
        write_day(tmp_path, DAY + dt.timedelta(days=day), skip_minutes=range(10, 1440))
    archive = FolderArchive(tmp_path, "logs")
    objects = [found for day in range(6) for found in archive.list_day(DAY + dt.timedelta(days=day)).objects]
    many = digest_all(archive, objects, workers=2)
    monkeypatch.setattr(concurrent.futures, "ProcessPoolExecutor", refuse)
    with pytest.raises(OSError, match="not implemented"):
        digest_all(archive, objects, workers=2)
    alone = digest_all(archive, objects, workers=1)
    assert alone == many
    assert all(isinstance(one, ObjectDigest) for one in alone)
