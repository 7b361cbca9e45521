"""Committers that are broken in one way each: an explorer that finds nothing wrong with them proves nothing."""

from collections.abc import Sequence

from dayseal.errors import UnclearError
from dayseal.ledger.commit import Committer
from dayseal.ledger.layout import CHECKPOINT, CHECKPOINTS, commit_key
from dayseal.ledger.logview import LogView
from dayseal.model import GuardState, TreeHead
from dayseal.notes import Checkpoint, Note, make_signature


class WithoutComparing(Committer):
    """Swaps the guard whatever it holds by now."""

    def _swap(self, tag: str, state: GuardState) -> None:
        now = self._guard.read()
        super()._swap(now[1] if now else tag, state)


class BelievesSilence(Committer):
    """Takes a swap without an answer for one that went through."""

    def _swap(self, tag: str, state: GuardState) -> None:
        try:
            self._guard.swap(tag, state)
        except UnclearError:
            return


class SignsFirst(Committer):
    """Signs a head before the guard holds it."""

    def _swap(self, tag: str, state: GuardState) -> None:
        self._log.sign(Checkpoint(self._origin, state.head).text.encode())
        super()._swap(tag, state)


class PublishesFirst(Committer):
    """Publishes a head before its tiles are there."""

    def _finish(self, state: GuardState, old: LogView, written: dict[str, bytes]) -> None:
        text = Checkpoint(self._origin, state.head).text
        data = Note(text, (make_signature(text, self._key, self._log.sign),)).encode()
        self._store.replace(CHECKPOINT, data)
        super()._finish(state, old, written)


class BelievesTheStore(Committer):
    """Goes on from the newest checkpoint in the ledger store, whether the guard is ahead of it or not."""

    def _read_guard(self) -> tuple[GuardState, str]:
        state, tag = super()._read_guard()
        kept = list(self._store.keys(CHECKPOINTS))
        head = self._signed_head(kept[-1]) if kept else None
        if head is None:
            return state, tag
        g = int(kept[-1].removeprefix(CHECKPOINTS))
        return GuardState(g, head, commit_key(g, head)), tag


class RestoresTheGuard(Committer):
    """Creates a missing guard anew, from what the ledger store says."""

    def _read_guard(self) -> tuple[GuardState, str]:
        kept = list(self._store.keys(CHECKPOINTS))
        if self._guard.read() is None and kept and (head := self._signed_head(kept[-1])):
            g = int(kept[-1].removeprefix(CHECKPOINTS))
            self._create_guard(GuardState(g, head, commit_key(g, head)))
        return super()._read_guard()


class NeverRepairs(Committer):
    """Takes whatever the guard holds for finished."""

    def _repair(self, state: GuardState) -> None:
        self._done = (state, LogView(self._store, state.head))


class ForgetsOthers(Committer):
    """Appends to whatever head there is what was admitted for another one."""

    def append(self, entries: Sequence[bytes], *, onto_size: int) -> TreeHead:
        """Append, whatever `onto_size` says."""
        return super().append(entries, onto_size=max(onto_size, self._settle()[0].head.size))


class CriesWolf(Committer):
    """Sounds the alarm without a second look at the guard, which another recorder may have moved on."""

    def _settle(self) -> tuple[GuardState, str, LogView]:
        state, tag = self._read_guard()
        self._repair(state)
        done = self._done
        return state, tag, done[1] if done else LogView(self._store, state.head)
