"""Parts that several predicates share."""

from msgspec import UNSET, UnsetType

from dayseal.codec import Wire
from dayseal.model import ClusterId


class Sha256(Wire):
    """A content-addressed object, named by the hex SHA-256 of its bytes."""

    sha256: str


class SeenHead(Wire):
    """The newest log head the attestor had verified when it signed: size and hex root."""

    size: int
    root: str


class Chain(Wire):
    """A statement's place in its own chain; `previous_envelope_sha256` is None for number 0.

    A cluster's chain holds its enrolments and cluster-days; an attestor has one chain of
    inventories and one of reverifications.
    """

    seq: int
    previous_envelope_sha256: str | None
    seen_head: SeenHead


class ClusterRef(Wire):
    """A cluster as statements name it; the first five fields are its identity."""

    provider: str
    account: str
    location: str
    name: str
    uid: str
    resource: str | UnsetType = UNSET
    kubernetes_version: str | UnsetType = UNSET

    @property
    def id(self) -> ClusterId:
        """The identity, checked."""
        return ClusterId(self.provider, self.account, self.location, self.name, self.uid)

    @classmethod
    def of(cls, cluster: ClusterId, *, resource: str = "") -> "ClusterRef":
        """Name `cluster`; `resource` is left out when empty."""
        return cls(
            provider=cluster.provider,
            account=cluster.account,
            location=cluster.location,
            name=cluster.name,
            uid=cluster.uid,
            resource=resource or UNSET,
        )
