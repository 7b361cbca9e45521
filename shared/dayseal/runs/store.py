"""A run's folder in the work store: every name in one place, each written once.

A task that is repeated finds what it wrote and takes it: two copies of one task end the same.
"""

import hashlib
import re
from typing import Final, TypeVar

from dayseal.codec import Wire, encode_value, open_value
from dayseal.errors import FormatError, NotFoundError, UsageError
from dayseal.ledger.writes import create_once, get_or_none
from dayseal.model.route import RouteFacts
from dayseal.ports import ObjectStore
from dayseal.runs.documents import (
    Failure,
    PlanDocument,
    RunDocument,
    ShardDocument,
    ShardItem,
    ShardResult,
    encode_work,
    open_work,
)

T = TypeVar("T", bound=Wire)
_RUN: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}\Z", re.ASCII)
_PLAIN: Final = re.compile(r"[^A-Za-z0-9_-]+", re.ASCII)


class RunStore:
    """One run's documents in a work store, under `runs/<run>/`.

    Raises:
        UsageError: the run's name is not 1 to 100 of A-Z a-z 0-9 _ -.
    """

    def __init__(self, store: ObjectStore, run: str) -> None:
        if not _RUN.match(run):
            raise UsageError(f"run: {run[:120]!r}, 1 to 100 of A-Z a-z 0-9 _ - promised")
        self._store = store
        self.run = run

    def put_run(self, document: RunDocument) -> RunDocument:
        """Keep what discovery found; give what counts: an earlier copy of the same task may have been first."""
        return self._put("run.json", document, RunDocument)

    def the_run(self) -> RunDocument:
        """Give what discovery found.

        Raises:
            NotFoundError: discovery did not run.
        """
        return self._get("run.json", RunDocument)

    def put_notes(self, notes: bytes) -> None:
        """Keep what a provider's discovery wants its probe to know."""
        create_once(self._store, self._key("notes.json"), notes)

    def notes(self) -> bytes | None:
        """Give those notes."""
        return get_or_none(self._store, self._key("notes.json"))

    def put_routes(self, place: int, routes: tuple[RouteFacts, ...]) -> tuple[RouteFacts, ...]:
        """Keep what was asked about one place's clusters; give what counts."""
        key = self._key(f"routes/{place:05d}.json")
        return _routes(create_once(self._store, key, encode_value(routes)), key)

    def routes(self, place: int) -> tuple[RouteFacts, ...] | None:
        """Give what was asked about one place's clusters, None when nobody could ask."""
        key = self._key(f"routes/{place:05d}.json")
        data = get_or_none(self._store, key)
        return None if data is None else _routes(data, key)

    def put_plan(self, document: PlanDocument) -> PlanDocument:
        """Keep an archive's plan; give what counts."""
        return self._put(f"plans/{_path(document.archive)}.json", document, PlanDocument)

    def plan(self, archive: str) -> PlanDocument | None:
        """Give an archive's plan, None when it was never made."""
        return self._find(f"plans/{_path(archive)}.json", PlanDocument)

    def put_shard(self, archive: str, shard: int, document: ShardDocument) -> None:
        """Keep what one shard holds."""
        self._put(f"shards/{_path(archive)}/{shard:05d}.json", document, ShardDocument)

    def shard(self, archive: str, shard: int) -> ShardDocument:
        """Give what one shard holds.

        Raises:
            NotFoundError: the archive was not planned so far.
        """
        return self._get(f"shards/{_path(archive)}/{shard:05d}.json", ShardDocument)

    def put_items(self, archive: str, items: tuple[ShardItem, ...]) -> str:
        """Keep the list of an archive's shards as the engine reads it, a JSON array; give its key."""
        key = self._key(f"items/{_path(archive)}.json")
        create_once(self._store, key, b"[" + b",".join(encode_work(item) for item in items) + b"]")
        return key

    def put_result(self, archive: str, shard: int, result: ShardResult) -> ShardResult:
        """Keep what reading a shard gave; give what counts."""
        return self._put(f"results/{_path(archive)}/{shard:05d}.json", result, ShardResult)

    def result(self, archive: str, shard: int) -> ShardResult | None:
        """Give what reading a shard gave, None when it was not read."""
        return self._find(f"results/{_path(archive)}/{shard:05d}.json", ShardResult)

    def put_failure(self, task: str, failure: Failure) -> None:
        """Keep why a task (`check/<place>`, `plan/<archive>`, `digest/<archive>/<shard>`) gave no result."""
        self._put(f"failures/{_path(task)}.json", failure, Failure)

    def failure(self, task: str) -> Failure | None:
        """Give why a task gave no result, None when nobody said."""
        return self._find(f"failures/{_path(task)}.json", Failure)

    def _put(self, name: str, document: T, kind: type[T]) -> T:
        key = self._key(name)
        return open_work(create_once(self._store, key, encode_work(document)), kind, subject=key)

    def _get(self, name: str, kind: type[T]) -> T:
        key = self._key(name)
        return open_work(self._store.get(key), kind, subject=key)

    def _find(self, name: str, kind: type[T]) -> T | None:
        try:
            return self._get(name, kind)
        except NotFoundError:
            return None

    def _key(self, name: str) -> str:
        return f"runs/{self.run}/{name}"


def _path(name: str) -> str:
    """Give a name as one path segment: people choose archives' names, and any text will do."""
    return f"{_PLAIN.sub('-', name)[:40].strip('-') or 'x'}-{hashlib.sha256(name.encode()).hexdigest()[:16]}"


def _routes(data: bytes, key: str) -> tuple[RouteFacts, ...]:
    routes: tuple[RouteFacts, ...] = open_value(data, tuple[RouteFacts, ...], subject=key)
    if len({route.cluster for route in routes}) != len(routes):
        raise FormatError(f"{key}: a cluster stands twice, each once promised")
    return routes
