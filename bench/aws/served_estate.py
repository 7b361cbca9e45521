"""An AWS in a process of its own: moto with many healthy clusters in two accounts and two Regions.

    python bench/aws/served_estate.py CLUSTERS

Prints one line of JSON when it can be asked, and serves 127.0.0.1 until its standard input ends.
"""

import datetime as dt
import json
import sys
from collections.abc import Sequence
from typing import Final

from moto.eks import models as eks
from moto.logs.models import logs_backends

from dayseal.clouds.aws.places import Place
from support.moto_gaps import uid_of
from support.moto_world import EU, ROLE, US, World, aws_world
from support.moto_world_gate import Request

_LOGGING: Final = {"clusterLogging": [{"types": ["audit", "authenticator"], "enabled": True}]}
_FEW: Final = 20  # data points in a request: a large one would be compressed, which moto does not read
_VPC: Final = {"subnetIds": ["subnet-1"]}


def main() -> None:
    """Furnish, say where, and serve."""
    clusters = int(sys.argv[1])
    # It opens a session for each role's ARN, 0.1 s a cluster.
    eks.validate_role_arn = lambda _: None
    with aws_world() as world:
        furnish(world, clusters)
        told = {"address": world.address, "key": f"KEY{world.number}X{world.home}", "role": ROLE, "regions": [EU, US]}
        print(json.dumps(told), flush=True)
        sys.stdin.read()


def furnish(world: World, clusters: int) -> None:
    """Make so many clusters, spread over four places, whose streams write into one locked bucket elsewhere."""
    central = world.add_bucket(world.home, "central")
    world.put_hourly(world.home, central)
    places = [Place(account, region) for account in (world.first, world.second) for region in (EU, US)]
    for number, place in enumerate(places):
        stream = world.add_stream(place, "audit", central)
        world.watch(place)
        names = [f"cluster-{n:03d}" for n in range(number, clusters, len(places))]
        for name in names:
            _add_cluster(world, place, name, stream)
        _count(world, place, names)


def _add_cluster(world: World, place: Place, name: str, stream: str) -> None:
    """Make a cluster, its log group and its filter without a request: a thousand of them would take a minute."""
    role, group = f"arn:aws:iam::{place.account}:role/eks", f"/aws/eks/{name}/cluster"
    made = eks.eks_backends[place.account][place.region].create_cluster(name, role, _VPC, logging=_LOGGING)
    issuer = f"https://oidc.eks.{place.region}.amazonaws.com/id/{uid_of(name + place.region)}"
    made.identity = {"oidc": {"issuer": issuer}}
    logs = logs_backends[place.account][place.region]
    logs.create_log_group(group, {})
    logs.put_retention_policy(group, "400")
    body = {"logGroupName": group, "filterName": "to-archive", "filterPattern": "", "destinationArn": stream}
    put = Request("logs", "PutSubscriptionFilter", place.account, place.region, "", body, {})
    world.gate.additions[put.name](put)


def _count(world: World, place: Place, names: Sequence[str]) -> None:
    """Let CloudWatch count what a healthy export counts."""
    at = world.now - dt.timedelta(minutes=30)  # the newest minutes are not asked for yet
    data = []
    for name in names:
        group = {"Name": "LogGroupName", "Value": f"/aws/eks/{name}/cluster"}
        filtered = [
            group,
            {"Name": "DestinationType", "Value": "Firehose"},
            {"Name": "FilterName", "Value": "to-archive"},
        ]
        for metric, value, dimensions in (
            ("IncomingLogEvents", 5_000, [group]),
            ("ForwardedLogEvents", 5_000, filtered),
            ("DeliveryErrors", 0, filtered),
        ):
            data.append({"MetricName": metric, "Dimensions": dimensions, "Timestamp": at, "Value": value})
    cloudwatch = world.client("cloudwatch", place.account, place.region)
    for at in range(0, len(data), _FEW):
        cloudwatch.put_metric_data(Namespace="AWS/Logs", MetricData=data[at : at + _FEW])


if __name__ == "__main__":
    main()
