"""A whole small world around one ledger: keys, policy, stores, an attestor and a recorder.

Deterministic from its seed, so that two runs of one history write equal bytes.
"""

import dataclasses
import datetime as dt

from dayseal.attest.dsse import sign_envelope
from dayseal.attest.keys import keyid_of
from dayseal.attest.predicates import Delegation, Genesis
from dayseal.attest.statement import encode_statement
from dayseal.codec import Wire, sha256_hex
from dayseal.ledger.inbox import Submitter
from dayseal.ledger.intake import Limits
from dayseal.ledger.layout import INVENTORY_CHAIN
from dayseal.ledger.reader import LedgerReader
from dayseal.ledger.recorder import Recorder
from dayseal.ledger.setup import create_ledger
from dayseal.model import ClusterId, TreeHead
from dayseal.notes import TrustPolicy, ed25519_vkey
from dayseal.ports import HeadGuard, ObjectStore, Signer
from dayseal.testing import statements
from dayseal.testing.clock import FixedClock
from dayseal.testing.keys import Ed25519Signer

ORIGIN = "dayseal.test/ledger"


def seal(predicate: Wire, *keys: Signer) -> bytes:
    """Give the envelope of a statement with this predicate, signed by `keys`."""
    return sign_envelope(encode_statement(statements.about(predicate)), keys)


@dataclasses.dataclass(frozen=True, slots=True)
class Keys:
    """The keys of a world: `root` delegates, `log` signs checkpoints and roll-calls, `attestor` speaks."""

    root: Ed25519Signer
    log: Ed25519Signer
    attestor: Ed25519Signer

    @classmethod
    def from_seed(cls, seed: str) -> "Keys":
        """Derive all of them from a seed."""
        return cls(*(Ed25519Signer(f"{seed}/{role}") for role in ("root", "log", "attestor")))

    @property
    def policy(self) -> TrustPolicy:
        """The policy that pins the root and the log key."""
        return TrustPolicy(logs=(ed25519_vkey(ORIGIN, self.log.public),), roots=(("root", self.root.spki),))

    @property
    def genesis(self) -> Genesis:
        """The genesis that names them."""
        return statements.genesis(ORIGIN, (("root", self.root),), ed25519_vkey(ORIGIN, self.log.public).text)

    def first_envelopes(self) -> tuple[bytes, bytes, bytes]:
        """Give genesis, the recorder's delegation and the attestor's."""
        recorder = seal(statements.delegation(0, None, self.log, role="recorder"), self.root)
        attestor = seal(statements.delegation(1, sha256_hex(recorder), self.attestor), self.root)
        return seal(self.genesis, self.root), recorder, attestor

    def delegate(self, said: Delegation) -> bytes:
        """Sign a delegation with the root key."""
        return seal(said, self.root)


class World:
    """One ledger and everything around it; the parts may be replaced by failing ones."""

    def __init__(self, store: ObjectStore, guard: HeadGuard, inbox: ObjectStore, *, seed: str = "world") -> None:
        self.store = store
        self.guard = guard
        self.inbox = inbox
        self.keys = Keys.from_seed(seed)
        self.policy = self.keys.policy
        self.clock = FixedClock(dt.datetime(2026, 11, 23, 6, tzinfo=dt.UTC))

    def create(self) -> TreeHead:
        """Create the ledger: genesis and two delegations."""
        genesis, *delegations = self.keys.first_envelopes()
        return create_ledger(
            self.store, self.guard, origin=ORIGIN, genesis=genesis, delegations=delegations, log=self.keys.log
        )

    def recorder(self, limits: Limits | None = None) -> Recorder:
        """Give a recorder that knows nothing yet."""
        return Recorder(
            self.store,
            self.guard,
            self.inbox,
            origin=ORIGIN,
            log=self.keys.log,
            policy=self.policy,
            clock=self.clock,
            limits=limits,
        )

    def reader(self) -> LedgerReader:
        """Give a reader of the ledger as it is now."""
        return LedgerReader(self.store, self.policy)

    def attestor(self, key: Signer | None = None) -> "Attestor":
        """Give an attestor at the start of its chains."""
        return Attestor(self.inbox, key or self.keys.attestor)


class Attestor:
    """Submits numbered statements and remembers where its chains stand."""

    def __init__(self, inbox: ObjectStore, key: Signer) -> None:
        self.key = key
        self.keyid = keyid_of(key.spki)
        self.submitter = Submitter(inbox, self.keyid)
        self._heads: dict[str, tuple[int, str]] = {}

    def enrol(self, cluster: ClusterId, *, action: str = "enter", day: str = "2026-11-01") -> bytes:
        """Submit an enrolment of `cluster`."""
        place = self._next(cluster.path)
        said = statements.enrolment(cluster, statements.chain(*place), action=action, day=day)
        return self._submit(cluster.path, place[0], said)

    def seal(self, cluster: ClusterId, day: str, *, revision: int = 0, tag: str = "") -> bytes:
        """Submit a sealed day with its three objects, whose bytes follow from cluster, day, revision and `tag`."""
        place = self._next(cluster.path)
        objects = day_objects(cluster, day, revision, tag)
        said = statements.cluster_day(cluster, day, statements.chain(*place), objects, revision=revision)
        return self._submit(cluster.path, place[0], said, {sha256_hex(data): data for data in objects})

    def inventory(self, *clusters: ClusterId) -> bytes:
        """Submit an inventory."""
        place = self._next(INVENTORY_CHAIN)
        said = statements.inventory(statements.chain(*place), tuple(c.text for c in clusters))
        return self._submit(INVENTORY_CHAIN, place[0], said)

    def _next(self, chain: str) -> tuple[int, str | None]:
        head = self._heads.get(chain)
        return (head[0] + 1, head[1]) if head else (0, None)

    def _submit(self, chain: str, seq: int, said: Wire, objects: dict[str, bytes] | None = None) -> bytes:
        there = self.submitter.submit(seal(said, self.key), chain, seq, objects or {})
        self._heads[chain] = (seq, sha256_hex(there))
        return there


def day_objects(cluster: ClusterId, day: str, revision: int = 0, tag: str = "") -> tuple[bytes, bytes, bytes]:
    """Give manifest, summary and facts of a made-up day; the manifest is shared between clusters."""
    said = f"{cluster.text} {day} {revision} {tag}".encode()
    return f"manifest {day} {revision}\n".encode(), b'"summary %b"' % said, b'"facts %b"' % said


def some_cluster(name: str = "prod", provider: str = "eks", account: str = "111122223333") -> ClusterId:
    """Give a cluster identity."""
    return ClusterId(provider, account, "eu-central-1", name, f"uid-{name}")
