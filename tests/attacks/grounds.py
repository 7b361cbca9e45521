"""Where the attacks happen: two clusters, two attestors with a scope each, one ledger, five sealed days.

Everything lies in memory and follows from constants, so every run gives equal bytes. The nodes renew their
leases once a minute, so an honest day passes every check.
"""

import dataclasses
import datetime as dt
import functools
import json
from collections.abc import Callable
from typing import Final, Literal

from dayseal.attest.keys import keyid_of
from dayseal.clouds.local.discover import SettingsDiscovery
from dayseal.codec import format_day, sha256_hex
from dayseal.evidence import EvidenceBundle
from dayseal.ledger.inbox import Submitter, submit_delegation
from dayseal.ledger.reader import LedgerReader
from dayseal.ledger.recorder import Recorder
from dayseal.ledger.setup import create_ledger
from dayseal.model import ClusterId, GuardState
from dayseal.notes import TrustPolicy, ed25519_vkey
from dayseal.ports import Signer
from dayseal.settings import ArchiveSettings, ClusterSettings, LedgerSettings, RetentionSettings, Settings
from dayseal.steps.parts import Archive, NoProgress, Parts
from dayseal.testing.clock import FixedClock
from dayseal.testing.keys import Ed25519Signer, P256Signer
from dayseal.testing.memory import MemoryGuard, MemoryStore
from dayseal.testing.statements import delegation, genesis
from dayseal.testing.world import ORIGIN, seal
from dayseal.workflow import seal_day
from support.attack_archive import MemoryArchive

Provider = Literal["eks", "gke"]

PROD: Final = ClusterId("eks", "111122223333", "eu-central-1", "prod", "OIDC1")
SHOP: Final = ClusterId("gke", "project-1", "europe-west3", "shop", "9f")
CLUSTERS: Final[dict[Provider, ClusterId]] = {"eks": PROD, "gke": SHOP}
DAYS: Final = tuple(dt.date(2026, 11, 16) + dt.timedelta(days=n) for n in range(5))
TOLD: Final = frozenset(range(len(DAYS)))
TERM_DAYS: Final = 3  # so that the first days have expired when the last one is sealed
KEPT_DAY: Final = 3  # the auditor kept the checkpoint of that day's sealing
_SEALED_AT: Final = dt.time(6, 30)

ROOT: Final = Ed25519Signer("attacks/root")
LOG: Final = Ed25519Signer("attacks/log")
ATTESTORS: Final[dict[Provider, Signer]] = {"eks": P256Signer("attacks/eks"), "gke": P256Signer("attacks/gke")}
LOST: Final = P256Signer("attacks/lost")  # an attestor key for eks, revoked after the second day
STRANGER: Final = P256Signer("attacks/stranger")  # delegated by nobody
_VKEY: Final = ed25519_vkey(ORIGIN, LOG.public)
POLICY: Final = TrustPolicy(logs=(_VKEY,), roots=(("root", ROOT.spki),))


@dataclasses.dataclass(frozen=True, slots=True)
class Asked:
    """What the auditor asks evidence for."""

    cluster: ClusterId = PROD
    first: dt.date = DAYS[0]
    last: dt.date = DAYS[-1]


@dataclasses.dataclass(slots=True)
class Site:
    """One state of everything; an attack changes it, a tool looks at it.

    `day` is what `seal` is run on again; `kept` is the auditor's checkpoint; `hand_over` is what happens to a
    bundle on its way; `past` holds ledger and guard as they were after each day.
    """

    store: MemoryStore
    guard: MemoryGuard
    inbox: MemoryStore
    details: MemoryStore
    archives: dict[Provider, MemoryArchive]
    clock: FixedClock
    kept: bytes = b""
    day: dt.date = DAYS[-1]
    asked: Asked = Asked()
    hand_over: Callable[[EvidenceBundle], EvidenceBundle] = lambda bundle: bundle
    past: tuple[tuple[MemoryStore, GuardState | None], ...] = ()

    def copy(self) -> "Site":
        """Give the same state again, to try things on."""
        return dataclasses.replace(
            self,
            store=self.store.copy(),
            guard=MemoryGuard(self.guard.state),
            inbox=self.inbox.copy(),
            details=self.details.copy(),
            archives={provider: archive.copy() for provider, archive in self.archives.items()},
            clock=FixedClock(self.clock.now()),
        )

    def next_morning(self) -> None:
        """Let a day pass: its logs arrive, and `seal` is run on it."""
        self.day = self.clock.now().date()
        self.clock = FixedClock(_morning_after(self.day))
        self.store_logs(self.day)

    def store_logs(self, day: dt.date) -> None:
        """Let a day's logs of both clusters arrive."""
        for provider, archive in self.archives.items():
            for half in range(2):
                archive.put(object_key(day, half), records(provider, day, half), self.clock.now())

    def reader(self) -> LedgerReader:
        """Open the ledger as it is now."""
        return LedgerReader(self.store, POLICY)

    def recorder(self) -> Recorder:
        """Give a recorder that knows nothing yet."""
        return Recorder(
            self.store, self.guard, self.inbox, origin=ORIGIN, log=LOG, policy=POLICY, clock=self.clock
        )  # fmt: skip

    def parts(self, provider: Provider) -> Parts:
        """Give what one provider's attestor runs with: its own archive, cluster and key."""
        cluster, attestor = CLUSTERS[provider], ATTESTORS[provider]
        return Parts(
            settings=_settings(provider),
            clock=self.clock,
            discovery=SettingsDiscovery((cluster,)),
            archives=(Archive(f"{provider}-logs", self.archives[provider], (cluster,)),),
            attestor=attestor,
            submitter=Submitter(self.inbox, keyid_of(attestor.spki)),
            recorder=self.recorder(),
            open_reader=self.reader,
            details=self.details,
            entropy=bytes,
            progress=NoProgress(),
            workers=1,
            code_digest="00" * 32,
        )


@functools.cache
def told_site(told: frozenset[int] = TOLD) -> Site:
    """Give the site after five days of which `prod` was sealed on days `told`; copy it before you change it."""
    archives: dict[Provider, MemoryArchive] = {p: MemoryArchive(f"{p}-logs") for p in CLUSTERS}
    site = Site(
        MemoryStore(), MemoryGuard(), MemoryStore(), MemoryStore(), archives, FixedClock(_morning_after(DAYS[0]))
    )
    _found_ledger(site)
    for number, day in enumerate(DAYS):
        site.clock = FixedClock(_morning_after(day))
        site.store_logs(day)
        for provider in archives:
            if provider != "eks" or number in told:
                seal_day(site.parts(provider), day)
        if number == 1:
            _revoke(site)
        if number == KEPT_DAY:
            site.kept = site.reader().checkpoint_bytes
        site.past = (*site.past, (site.store.copy(), site.guard.state))
    return site


def object_key(day: dt.date, half: int) -> str:
    """Name the archived object of one half of a day."""
    return f"{format_day(day)}/{12 * half:02d}.log"


def records(provider: Provider, day: dt.date, half: int = 0, *, minutes: range = range(720)) -> bytes:
    """Give plain audit events of minutes of half a day: a node renews its lease in each."""
    start = dt.datetime.combine(day, dt.time(12 * half), tzinfo=dt.UTC)
    return b"".join(_lease(provider, start + dt.timedelta(minutes=n)) for n in minutes)


def _lease(provider: Provider, moment: dt.datetime) -> bytes:
    stamp = moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    reference = {"resource": "leases", "namespace": "kube-node-lease", "name": "n1", "apiGroup": "coordination.k8s.io"}
    event = {
        "kind": "Event",
        "apiVersion": "audit.k8s.io/v1",
        "level": "Metadata",
        "auditID": f"{provider}-{moment:%d%H%M}",
        "stage": "ResponseComplete",
        "verb": "update",
        "user": {"username": "system:node:n1"},
        "objectRef": reference,
        "requestURI": "/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/n1",
        "requestReceivedTimestamp": stamp,
        "stageTimestamp": stamp,
    }
    return json.dumps(event, separators=(",", ":")).encode() + b"\n"


def _morning_after(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day + dt.timedelta(days=1), _SEALED_AT, tzinfo=dt.UTC)


def _settings(provider: Provider) -> Settings:
    cluster, name = CLUSTERS[provider], f"{provider}-logs"
    own = ClusterSettings(
        provider=cluster.provider, account=cluster.account, location=cluster.location,
        name=cluster.name, uid=cluster.uid, archive=name,
    )  # fmt: skip
    return Settings(
        ledger=LedgerSettings(origin=ORIGIN),
        retention=RetentionSettings(hot_days=1, total_days=TERM_DAYS),
        archives=(ArchiveSettings(name=name, path=name),),
        clusters=(own,),
    )


def _found_ledger(site: Site) -> None:
    delegations: list[bytes] = []
    for number, (key, role, provider) in enumerate(
        (
            (LOG, "recorder", "*"),
            (ATTESTORS["eks"], "attestor", "eks"),
            (ATTESTORS["gke"], "attestor", "gke"),
            (LOST, "attestor", "eks"),
        )
    ):
        previous = sha256_hex(delegations[-1]) if delegations else None
        delegations.append(seal(delegation(number, previous, key, role=role, providers=(provider,)), ROOT))
    founding = seal(genesis(ORIGIN, (("root", ROOT),), _VKEY.text), ROOT)
    create_ledger(site.store, site.guard, origin=ORIGIN, genesis=founding, delegations=delegations, log=LOG)


def _revoke(site: Site) -> None:
    state = site.reader().state()
    said = delegation(state.delegations.count, state.delegations.head, LOST, action="revoke", from_index=state.size)
    submit_delegation(site.inbox, said.number, seal(said, ROOT))
    site.recorder().run()
