"""What dayseal needs from the outside, with the guarantees an adapter must keep.

One contract suite runs on every adapter of a port. Every method may raise `AccessError`
(denied, timed out, unreachable); vendor exceptions never cross a port.
"""

import contextlib
import datetime as dt
from collections.abc import Iterator, Sequence
from typing import Protocol

from dayseal.model import ArchiveObject, ClusterId, Fact, GuardState, Listing, Notice, ObjectVersion
from dayseal.model.route import RouteFacts


class Clock(Protocol):
    """Tells the time; the only source of it."""

    def now(self) -> dt.datetime:
        """Give the present moment, time zone aware, in UTC."""
        ...


class Signer(Protocol):
    """Holds one private key and pins its public half."""

    @property
    def spki(self) -> bytes:
        """The public key as DER SubjectPublicKeyInfo."""
        ...

    def sign(self, message: bytes) -> bytes:
        """Sign the message itself: Ed25519 pure (64 bytes), or ECDSA P-256 with SHA-256 as ASN.1 DER."""
        ...


class ObjectStore(Protocol):
    """A flat store of small objects, keys relative to its root.

    Guarantees: read-after-write and list-after-write; `create` is atomic (all bytes or none, one
    winner) and durable before it returns; nothing but `replace` ever changes an object.
    """

    def get(self, key: str, *, max_bytes: int | None = None) -> bytes:
        """Give an object's bytes (the OLDEST version, where versions exist and `replace` was not used).

        Not more than `max_bytes` (and one) are fetched, so that a stranger's object costs little.

        Raises:
            NotFoundError: there is none.
            FormatError: it has more than `max_bytes` bytes.
            TamperError: what lies under the key is no plain object (a link, a pipe).
        """
        ...

    def keys(self, prefix: str) -> Iterator[str]:
        """Give every key that starts with `prefix`, sorted bytewise; `prefix` need not end at a `/`."""
        ...

    def create(self, key: str, data: bytes) -> None:
        """Create the object if it is absent.

        Raises:
            ExistsError: something is there already, equal or not; nothing was changed.
            UnclearError: no answer; it may be there now.
        """
        ...

    def replace(self, key: str, data: bytes) -> None:
        """Write the object whether or not it exists, atomically. Only `checkpoint` is ever replaced.

        Raises:
            UnclearError: no answer; either may be there now.
        """
        ...


class VersionLister(Protocol):
    """Shows what a versioned ledger store really holds, delete markers included."""

    def versions(self, prefix: str) -> Iterator[ObjectVersion]:
        """Give every version of every key under `prefix`, by key, oldest first."""
        ...


class HeadGuard(Protocol):
    """One compare-and-set register outside the ledger store: the ledger's commit point."""

    def read(self) -> tuple[GuardState, str] | None:
        """Give the state and its tag, or None when the register was never created."""
        ...

    def create(self, state: GuardState) -> None:
        """Create the register. Only `ledger init` does this.

        Raises:
            ExistsError: it exists.
            UnclearError: no answer.
        """
        ...

    def swap(self, tag: str, state: GuardState) -> None:
        """Replace the state if `tag` is still the one `read` gave.

        Raises:
            StaleError: it is not; nothing was changed.
            UnclearError: no answer; the swap may have happened.
        """
        ...


class ByteSource(Protocol):
    """A stream of stored bytes."""

    def read(self, size: int = -1, /) -> bytes:
        """Give up to `size` bytes; `b""` at the end."""
        ...


class ArchiveReader(Protocol):
    """Reads one archive; `uri` names it for people and statements."""

    @property
    def uri(self) -> str:
        """Where the archive is, e.g. `s3://bucket/prefix/` or `file:logs`."""
        ...

    def list_day(self, day: dt.date) -> Listing:
        """Give the objects whose batch day is `day`: by the date in the key, else by when they were stored."""
        ...

    def find(self, key: str, version: str) -> ArchiveObject | None:
        """Give one object as it is now, or None when it is gone."""
        ...

    def open(
        self, found: ArchiveObject, start: int = 0, end: int | None = None
    ) -> contextlib.AbstractContextManager[ByteSource]:
        """Open the stored bytes `[start, end)` of exactly that version, undecoded.

        Raises:
            NotFoundError: it is gone.
        """
        ...


class Discovery(Protocol):
    """Finds the clusters in scope."""

    def discover(self) -> "Discovered":
        """List every scope; a scope that did not answer is named, never an empty list."""
        ...


class RouteProbe(Protocol):
    """Asks a provider about clusters' routes; every answer it did not get is a `Missing` of its own."""

    def probe_all(self, clusters: Sequence[ClusterId]) -> tuple[RouteFacts, ...]:
        """Give everything that was asked about each cluster, in the order given; a refused call never raises."""
        ...


class LockReader(Protocol):
    """Looks at the locks of an archive's objects, where listings do not show them."""

    def with_locks(self, listing: Listing) -> Listing:
        """Give the same listing with each object's lock.

        Raises:
            AccessError: a lock could not be read.
        """
        ...


class Discovered(Protocol):
    """One discovery: which clusters, from which calls, and which scopes stayed silent."""

    @property
    def clusters(self) -> tuple[ClusterId, ...]:
        """The clusters found, ordered."""
        ...

    @property
    def calls(self) -> tuple[Fact, ...]:
        """The calls made and what each returned."""
        ...

    @property
    def silent(self) -> tuple[str, ...]:
        """The scopes that did not answer; empty means the listing is complete."""
        ...


class IdentityToken(Protocol):
    """Says who this process is, to somebody who trusts its cloud: a signed token, and no secret that is stored.

    Whoever holds it opens credentials of another cloud with it, and asks for a new one before they expire.
    """

    def token(self) -> str:
        """Give a token (a JWT) that is made now, for the audience it was opened for.

        Raises:
            AccessError: this process has no identity that anybody could vouch for, or no answer.
        """
        ...


class LinkMaker(Protocol):
    """Lets anybody read one stored object for a while, without credentials."""

    def link(self, key: str, *, seconds: int) -> str:
        """Give an address that serves the object under `key` for so long; nothing is asked, it may be missing."""
        ...


class JobStarter(Protocol):
    """Starts work that outlasts a request."""

    def start(self, kind: str, job: str) -> None:
        """Start the job, once or more often: what runs it must not mind.

        Raises:
            AccessError: denied, or no answer: it may not run.
        """
        ...


class Notifier(Protocol):
    """Tells systems and people what did not pass."""

    def tell(self, title: str, notices: Sequence[Notice]) -> None:
        """Send the notices under one title, or nothing when there are none.

        Raises:
            AccessError: denied, or no answer; some may have been sent.
        """
        ...
