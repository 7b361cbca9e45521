"""An AWS of our own: moto behind a gate, three accounts of an organisation, two Regions, and ways to furnish them."""

import contextlib
import dataclasses
import datetime as dt
import functools
import itertools
import json
from collections.abc import Iterator
from typing import Any, Final

from botocore.client import BaseClient
from botocore.loaders import Loader
from moto.eks.models import eks_backends
from moto.s3.models import s3_backends

from dayseal.clouds.aws.calls import Calls
from dayseal.clouds.aws.places import Place
from dayseal.clouds.aws.session import Access, Sessions
from dayseal.clouds.local.clock import SystemClock
from support.moto_gaps import Gaps, uid_of
from support.moto_world_gate import Gate, Request, serving_gate
from support.moto_world_session import open_session

EU: Final = "eu-central-1"
US: Final = "us-east-1"
ROLE: Final = "dayseal-reader"
AUDIT_ON: Final = ((("audit", "authenticator"), True),)
_WORLDS: Final = itertools.count(1)
_HOUR: Final = dt.timedelta(hours=1)
LOCK_400: Final = {"Mode": "COMPLIANCE", "Days": 400}
Entries = tuple[tuple[tuple[str, ...], bool], ...]


@dataclasses.dataclass(frozen=True, slots=True)
class World:
    """One AWS. `home` is the organisation's first account, where the archive is; `first` and `second` have clusters.

    Buckets are one namespace for all worlds of a process: `bucket` makes a name of this world's own.
    """

    gate: Gate
    gaps: Gaps
    address: str
    number: int
    home: str
    first: str
    second: str
    now: dt.datetime
    unlogged: set[str]
    loader: Loader = dataclasses.field(repr=False)
    clients: dict[tuple[str, str, str], BaseClient] = dataclasses.field(default_factory=dict, repr=False)

    def access(self, *, attempts: int = 1, travels: bool = False) -> Access:
        """Give the way in that dayseal uses: the first account's credentials, and a role in the others.

        Sessions share what is read from disk; an access that `travels` to other processes shares nothing.
        """
        loader = None if travels else self.loader
        opener = functools.partial(open_session, self._key(self.home), loader)
        return Access(
            region=EU, role=ROLE, external_id="outside", endpoint=self.address, attempts=attempts, open_session=opener
        )

    def calls(self, *, attempts: int = 1) -> Calls:
        """Give dayseal's calls, from a new session."""
        return Calls(Sessions(self.access(attempts=attempts)))

    def client(self, service: str, account: str, region: str = EU) -> BaseClient:
        """Give a client that may do everything in an account: it furnishes, dayseal only reads."""
        where = (service, account, region)
        if where not in self.clients:
            session = open_session(self._key(account), self.loader)
            self.clients[where] = session.client(service, region_name=region, endpoint_url=self.address)
        return self.clients[where]

    def _key(self, account: str) -> str:
        return f"KEY{self.number}X{account}"

    def bucket(self, name: str) -> str:
        """Give a bucket's name in this world."""
        return f"w{self.number}-{name}"

    def add_cluster(self, place: Place, name: str, logging: Entries | None = AUDIT_ON) -> None:
        """Make a cluster; `logging` None leaves the field out of every answer."""
        entries = [{"types": list(types), "enabled": on} for types, on in logging or ()]
        self.client("eks", place.account, place.region).create_cluster(
            name=name,
            roleArn=f"arn:aws:iam::{place.account}:role/eks",
            resourcesVpcConfig={"subnetIds": ["subnet-1"]},
            logging={"clusterLogging": entries},
        )
        if logging is None:
            self.unlogged.add(name)
        issuer = f"https://oidc.eks.{place.region}.amazonaws.com/id/{uid_of(name + place.region)}"
        eks_backends[place.account][place.region].clusters[name].identity = {"oidc": {"issuer": issuer}}

    def add_group(self, place: Place, cluster: str, days: int | None = 400) -> str:
        """Make a cluster's log group; gives its name."""
        name, logs = f"/aws/eks/{cluster}/cluster", self.client("logs", place.account, place.region)
        logs.create_log_group(logGroupName=name)
        if days is not None:
            logs.put_retention_policy(logGroupName=name, retentionInDays=days)
        return name

    def add_stream(self, place: Place, name: str, bucket: str, prefix: str = "eks/", **more: Any) -> str:  # noqa: ANN401 - Firehose's own fields
        """Make a Firehose stream into a bucket; gives its ARN."""
        target = {
            "RoleARN": f"arn:aws:iam::{place.account}:role/firehose",
            "BucketARN": f"arn:aws:s3:::{bucket}",
            "Prefix": prefix,
            **more,
        }
        firehose = self.client("firehose", place.account, place.region)
        made = firehose.create_delivery_stream(DeliveryStreamName=name, ExtendedS3DestinationConfiguration=target)
        return str(made["DeliveryStreamARN"])

    def add_filter(self, place: Place, group: str, destination: str, pattern: str = "", **more: Any) -> None:  # noqa: ANN401 - a filter's own fields
        """Put a subscription filter on a log group."""
        self.client("logs", place.account, place.region).put_subscription_filter(
            logGroupName=group, filterName="to-archive", filterPattern=pattern, destinationArn=destination, **more
        )

    def add_bucket(self, account: str, name: str, rule: dict[str, Any] | None = LOCK_400, *, lock: bool = True) -> str:
        """Make a locked bucket, closed to the public; `rule` None: no default rule. Gives its full name."""
        full, s3 = self.bucket(name), self.client("s3", account)
        where = {"LocationConstraint": EU}
        s3.create_bucket(Bucket=full, CreateBucketConfiguration=where, ObjectLockEnabledForBucket=lock)
        if lock and rule is not None:
            configuration = {"ObjectLockEnabled": "Enabled", "Rule": {"DefaultRetention": rule}}
            s3.put_object_lock_configuration(Bucket=full, ObjectLockConfiguration=configuration)
        block = dict.fromkeys(
            ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"), True
        )
        s3.put_public_access_block(Bucket=full, PublicAccessBlockConfiguration=block)
        return full

    def put_object(
        self, account: str, bucket: str, key: str, data: bytes = b"x", age: dt.timedelta = _HOUR / 12
    ) -> str:
        """Store an object, as old as it is said to be; gives its version."""
        made = self.client("s3", account).put_object(Bucket=bucket, Key=key, Body=data, ChecksumAlgorithm="SHA256")
        version = str(made.get("VersionId", ""))
        stored = s3_backends[account]["aws"].buckets[bucket].keys.getlist(key)[-1]
        stored.last_modified = (self.now - age).replace(tzinfo=None)
        return version

    def put_hourly(self, account: str, bucket: str, prefix: str = "eks/", age: dt.timedelta = _HOUR / 12) -> str:
        """Store one object as Firehose would have, so long ago; gives its key."""
        at = self.now - age
        key = f"{prefix}{at:%Y/%m/%d/%H}/audit-1-{at:%Y-%m-%d-%H-%M-%S}-{self.number}"
        self.put_object(account, bucket, key, age=age)
        return key

    def count(self, place: Place, metric: str, value: float, *, namespace: str = "AWS/Logs", **dimensions: str) -> None:
        """Let CloudWatch count something, half an hour ago."""
        datum = {
            "MetricName": metric,
            "Dimensions": [{"Name": name, "Value": said} for name, said in dimensions.items()],
            "Timestamp": self.now - _HOUR / 2,
            "Value": value,
        }
        self.client("cloudwatch", place.account, place.region).put_metric_data(Namespace=namespace, MetricData=[datum])

    def put_account_policy(self, place: Place, kind: str, document: dict[str, Any], **more: str) -> None:
        """Set an account policy of CloudWatch Logs."""
        self.client("logs", place.account, place.region).put_account_policy(
            policyName=f"org-{kind.lower()}", policyType=kind, policyDocument=json.dumps(document), scope="ALL", **more
        )

    def watch(self, place: Place, *, audit: bool = True) -> None:
        """Switch GuardDuty on."""
        feature = {"Name": "EKS_AUDIT_LOGS", "Status": "ENABLED" if audit else "DISABLED"}
        self.client("guardduty", place.account, place.region).create_detector(Enable=True, Features=[feature])


@contextlib.contextmanager
def aws_world() -> Iterator[World]:
    """Serve an AWS with an organisation of three empty accounts until the block ends."""
    number, gate = next(_WORLDS), Gate()
    gaps, home, unlogged = Gaps(gate), f"7777{number:08d}", set[str]()
    gate.keys[f"KEY{number}X{home}"] = home

    def leave_out(request: Request, answer: dict[str, Any]) -> None:
        if request.text.split("?")[0].rpartition("/")[2] in unlogged:
            del answer["cluster"]["logging"]

    gate.amendments["eks:DescribeCluster"] = leave_out
    with serving_gate(gate) as address:
        loader = Loader()
        root = open_session(f"KEY{number}X{home}", loader).client("organizations", region_name=US, endpoint_url=address)
        root.create_organization(FeatureSet="ALL")
        made = [
            root.create_account(AccountName=n, Email=f"{n}@example.com")["CreateAccountStatus"] for n in ("one", "two")
        ]
        first, second = sorted(status["AccountId"] for status in made)
        gate.keys.update({f"KEY{number}X{account}": account for account in (first, second)})
        yield World(gate, gaps, address, number, home, first, second, SystemClock().now(), unlogged, loader)
