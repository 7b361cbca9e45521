"""An archive in Azure Blob storage as Resource Manager shows it: asked once a run however many clusters share it."""

from collections.abc import Callable, Sequence
from typing import Final, TypeVar

from dayseal.clouds.azure.archive import AUDIT_CONTAINERS
from dayseal.clouds.azure.calls import Ask, Calls
from dayseal.clouds.azure.container import encryption_scope, is_deleted, read_locking, weakest_lock
from dayseal.clouds.azure.encryption import Keys
from dayseal.clouds.azure.lifecycle import read_lifecycle
from dayseal.clouds.azure.places import ArchivePlace, account_of, container_id
from dayseal.clouds.azure.storage import (
    VERSION,
    Accounts,
    read_management_locks,
    read_public_access,
    read_undelete_days,
    read_versioned,
)
from dayseal.clouds.azure.values import Json, text
from dayseal.errors import FormatError
from dayseal.model.route import (
    Answer,
    ArchiveFacts,
    Call,
    EncryptionKey,
    Known,
    LifecycleRule,
    Locking,
    ManagementLock,
    Missing,
    Reason,
    read_answer,
)
from dayseal.once import Once

T = TypeVar("T")
_LOCKS: Final = "2020-05-01"
_KEPT_BLOBS: Final = "deleteRetentionPolicy"
_KEPT_CONTAINERS: Final = "containerDeleteRetentionPolicy"


class Archives:
    """Asks about archives, each once a run."""

    def __init__(self, calls: Calls, accounts: Accounts) -> None:
        self._calls = calls
        self._accounts = accounts
        self._keys = Keys(calls)
        self._answers: Once[ArchivePlace, ArchiveFacts] = Once()

    def facts(self, account_id: str, place: ArchivePlace) -> ArchiveFacts:
        """Give everything about the archive in the account with this id."""
        asked = _Archive(self._calls, self._accounts, self._keys, account_id, place)
        return self._answers.get(place, asked.facts)


class _Archive:
    """One archive. A refused call leaves only its own facts missing."""

    def __init__(self, calls: Calls, accounts: Accounts, keys: Keys, account_id: str, place: ArchivePlace) -> None:
        self._calls = calls
        self._accounts = accounts
        self._keys = keys
        self._id = account_id
        self._place = place
        self._names = (place.container,) if place.container else AUDIT_CONTAINERS

    def facts(self) -> ArchiveFacts:
        account = self._accounts.resource(self._id)
        container = self._container()
        service = self._service()
        source = account.call if isinstance(account, Missing) else account.source
        return ArchiveFacts(
            store="azure",
            name=self._place.name,
            prefix=self._place.prefix,
            exists=_exists(container),
            owner=_owner(account, container),
            locking=_both(container, account, _locking),
            versioned=_part(service, read_versioned),
            lifecycle=self._lifecycle(account),
            public_access=_both(container, account, lambda found, one: read_public_access(one, found[0])),
            policy=Known(None, source),  # rights are role assignments, which are asked for by themselves
            key=self._key(account, container),
            replication=Known((), source),  # object replication copies no append blobs
            undelete_days=_part(service, lambda found: read_undelete_days(found, _KEPT_BLOBS)),
            undelete_container_days=_part(service, lambda found: read_undelete_days(found, _KEPT_CONTAINERS)),
            management_locks=self._management_locks(),
        )

    def _container(self) -> Answer[tuple[Json, ...]]:
        """Give those of the containers that there are."""
        found: list[Json] = []
        for name in self._names:
            where = container_id(self._id, name)
            ask = Ask(Call("storage", "blobContainers.get", where), where, VERSION)
            answer = self._calls.ask(ask, lambda one: () if is_deleted(one) else (one,), absent=tuple[Json, ...])
            if isinstance(answer, Missing):
                return answer
            found += answer.value
        return Known(tuple(found), Call("storage", "blobContainers.get", container_id(self._id, self._names[0])))

    def _service(self) -> Answer[Json | None]:
        where = f"{self._id}/blobServices/default"
        return self._calls.ask(Ask(Call("storage", "blobServices.get", where), where, VERSION), lambda found: found)

    def _lifecycle(self, account: Answer[Json | None]) -> Answer[tuple[LifecycleRule, ...]]:
        where = f"{self._id}/managementPolicies/default"
        call = Call("storage", "managementPolicies.get", where)
        if isinstance(account, Known) and account.value is None:
            return Missing(Reason.NOT_FOUND, call, "no such account")
        inside = {name: "" if self._place.container else f"{name}/" for name in self._names}
        return self._calls.ask(
            Ask(call, where, VERSION),
            lambda found: tuple(rule for name, root in inside.items() for rule in read_lifecycle(found, name, root)),
            absent=tuple[LifecycleRule, ...],
        )

    def _management_locks(self) -> Answer[tuple[ManagementLock, ...]]:
        call = Call("authorization", "managementLocks.list", self._id)
        ask = Ask(call, f"{self._id}/providers/Microsoft.Authorization/locks", _LOCKS, {"$filter": "atScope()"})
        return self._calls.list(ask).answer(lambda found: read_management_locks(found.items()))

    def _key(self, account: Answer[Json | None], container: Answer[tuple[Json, ...]]) -> Answer[EncryptionKey | None]:
        scope = _part(container, lambda found: encryption_scope(found[0]))
        if isinstance(scope, Missing):
            return scope
        if scope.value:
            return self._keys.of_scope(self._id, scope.value)
        return account if isinstance(account, Missing) else self._keys.of_account(account)


def unknown_archive(place: ArchivePlace, missing: Missing) -> ArchiveFacts:
    """Give the facts of an archive of whose account nobody knows the id: all are missing for one reason."""
    return ArchiveFacts(
        store="azure",
        name=place.name,
        prefix=place.prefix,
        exists=missing,
        owner=missing,
        locking=missing,
        versioned=missing,
        lifecycle=missing,
        public_access=missing,
        policy=missing,
        key=missing,
        replication=missing,
        undelete_days=missing,
        undelete_container_days=missing,
        management_locks=missing,
    )


def _exists(container: Answer[tuple[Json, ...]]) -> Answer[bool]:
    return container if isinstance(container, Missing) else Known(bool(container.value), container.source)


def _owner(account: Answer[Json | None], container: Answer[tuple[Json, ...]]) -> Answer[str]:
    """Give the subscription the account lies in; its id says so."""
    if isinstance(account, Missing) and isinstance(container, Known) and container.value:
        first = container.value[0]
        return read_answer(lambda: _subscription(text(first, "id").casefold().partition("/blobservices/")[0]),
                           container.source)  # fmt: skip
    return _part(account, lambda found: _subscription(text(found, "id")))


def _subscription(account_id: str) -> str:
    found = account_of(account_id)
    if found is None:
        raise FormatError(f"account id {account_id[:80]!r}, a storage account's promised")
    return found.subscription


def _locking(containers: Sequence[Json], account: Json) -> Locking:
    return weakest_lock([read_locking(container, account) for container in containers])


def _part(found: Answer[Json | None] | Answer[tuple[Json, ...]], read: Callable[..., T]) -> Answer[T]:
    if isinstance(found, Missing):
        return found
    value = found.value
    if not value:
        return Missing(Reason.NOT_FOUND, found.source, "no such archive")
    return read_answer(lambda: read(value), found.source)


def _both(
    container: Answer[tuple[Json, ...]], account: Answer[Json | None], read: Callable[[tuple[Json, ...], Json], T]
) -> Answer[T]:
    if isinstance(account, Missing):
        return account
    one = account.value
    if one is None:
        return Missing(Reason.NOT_FOUND, account.source, "no such account")
    return _part(container, lambda found: read(found, one))
