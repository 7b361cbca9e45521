import subprocess
import sys
import threading
import time
import urllib.parse
from pathlib import Path

import pytest
from botocore.exceptions import (
    ClientError,
    EndpointConnectionError,
    IncompleteReadError,
    NoCredentialsError,
    ReadTimeoutError,
)

from dayseal.clouds.aws.calls import Calls
from dayseal.clouds.aws.permissions import PERMISSIONS, permission_of
from dayseal.clouds.aws.places import Place, partition_of, place_of_arn
from dayseal.clouds.aws.refusals import Refusal, RefusedError, access_error, missing_of
from dayseal.clouds.aws.session import Sessions
from dayseal.model.route import Call, Known, Missing, Reason
from dayseal.once import Once
from support.moto_world import EU, ROLE, US, World

CALL = Call("eks", "ListClusters", "111122223333 in eu-central-1")


def refused(code: str, status: int = 400) -> ClientError:
    """Give an answer that is an error."""
    response = {"Error": {"Code": code, "Message": "user mallory"}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return ClientError(response, "ListClusters")


@pytest.mark.parametrize(
    ("exc", "reason"),
    [
        (refused("AccessDenied", 403), Reason.DENIED),
        (refused("AccessDeniedException"), Reason.DENIED),
        (refused("UnauthorizedOperation", 403), Reason.DENIED),
        (refused("ThrottlingException"), Reason.THROTTLED),
        (refused("SlowDown", 503), Reason.THROTTLED),
        (refused("UnrecognizedClientException", 403), Reason.DISABLED_REGION),
        (refused("ExpiredTokenException"), Reason.TIMED_OUT),
        (refused("ResourceNotFoundException"), Reason.NOT_FOUND),
        (refused("InternalFailure", 500), Reason.TIMED_OUT),
        (refused("ValidationException"), Reason.CONTRADICTORY),
        (refused("OperationAborted", 409), Reason.CONTRADICTORY),
        (ReadTimeoutError(endpoint_url="x"), Reason.TIMED_OUT),
        (EndpointConnectionError(endpoint_url="x"), Reason.TIMED_OUT),
        (IncompleteReadError(actual_bytes=1, expected_bytes=2), Reason.TIMED_OUT),
        (NoCredentialsError(), Reason.DENIED),
    ],
)
def test_each_refusal_has_its_reason(exc: Refusal, reason: Reason) -> None:
    """Denied, throttled and timed out are different things to do for whoever reads the report."""
    missing = missing_of(exc, CALL)
    assert missing.reason is reason
    assert missing.permission == ("eks:ListClusters" if reason is Reason.DENIED else "")
    assert "mallory" not in str(access_error(exc, CALL))  # messages name people; the code does not


@pytest.mark.parametrize(
    ("call", "action"),
    [
        ("s3:HeadBucket", "s3:ListBucket"),
        ("s3:HeadObject", "s3:GetObjectVersion"),
        ("s3:GetBucketEncryption", "s3:GetEncryptionConfiguration"),
        ("logs:DescribeLogGroups", "logs:DescribeLogGroups"),
        ("new:Operation", "new:Operation"),
    ],
)
def test_a_permission_is_named_as_iam_names_it(call: str, action: str) -> None:
    """S3's operations and actions have different names, and only one of them can be granted."""
    service, operation = call.split(":")
    assert permission_of(Call(service, operation, "x")) == action
    assert all(p.action.count(":") == 1 and p.why for p in PERMISSIONS)


def test_other_accounts_are_entered_by_the_role_with_its_external_id(world: World) -> None:
    """Without the external id anybody who knows the role's name could have us look around for them."""
    sessions = Sessions(world.access())
    for account in (world.first, world.home, world.first):
        identity = sessions.client("sts", Place(account, EU)).get_caller_identity()
        assert identity["Account"] == account
    (request,) = [r for r in world.gate.log if r.name == "sts:AssumeRole"]
    body = urllib.parse.parse_qs(request.text.partition("? ")[2])
    assert body["ExternalId"] == ["outside"]
    assert body["RoleArn"] == [f"arn:aws:iam::{world.first}:role/{ROLE}"]


def test_a_role_that_is_refused_is_asked_for_once(world: World) -> None:
    """Hundreds of clusters must not knock hundreds of times at a closed door."""
    world.gate.refuse("sts:AssumeRole", "AccessDenied", status=403)
    sessions = Sessions(world.access())
    for service in ("eks", "logs"):
        with pytest.raises(RefusedError, match="sts:AssumeRole") as caught:
            sessions.client(service, Place(world.first, EU))
        assert caught.value.missing.permission == "sts:AssumeRole"
    assert world.gate.counted()["sts:AssumeRole"] == 1


def test_a_passing_throttle_is_waited_out(world: World) -> None:
    """One busy moment is no finding."""
    world.gate.refuse("eks:ListClusters", "ThrottlingException", times=1)
    call = Call("eks", "ListClusters", "x")
    listed = world.calls(attempts=3).list(Place(world.home, EU), call, "clusters")
    assert (listed.ended, listed.items) == (None, ())
    assert world.gate.counted()["eks:ListClusters"] == 2


def test_an_answer_without_what_was_promised_is_a_contradiction(world: World) -> None:
    """A missing field must not end the run of all other clusters."""
    calls, call = Calls(Sessions(world.access())), Call("eks", "ListClusters", "x")
    answer = calls.ask(Place(world.home, US), call, lambda found: found["nothing"])
    assert isinstance(answer, Missing)
    assert answer.reason is Reason.CONTRADICTORY
    assert isinstance(calls.ask(Place(world.home, US), call, lambda found: found["clusters"]), Known)


def test_pages_without_end_are_cut_and_named(world: World) -> None:
    """A token that never ends must not hold up a run."""
    world.gate.additions["eks:ListClusters"] = lambda _: {"clusters": ["a"], "nextToken": "again"}
    listed = world.calls().list(Place(world.home, EU), CALL, "clusters", max_pages=3)
    assert listed.items == ("a", "a", "a")
    assert listed.ended is not None
    assert listed.ended.detail == "more than 3 pages"


def test_one_value_for_each_key_however_many_threads_ask() -> None:
    """What clusters share is asked once, also when all ask at the same moment."""
    made: list[int] = []
    once: Once[str, int] = Once()

    def make() -> int:
        time.sleep(0.02)
        made.append(1)
        return 7

    found: list[int] = []
    threads = [threading.Thread(target=lambda: found.append(once.get("k", make))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (found, len(made)) == ([7] * 8, 1)


def test_places_and_partitions() -> None:
    """ARNs in China and GovCloud begin otherwise."""
    assert Place("1", "cn-north-1").arn("eks", "cluster/x") == "arn:aws-cn:eks:cn-north-1:1:cluster/x"
    assert partition_of("us-gov-west-1") == "aws-us-gov"
    assert place_of_arn("arn:aws:logs:eu-central-1:111122223333:destination:x") == Place("111122223333", EU)
    assert [place_of_arn(text) for text in ("", "arn:aws:s3:::bucket", "alias/x", "x:y")] == [None] * 4


def test_importing_the_adapters_reaches_for_nothing(repository: Path) -> None:
    """`dayseal verify` imports on a plane, and a Lambda pays for every import."""
    script = """
import pkgutil, sys
def refuse(event, arguments):
    if event in ("socket.connect", "socket.getaddrinfo"):
        raise RuntimeError(event)
sys.addaudithook(refuse)
import dayseal.clouds.aws
for module in pkgutil.iter_modules(dayseal.clouds.aws.__path__, "dayseal.clouds.aws."):
    __import__(module.name)
print("done")
"""
    shared = {"PYTHONPATH": str(repository / "shared")}
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, env=shared, check=False)
    assert (ran.stdout, ran.returncode) == ("done\n", 0), ran.stderr
