"""A bucket's replication rules: where else its objects go."""

from dayseal.clouds.aws.calls import Json
from dayseal.model.route import Replica


def read_replication(found: Json) -> tuple[Replica, ...]:
    """Read GetBucketReplication."""
    return tuple(map(_rule, found["ReplicationConfiguration"]["Rules"]))


def _rule(rule: Json) -> Replica:
    where, target = rule.get("Filter") or {}, rule["Destination"]
    joined = where.get("And") or {}
    return Replica(
        bucket=str(target["Bucket"]).rpartition(":")[2],
        account=str(target.get("Account") or ""),
        prefix=str(where.get("Prefix") or joined.get("Prefix") or rule.get("Prefix") or ""),
        enabled=rule["Status"] == "Enabled",
        deletes=(rule.get("DeleteMarkerReplication") or {}).get("Status") == "Enabled",
    )
