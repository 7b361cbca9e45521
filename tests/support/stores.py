"""Places in each cloud for a ledger, its inbox and its guard: emulators on this machine, behind a switch."""

import contextlib
import dataclasses
import itertools
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import boto3
from azure.storage.blob import ContainerClient
from botocore.client import BaseClient
from google.auth.credentials import Credentials
from google.cloud.storage import Client
from moto.server import ThreadedMotoServer

from dayseal.clouds.aws.stores import open_bucket as open_s3
from dayseal.clouds.aws.versions import S3Listing
from dayseal.clouds.azure.stores import open_container
from dayseal.clouds.azure.versions import AzureListing
from dayseal.clouds.gcp.stores import open_bucket as open_gcs
from dayseal.clouds.gcp.versions import GcsListing
from dayseal.clouds.objects.calls import Bucket
from dayseal.clouds.objects.dialect import AZURE, GCS, S3, Dialect
from dayseal.clouds.objects.guard import BucketGuard
from dayseal.clouds.objects.store import BucketStore, Listing
from support.azurite import ACCOUNT, CREDENTIAL, serving_azurite
from support.gcs_xml import serving_gcs
from support.http_switch import HttpSwitch, switched

# `s3-lock` keeps versions under object lock, the others do not lock; GCS keeps versions always.
CLOUDS: Final = ("s3", "s3-lock", "gcs", "azure")
_PLAIN: Final = "plain-bucket"
_LOCKED: Final = "locked-bucket"
# moto wants the header that the AWS SDKs send beside a checksum; S3 itself is content with the checksum.
_MOTO: Final = {"x-amz-sdk-checksum-algorithm": "SHA256"}


@dataclasses.dataclass(frozen=True, slots=True)
class Place:
    """An empty place in one cloud. `open_bucket(name)` and `list_bucket(name)` reach the part of that name.

    `put(key, data)` and `delete(key)` are what an intruder does to the part `ledger`, with the cloud's own SDK.
    """

    dialect: Dialect
    switch: HttpSwitch
    versioned: bool
    open_bucket: Callable[[str], Bucket]
    list_bucket: Callable[[str], Listing]
    put: Callable[[str, bytes], object]
    delete: Callable[[str], object]

    def store(self, name: str = "ledger") -> BucketStore:
        """Open a store, as another process would."""
        bucket, listing = self.open_bucket(name), self.list_bucket(name)
        versioned = self.versioned and name == "ledger"  # what is in an inbox expires, all versions with it
        return BucketStore(bucket, self.dialect, listing, versioned=versioned, wait=_no_wait)

    def guard(self) -> BucketGuard:
        """Open the guard, as another process would."""
        return BucketGuard(self.open_bucket("guard"), self.dialect, wait=_no_wait)


class Clouds:
    """Starts what plays a cloud when it is first asked for, and gives out places that nobody used yet."""

    def __init__(self, repository: Path, until: contextlib.ExitStack) -> None:
        self._repository = repository
        self._until = until
        self._numbers = itertools.count()
        self._running: dict[str, Callable[[str], Place]] = {}

    def place(self, name: str) -> Place:
        """Give an empty place in the cloud `name`, one of `CLOUDS`."""
        starters = {"s3": _start_s3, "s3-lock": _start_s3, "gcs": _start_gcs, "azure": _start_azure}
        start = starters[name]
        if start.__name__ not in self._running:
            self._running[start.__name__] = self._until.enter_context(start(self._repository))
        place = self._running[start.__name__](f"{name}/place-{next(self._numbers)}")
        place.switch.disarm()
        return place


@contextlib.contextmanager
def _start_s3(_: Path) -> Iterator[Callable[[str], Place]]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        port = server.get_host_and_port()[1]
        with switched(port, headers=_MOTO) as (switch, address):
            session = boto3.Session(aws_access_key_id="k", aws_secret_access_key="s", region_name="eu-central-1")  # noqa: S106 - an emulator's
            client = session.client("s3", endpoint_url=address)
            _make_s3_buckets(session.client("s3", endpoint_url=f"http://127.0.0.1:{port}"))
            yield lambda root: _s3_place(session, client, switch, address, root)
    finally:
        server.stop()


def _make_s3_buckets(client: BaseClient) -> None:
    where = {"LocationConstraint": "eu-central-1"}
    client.create_bucket(Bucket=_PLAIN, CreateBucketConfiguration=where)
    client.create_bucket(Bucket=_LOCKED, CreateBucketConfiguration=where, ObjectLockEnabledForBucket=True)
    rule = {"DefaultRetention": {"Mode": "COMPLIANCE", "Days": 1}}
    lock = {"ObjectLockEnabled": "Enabled", "Rule": rule}
    client.put_object_lock_configuration(Bucket=_LOCKED, ObjectLockConfiguration=lock)


def _s3_place(session: boto3.Session, client: BaseClient, switch: HttpSwitch, address: str, root: str) -> Place:
    locked = root.startswith("s3-lock/")

    def bucket_of(name: str) -> str:  # the guard is replaced and the inbox expires: neither is locked
        return _LOCKED if locked and name == "ledger" else _PLAIN

    ledger = bucket_of("ledger")
    return Place(
        dialect=S3,
        switch=switch,
        versioned=locked,
        open_bucket=lambda name: open_s3(session, bucket_of(name), f"{root}/{name}", endpoint=address),
        list_bucket=lambda name: S3Listing(client, bucket_of(name), f"{root}/{name}"),
        put=lambda key, data: client.put_object(Bucket=ledger, Key=f"{root}/ledger/{key}", Body=data),
        delete=lambda key: client.delete_object(Bucket=ledger, Key=f"{root}/ledger/{key}"),
    )


@contextlib.contextmanager
def _start_gcs(_: Path) -> Iterator[Callable[[str], Place]]:
    with serving_gcs() as (content, upstream), switched(int(upstream.rpartition(":")[2])) as (switch, address):
        client = Client(project="test", credentials=_Token(), client_options={"api_endpoint": address})
        yield lambda root: Place(
            dialect=GCS,
            switch=switch,
            versioned=True,
            open_bucket=lambda name: open_gcs(_Token(), _PLAIN, f"{root}/{name}", endpoint=address),
            list_bucket=lambda name: GcsListing(client, _PLAIN, f"{root}/{name}"),
            put=lambda key, data: content.put(f"{_PLAIN}/{root}/ledger/{key}", data, None),
            delete=lambda key: content.delete(f"{_PLAIN}/{root}/ledger/{key}"),
        )


@contextlib.contextmanager
def _start_azure(repository: Path) -> Iterator[Callable[[str], Place]]:
    with serving_azurite(repository) as port, switched(port) as (switch, address):
        endpoint = f"{address}/{ACCOUNT}"
        with ContainerClient(endpoint, _PLAIN, credential=CREDENTIAL, initial_backoff=0, increment_base=0) as container:
            container.create_container()
            yield lambda root: Place(
                dialect=AZURE,
                switch=switch,
                versioned=False,  # Azurite keeps none
                open_bucket=lambda name: open_container(
                    CREDENTIAL, ACCOUNT, _PLAIN, f"{root}/{name}", endpoint=endpoint
                ),
                list_bucket=lambda name: AzureListing(container, f"{root}/{name}"),
                put=lambda key, data: container.upload_blob(f"{root}/ledger/{key}", data, overwrite=True),
                delete=lambda key: container.delete_blob(f"{root}/ledger/{key}"),
            )


class _Token(Credentials):
    """Credentials that the fake does not look at."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # google-auth says that it is typed, and is in part

    def refresh(self, _: object) -> None:
        """Have a token."""
        self.token = "token"  # noqa: S105 - nobody's


def _no_wait(_: float) -> None:
    """Go on at once: the emulators are never busy for long."""
