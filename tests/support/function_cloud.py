"""An AWS with three clusters in two archives, a ledger for the functions, and another one for the command line."""

import contextlib
import datetime as dt
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from aws_lambda_powertools.utilities.parameters import clear_caches

from dayseal.attest.keys import keyid_of
from dayseal.attest.predicates import ClusterDay
from dayseal.cli.app import run
from dayseal.clouds.aws.changes import Pace
from dayseal.clouds.aws.places import Place
from dayseal.clouds.local.clock import SystemClock
from dayseal.codec import decode_base64, encode_base64, open_document
from dayseal.ledger.layout import attestor_prefix, details_key
from dayseal.ledger.reader import LedgerReader
from dayseal.model import ClusterId
from dayseal.settings import Settings, read_settings
from dayseal.steps.documents import DetailsDocument
from dayseal.wiring import open_workspace
from dayseal.wiring.asked_aws import split_bucket
from support.day_machine import DayMachine, playing_lambda
from support.firehose_objects import FirehoseObject, firehose_objects
from support.moto_world import AUDIT_ON, EU, ROLE, World, aws_world

DAY: Final = SystemClock().now().date() - dt.timedelta(days=2)
ARCHIVES: Final = ("central", "second")
# Names of the buckets, to which a world adds its number.
FUNCTION_PLACES: Final = {
    "ledger": "w-ledger",
    "guard": "w-guard",
    "work": "work",
    "evidence": "evidence",
    "locked": "locked",
}
_OFF: Final = ((("audit",), False),)


class FunctionCloud:
    """Clusters `prod` and `off` ship to the archive `central`, `far` to `second`.

    Workspace `w` is the functions' (their settings lie in SSM, their keys in KMS), `c` that of somebody who runs
    the command line over the same archives with the same attestor key.
    """

    def __init__(self, world: World, folder: Path, patch: pytest.MonkeyPatch, more: int = 0) -> None:
        self.world = world
        self.folder = folder
        self._patch = patch
        self.environment: dict[str, str] = {}  # of every function, for those that run elsewhere
        self._become_ours()
        furnish(world, more)
        self.keys = {kind: world.gaps.make_key(world.home, EU, kind=kind) for kind in ("p256", "ed25519")}
        for name in ("w", "c"):
            self._found(name)
        self._configure()
        self.machine: DayMachine = playing_lambda(world, patch)

    def cli(self, *words: str, workspace: str = "w") -> tuple[int, str, str]:
        """Run a command on a workspace and give exit code, stdout and stderr."""
        return run_quietly(*words, "--config", str(self.folder / workspace))

    def verify(self, bundle: str, workspace: str = "w") -> str:
        """Verify an evidence bundle against a workspace's trust policy; give the verdict."""
        policy = str(self.folder / workspace / "trust.policy")
        _, out, _ = run_quietly("verify", bundle, "--trust", policy, "--format", "json")
        return str(json.loads(out)[0]["verdict"])

    def reader(self, workspace: str = "w") -> LedgerReader:
        """Open a workspace's ledger."""
        return open_workspace(self._settings(workspace)).reader()

    def statement(self, name: str, workspace: str = "w") -> ClusterDay:
        """Give the newest statement of a cluster's day."""
        ledger = self.reader(workspace)
        (cluster,) = [c.cluster for c in ledger.state().clusters() if c.cluster.name == name]
        return ledger.day(cluster, DAY)[-1].predicate

    def place(self, use: str, workspace: str = "w") -> tuple[str, str]:
        """Give bucket and prefix of the workspace's `path`, `inbox`, `guard` or `details`."""
        return split_bucket(getattr(self._settings(workspace).ledger, use))

    def archived_keys(self, archive: str) -> list[str]:
        """Give the full keys of the day's objects in an archive."""
        listed = self.world.client("s3", self.world.home).list_objects_v2(Bucket=self.world.bucket(archive))
        return [item["Key"] for item in listed["Contents"] if f"{DAY:%Y/%m/%d}" in item["Key"]]

    def events(self) -> list[dict[str, Any]]:
        """Give the details of the events that were sent, with their type."""
        entries = [entry for r in self.world.gate.log if r.name == "events:PutEvents" for entry in r.body["Entries"]]
        return [{"type": e["DetailType"], "source": e["Source"], **json.loads(e["Detail"])} for e in entries]

    def work(self) -> dict[str, str]:
        """Give what lies in the work store: each key with its ETag and the time it was written."""
        listed = self.world.client("s3", self.world.home).list_objects_v2(Bucket=self.world.bucket("work"))
        return {item["Key"]: f"{item['ETag']} {item['LastModified']}" for item in listed.get("Contents", ())}

    def set_variable(self, name: str, value: str) -> None:
        """Set a variable of the functions' environment."""
        self.environment[name] = value
        self._patch.setenv(name, value)

    def lock_a_copy(self) -> tuple[str, int]:
        """Put the ledger's objects into a bucket with locks; gives its address and how many there are."""
        s3, (bucket, _) = self.world.client("s3", self.world.home), self.place("path")
        locked = self.world.add_bucket(self.world.home, "locked", {"Mode": "COMPLIANCE", "Days": 30})
        items = s3.list_objects_v2(Bucket=bucket, Prefix="ledger/")["Contents"]
        for key in (item["Key"] for item in items):
            body = s3.get_object(Bucket=bucket, Key=key)["Body"].read()
            s3.put_object(Bucket=locked, Key=key, Body=body, ChecksumAlgorithm="SHA256")
        return f"s3://{locked}/ledger/", len(items)

    def details(self, name: str, workspace: str = "w") -> DetailsDocument:
        """Give the details beside a cluster's newest statement."""
        key = details_key(self.statement(name, workspace).details.sha256)
        data = open_workspace(self._settings(workspace)).details.get(key)
        return open_document(data, DetailsDocument, subject=key)

    @property
    def attestor_id(self) -> str:
        """Give the name of the attestor's part of the inbox."""
        public = self._settings("w").keys.attestor_public
        return attestor_prefix(keyid_of(decode_base64(public, subject="attestor key")))

    def _settings(self, workspace: str) -> Settings:
        return read_settings(self.folder / workspace / "dayseal.toml")

    def _become_ours(self) -> None:
        world = self.world
        for name, value in {
            "AWS_ACCESS_KEY_ID": f"KEY{world.number}X{world.home}",
            "AWS_SECRET_ACCESS_KEY": "secret",
            "AWS_ENDPOINT_URL": world.address,
            "AWS_REGION": EU,
            "AWS_DEFAULT_REGION": EU,
            "AWS_CONFIG_FILE": str(self.folder / "none"),
            "AWS_SHARED_CREDENTIALS_FILE": str(self.folder / "none"),
            "AWS_EC2_METADATA_DISABLED": "true",
            "POWERTOOLS_SERVICE_NAME": "dayseal",
        }.items():
            self.set_variable(name, value)
        self._patch.setattr(Pace, "take", lambda _: None)  # nobody here is throttled
        clear_caches()  # Powertools' own; the client is another world's

    def _found(self, name: str) -> None:
        world = self.world
        places = [f"s3://{world.add_bucket(world.home, f'{name}-{use}', lock=False)}/" for use in ("ledger", "guard")]
        keys = ("--log-key", self.keys["ed25519"], "--attestor-key", self.keys["p256"])
        line = ("init", str(self.folder / name), "--bucket", places[0], "--guard", places[1], "--region", EU, *keys)
        code, _, said = run_quietly(*line)
        assert code == 0, said
        path = self.folder / name / "dayseal.toml"
        account = f'regions = ["{EU}"]\norganization = true\nrole = "{ROLE}"\nexternal_id = "outside"'
        text = path.read_text().replace(f'regions = ["{EU}"]', account).replace("# workers = 0 ", "workers = 1  # ")
        for archive in ARCHIVES:
            text += f'\n[[archives]]\nname = "{archive}"\npath = "s3://{world.bucket(archive)}/"\nlayouts = ["eks/"]\n'
        path.write_text(text)

    def _configure(self) -> None:
        world, settings = self.world, self._settings("w")
        ssm = world.client("ssm", world.home)
        names = {"settings": self.folder / "w/dayseal.toml", "trust": self.folder / "w/trust.policy"}
        for name, path in names.items():
            ssm.put_parameter(Name=f"/w{world.number}/{name}", Value=path.read_text(), Type="String", Tier="Advanced")
        topic = world.client("sns", world.home).create_topic(Name="dayseal")["TopicArn"]
        world.client("events", world.home).create_event_bus(Name="dayseal")
        for name, value in {
            "SETTINGS_PARAMETER": f"/w{world.number}/settings",
            "TRUST_PARAMETER": f"/w{world.number}/trust",
            "LEDGER": settings.ledger.path,
            "INBOX": settings.ledger.inbox,
            "GUARD": settings.ledger.guard,
            "DETAILS": settings.ledger.details,
            "WORK": f"s3://{world.add_bucket(world.home, 'work', lock=False)}/",
            "LOG_KEY": self.keys["ed25519"],
            "LOG_KEY_PUBLIC": encode_base64(world.gaps.spki(self.keys["ed25519"])),
            "ATTESTOR_KEY": self.keys["p256"],
            "ATTESTOR_KEY_PUBLIC": encode_base64(world.gaps.spki(self.keys["p256"])),
            "EVENT_BUS": "dayseal",
            "TOPIC": topic,
            "SHARD_BYTES": "20000",
            "REVERIFY_BYTES": "600000",
        }.items():
            self.set_variable(f"DAYSEAL_{name}", value)


def run_quietly(*words: str) -> tuple[int, str, str]:
    """Run a command and give exit code, stdout and stderr."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = run(words)
    return code, out.getvalue(), err.getvalue()


@contextlib.contextmanager
def function_cloud(folder: Path, more: int = 0) -> Iterator[FunctionCloud]:
    """Serve such an AWS until the block ends; `more` clusters like `prod` stand beside it."""
    with pytest.MonkeyPatch.context() as patch, aws_world() as world:
        yield FunctionCloud(world, folder, patch, more)


def furnish(world: World, more: int = 0) -> None:
    """Make three clusters and `more`, a route each, and a day of objects of those whose audit log is on."""
    central = {"prod": AUDIT_ON, "off": _OFF, **{f"more-{number}": AUDIT_ON for number in range(more)}}
    for bucket, names in (("central", central), ("second", {"far": AUDIT_ON})):
        place = Place(world.first if bucket == "central" else world.second, EU)
        full = world.add_bucket(world.home, bucket)
        stream = world.add_stream(place, "audit", full)
        world.watch(place)
        world.put_hourly(world.home, full)
        for name, entries in names.items():
            world.add_cluster(place, name, entries)
            group = world.add_group(place, name)
            world.add_filter(place, group, stream)
            world.count(place, "IncomingLogEvents", 5_000, LogGroupName=group)
            filtered = {"LogGroupName": group, "DestinationType": "Firehose", "FilterName": "to-archive"}
            for metric, value in (("ForwardedLogEvents", 5_000), ("DeliveryErrors", 0)):
                world.count(place, metric, value, **filtered)
            for one in day_objects(place, name) if entries == AUDIT_ON else ():
                world.put_object(world.home, full, one.key, one.data)


def day_objects(place: Place, name: str) -> list[FirehoseObject]:
    """Give the day's objects of a cluster."""
    return list(firehose_objects(ClusterId("eks", place.account, place.region, name, "any"), DAY, prefix="eks/"))
