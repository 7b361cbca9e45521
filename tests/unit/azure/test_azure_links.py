"""Links by a user delegation key, and jobs put into a queue: who may, what exactly, and what a refusal says."""

import base64
import datetime as dt
import json

import pytest
import urllib3

from dayseal.clouds.azure.links import BlobLinks
from dayseal.clouds.azure.session import Sessions
from dayseal.clouds.azure.starter import QueueStarter
from dayseal.errors import AccessError
from dayseal.testing.clock import FixedClock
from support.azure_gate import Fault
from support.azure_links import LentKeys
from support.azure_routes import Answer, Raw, Request, Route
from support.azure_world import World

NOW = dt.datetime(2026, 11, 23, 6, 30, tzinfo=dt.UTC)
NAME = "files/plain/ä b+c%.zip"


@pytest.fixture
def keys(azure: World) -> LentKeys:
    """Give a Blob storage with one blob."""
    lent = LentKeys(NOW)
    lent.content[f"exampleevidence/evidence/jobs/{NAME}"] = b"bundle"
    azure.parts.append(lent)
    return lent


def links(azure: World, **more: object) -> BlobLinks:
    """Make links to what lies below a prefix."""
    return BlobLinks(Sessions(azure.access(**more)), FixedClock(NOW), "exampleevidence", "evidence", "jobs/")


def fetch(azure: World, url: str) -> int:
    """Fetch a link as anybody does."""
    assert azure.tls is not None
    return urllib3.PoolManager(ca_certs=str(azure.tls.authority)).request("GET", url).status


def test_a_link_serves_its_blob_until_it_ends(azure: World, keys: LentKeys) -> None:
    """Blob storage makes the same signature over the same words; the key lent ends with the link."""
    url = links(azure).link(NAME, seconds=300)
    assert fetch(azure, url) == 200
    assert keys.terms == [(NOW - dt.timedelta(minutes=5), NOW + dt.timedelta(minutes=5))]
    assert fetch(azure, url.replace("plain", "events")) == 403
    keys.now = NOW + dt.timedelta(minutes=5, seconds=1)
    assert fetch(azure, url) == 403


def test_a_link_is_made_though_nothing_is_there(azure: World, keys: LentKeys) -> None:
    """Nothing is asked about the blob itself."""
    keys.content.clear()
    assert fetch(azure, links(azure).link(NAME, seconds=300)) == 404


def test_who_gets_no_key_is_told_so_without_names(azure: World, keys: LentKeys) -> None:
    """A refusal names the action, and nobody's account."""
    keys.refused = True
    with pytest.raises(AccessError, match="generateUserDelegationKey") as told:
        links(azure).link(NAME, seconds=300)
    assert "somebody" not in str(told.value)


@pytest.mark.parametrize("fault", [Fault.LOST, Fault.GARBLED, Fault.CUT])
def test_a_key_that_never_arrives_is_no_link(azure: World, keys: LentKeys, fault: Fault) -> None:
    """Whatever comes instead, nothing is signed with it."""
    azure.gate.hurt("storage:blobServices.generateUserDelegationKey", fault)
    with pytest.raises(AccessError):
        links(azure).link(NAME, seconds=300)
    assert keys.terms == [] or fault is Fault.CUT


@pytest.mark.parametrize(
    "said",
    ["", "{}", "<html/>", "<UserDelegationKey/>", "<UserDelegationKey><Value>???</Value></UserDelegationKey>",
     "<UserDelegationKey><Value>AAAA</Value><SignedOid/></UserDelegationKey>"],
)  # fmt: skip
def test_a_key_that_is_none_signs_nothing(azure: World, said: str) -> None:
    """A portal, or a proxy, that answers 200."""

    class Odd:
        def routes(self) -> tuple[Route, ...]:
            raw = Raw(200, said.encode(), {"Content-Type": "application/xml"})
            return (Route("storage:odd", "POST", r"/blobs/([^/]+)/?", lambda _: raw, "https://storage.azure.com"),)

    azure.parts.append(Odd())
    with pytest.raises(AccessError):
        links(azure).link(NAME, seconds=300)


class Queue:
    """A queue that notes what is put into it, after `later` answers that say "later"."""

    def __init__(self, later: int = 0, status: int = 503) -> None:
        self.later, self.status = later, status
        self.bodies: list[bytes] = []

    def routes(self) -> tuple[Route, ...]:
        """Give what is answered here."""
        where = r"/queues/evidence/messages"
        return (Route("storage:queues.messages.put", "POST", where, self._put, "https://storage.azure.com"),)

    def _put(self, request: Request) -> Answer:
        if self.later:
            self.later -= 1
            return Raw(self.status, b"<Error/>", {"x-ms-error-code": "AuthorizationFailure"})
        self.bodies.append(request.body)
        return Raw(201, b"<QueueMessagesList/>")


def starter(azure: World) -> QueueStarter:
    """Open the queue."""
    return QueueStarter(Sessions(azure.access()), FixedClock(NOW), f"{azure.address}/queues/evidence/")


def test_a_job_is_a_message_that_the_host_can_read(azure: World) -> None:
    """Base64 is what the host decodes without being told; an answer that says "later" is tried again."""
    queue = Queue(later=1)
    azure.parts.append(queue)
    starter(azure).start("plain", "0" * 32)
    text = json.dumps({"kind": "plain", "job": "0" * 32}).encode()
    assert queue.bodies == [b"<QueueMessage><MessageText>" + base64.b64encode(text) + b"</MessageText></QueueMessage>"]


@pytest.mark.parametrize("status", [403, 404, 500])
def test_a_queue_that_takes_no_message_is_an_error(azure: World, status: int) -> None:
    """A job that nobody makes must not look started."""
    queue = Queue(later=99, status=status)
    azure.parts.append(queue)
    with pytest.raises(AccessError):
        starter(azure).start("plain", "0" * 32)
    assert queue.bodies == []


def test_a_machine_without_identity_starts_nothing_and_links_nothing(azure: World, keys: LentKeys) -> None:
    """There is no account key to fall back to."""
    azure.entra.identity = False
    access = azure.access()
    told = Sessions(type(access)(blob_endpoint=access.blob_endpoint, wait=access.wait))
    with pytest.raises(AccessError):
        BlobLinks(told, FixedClock(NOW), "exampleevidence", "evidence").link(NAME, seconds=300)
    with pytest.raises(AccessError):
        QueueStarter(told, FixedClock(NOW), f"{azure.address}/queues/evidence").start("plain", "0" * 32)
    assert keys.terms == []
