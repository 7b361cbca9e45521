"""What EKS says of one cluster: its identity, its state, its logging."""

from typing import Final

from dayseal.clouds.aws.calls import Calls, Json
from dayseal.clouds.aws.places import Place
from dayseal.codec import format_time
from dayseal.errors import FormatError
from dayseal.model import ClusterId
from dayseal.model.route import Answer, Call, EksCluster, LoggingEntry

PROVIDER: Final = "eks"
_GONE: Final = {"ResourceNotFoundException": None}

Described = tuple[ClusterId, EksCluster]


def describe_cluster(calls: Calls, place: Place, name: str) -> Answer[Described | None]:
    """Ask EKS for a cluster by name; `Known(None)`: there is none of that name."""
    call = Call("eks", "DescribeCluster", place.arn("eks", f"cluster/{name}"))
    return calls.ask(place, call, lambda found: _read(found["cluster"], place), absent=_GONE, name=name)


def _read(found: Json, place: Place) -> Described:
    cluster = ClusterId(PROVIDER, place.account, place.region, found["name"], _uid(found))
    return cluster, EksCluster(found["status"], _logging(found.get("logging")))


def _uid(found: Json) -> str:
    """Tell a rebuilt cluster from the old one: the OIDC issuer's id, else the moment it was created."""
    issuer = str(found.get("identity", {}).get("oidc", {}).get("issuer", ""))
    uid = issuer.rstrip("/").rpartition("/id/")[2] or issuer.rstrip("/").rpartition("/")[2]
    if uid:
        return uid
    if "createdAt" not in found:
        raise FormatError(f"cluster {found['name']}: neither an OIDC issuer nor createdAt, one of them promised")
    return format_time(found["createdAt"])


def _logging(found: Json | None) -> tuple[LoggingEntry, ...] | None:
    if found is None:
        return None
    return tuple(
        LoggingEntry(tuple(entry.get("types") or ()), entry.get("enabled") is True)
        for entry in found.get("clusterLogging") or ()
    )
