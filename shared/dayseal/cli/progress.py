"""Progress with rate and time left, or calls made, on a terminal only."""

import contextlib
import sys
from collections.abc import Callable, Iterator

from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    SpinnerColumn,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)
from rich.progress import Progress as Bars

from dayseal.model.route import Call
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


@contextlib.contextmanager
def call_progress(title: str) -> Iterator[Callable[[Call], None]]:
    """Give something to be told of API calls; on a terminal it shows how many and the newest, into a pipe nothing.

    Nobody knows beforehand how many there will be.
    """
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}: {task.completed} calls, {task.fields[newest]}", markup=False),
        TimeElapsedColumn(),
    )
    with Bars(*columns, console=Console(stderr=True), transient=True) as bars:
        task = bars.add_task(title, total=None, newest="")
        yield lambda call: bars.update(task, advance=1, newest=f"{call.text} on {call.resource}")
