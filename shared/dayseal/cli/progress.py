"""Progress with rate and time left, on a terminal only."""

import contextlib
import sys
from collections.abc import Iterator

from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)
from rich.progress import Progress as Bars

from dayseal.steps.parts import NoProgress, Progress


class _Shown:
    """Port of `Progress` on a bar."""

    def __init__(self, bars: Bars, task: TaskID) -> None:
        self._bars = bars
        self._task = task
        self._total = 0

    def expect(self, size: int) -> None:
        self._total += size
        self._bars.update(self._task, total=self._total)

    def done(self, size: int) -> None:
        self._bars.advance(self._task, size)


@contextlib.contextmanager
def byte_progress(title: str) -> Iterator[Progress]:
    """Give something to be told of bytes; on a terminal it draws a bar, into a pipe it shows nothing."""
    if not sys.stderr.isatty():
        yield NoProgress()
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(),
        TransferSpeedColumn(),
        TimeRemainingColumn(),
    )
    with Bars(*columns, console=Console(stderr=True), transient=True) as bars:
        yield _Shown(bars, bars.add_task(title, total=None))
