"""Recorders that are broken in one way each: an explorer that finds nothing wrong with them proves nothing."""

import contextlib
from collections.abc import Sequence
from typing import Final

from dayseal.errors import StaleError, TamperError, UnclearError
from dayseal.ledger.commit import Committer, _grow
from dayseal.ledger.commitfile import encode_commit
from dayseal.ledger.layout import CHECKPOINT, commit_key
from dayseal.ledger.logview import LogView
from dayseal.ledger.recorder import Recorder
from dayseal.ledger.writes import create_same
from dayseal.model import GuardState, TreeHead
from dayseal.ports import HeadGuard


class _WithoutComparing:
    """A guard that swaps whatever the tag."""

    def __init__(self, inner: HeadGuard) -> None:
        self._inner = inner

    def read(self) -> tuple[GuardState, str] | None:
        """Read."""
        return self._inner.read()

    def create(self, state: GuardState) -> None:
        """Create."""
        self._inner.create(state)

    def swap(self, tag: str, state: GuardState) -> None:
        """Swap under the tag of the moment."""
        now = self._inner.read()
        self._inner.swap(now[1] if now else tag, state)


class _Recorder(Recorder):
    """A recorder with a committer of its own."""

    committer: type[Committer] = Committer

    def __init__(self, store, guard, inbox, *, origin, log, **more) -> None:
        super().__init__(store, self.guard(guard), inbox, origin=origin, log=log, **more)
        self._committer = self.committer(store, self.guard(guard), origin=origin, log=log)
