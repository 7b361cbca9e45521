"""Days of a cluster whose credentials, and what became of the records of their making, are known."""

import dataclasses
import io
import json
import random
from collections.abc import Sequence

from dayseal.digest.objects import digest_object
from dayseal.digest.settling import settle
from dayseal.digest.tally import Tally, merge_all
from support.detection_events import NODE, Json, kube_event

DAY_SECONDS = 86_400
TOKENS_A_POD = 24  # a day; a kubelet asks for a new one every hour or so


@dataclasses.dataclass(frozen=True, slots=True)
class TokenDays:
    """Tokens of pods over some days: `lost` of a hundred mints have no record, `old` tokens were made long before."""

    pods: int
    days: int
    lost_percent: float
    old: int = 0

    def tallies(self, seed: int) -> tuple[list[Tally], float]:
        """Give a tally for each day, and the true share of the last day's tokens whose mint was lost."""
        chance = random.Random(seed)  # noqa: S311 - a corpus, not a key
        days, lost, made = [], 0, 0
        for day in range(self.days):
            records: list[Json] = []
            lost = made = 0
            for n in range(self.pods * TOKENS_A_POD):
                credential, at = f"JTI={chance.getrandbits(128):032x}", day * DAY_SECONDS + chance.randrange(80_000)
                made += 1
                if chance.random() * 100 < self.lost_percent:
                    lost += 1
                else:
                    records.append(minted(credential, f"pod-{n % self.pods}", at))
                records += [used(credential, f"pod-{n % self.pods}", at + 5 + k, f"10.0.{n % 250}.1") for k in (0, 60)]
            records += [used(f"JTI=old-{k}", f"old-{k}", day * DAY_SECONDS + k, "10.9.9.9") for k in range(self.old)]
            days.append(settled(records))
        return days, lost / made


def minted(
    credential: str, account: str, at: int, *, by: str = NODE, key: str = "authentication.kubernetes.io"
) -> Json:
    """Make the event in which a token was issued."""
    note = {f"{key}/issued-credential-id": credential}
    return kube_event("create", "serviceaccounts/token", by, at, ns="shop", name=account, code=201, note=note)


def used(credential: str, account: str, at: int, ip: str, *, agent: str = "web/v1") -> Json:
    """Make an event of a service account that names its token."""
    user = f"system:serviceaccount:shop:{account}"
    return kube_event("get", "services", user, at, credential=credential, ip=ip, agent=agent, level="Metadata")


def counted(records: Sequence[Json]) -> Tally:
    """Give the tally of one object of these events, before it is settled."""
    stored = "\n".join(json.dumps(record, separators=(",", ":")) for record in records).encode()
    return merge_all(tally for _, tally in digest_object(io.BytesIO(stored), key="k", version="").tallies)


def settled(records: Sequence[Json]) -> Tally:
    """Give the tally of one day of these events."""
    return settle(counted(records))
