import json

from dayseal.clouds.aws.places import ArchivePlace, Place
from dayseal.clouds.aws.probe import AwsProbe, ProbeScope
from dayseal.clouds.aws.replication import read_replication
from dayseal.clouds.local.clock import SystemClock
from dayseal.model import ClusterId
from dayseal.model.route import Answer, EncryptionKey, Known, PublicAccess, Replica, RouteFacts
from support.moto_world import EU, World
from support.moto_world_routes import Estate


def said(answer: Answer[object]) -> object:
    """Give an answer's value; a miss is shown as it is."""
    return answer.value if isinstance(answer, Known) else answer


def test_a_counter_of_the_same_name_is_not_taken_for_anothers(routes: dict[str, RouteFacts], furnished: Estate) -> None:
    """Many clusters' filters are called alike, and so may an account policy be: each has its own counter or none."""
    (silent,) = routes["uncounted"].delivery.filters
    (dead,) = routes["not-forwarded"].delivery.filters
    assert [said(way.forwarded).value for way in (silent, dead)] == [None, 0.0]  # type: ignore[attr-defined]  # they are Readings
    assert furnished.where["uncounted"] == furnished.where["prod"]


def test_an_account_policys_counters_are_told_from_a_groups_own(world: World) -> None:
    """They name no log group, and speak for all of them together."""
    place = Place(world.first, EU)
    world.add_cluster(place, "prod")
    group = world.add_group(place, "prod")
    stream = world.add_stream(place, "audit", world.add_bucket(world.home, "central"))
    world.add_filter(place, group, stream)
    document = {"DestinationArn": stream, "FilterPattern": ""}
    world.client("logs", place.account, place.region).put_account_policy(
        policyName="to-archive", policyType="SUBSCRIPTION_FILTER_POLICY", policyDocument=json.dumps(document)
    )
    world.count(place, "ForwardedLogEvents", 7, LogGroupName=group, DestinationType="Firehose", FilterName="to-archive")
    world.count(
        place,
        "ForwardedLogEvents",
        900,
        PolicyLevel="AccountPolicy",
        DestinationType="Firehose",
        FilterName="to-archive",
    )
    scope = ProbeScope((EU,), lambda _: None, accounts=(world.home,))
    (route,) = AwsProbe(world.calls(), SystemClock(), scope).probe_all([ClusterId("eks", world.first, EU, "prod", "1")])
    found = [(way.own, said(way.forwarded).value) for way in route.delivery.filters]  # type: ignore[attr-defined]  # as above
    assert found == [(True, 7.0), (False, 900.0)]


def test_keys_and_public_access_of_a_bucket(world: World) -> None:
    """A key that is about to be deleted takes the archive with it."""
    bucket, s3, kms = (
        world.add_bucket(world.home, "keyed"),
        world.client("s3", world.home),
        world.client("kms", world.home),
    )
    key = kms.create_key()["KeyMetadata"]["Arn"]
    default = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key}
    rules = {"Rules": [{"ApplyServerSideEncryptionByDefault": default}]}
    s3.put_bucket_encryption(Bucket=bucket, ServerSideEncryptionConfiguration=rules)
    s3.delete_public_access_block(Bucket=bucket)
    kms.schedule_key_deletion(KeyId=key.rpartition("/")[2], PendingWindowInDays=7)
    scope = ProbeScope((EU,), lambda _: ArchivePlace(bucket, "", world.home))
    (route,) = AwsProbe(world.calls(), SystemClock(), scope).probe_all([ClusterId("eks", world.first, EU, "x", "1")])
    assert route.archive is not None
    assert said(route.archive.key) == EncryptionKey(key, "PendingDeletion", usable=False)
    assert said(route.archive.replication) == ()
    assert said(route.archive.public_access) == PublicAccess(blocked=False, words="no public access block is set")


def test_replication_rules_in_every_spelling() -> None:
    """The prefix may stand in the rule, in its filter, or joined with tags; an older rule names no account."""
    target = {"Destination": {"Bucket": "arn:aws:s3:::copy"}, "Status": "Disabled"}
    spelled = ({"Prefix": "a/"}, {"Filter": {"Prefix": "a/"}}, {"Filter": {"And": {"Prefix": "a/", "Tags": []}}})
    rules = [{**target, **where} for where in spelled]
    found = read_replication({"ReplicationConfiguration": {"Role": "r", "Rules": rules}})
    assert found == (Replica("copy", "", "a/", enabled=False, deletes=False),) * 3


def test_replication_rules_are_read(world: World) -> None:
    """Where else the objects go is part of who can read them."""
    bucket, copy = world.add_bucket(world.home, "central"), world.add_bucket(world.first, "copy")
    rule = {
        "ID": "out",
        "Status": "Enabled",
        "Priority": 1,
        "Filter": {"Prefix": ""},
        "DeleteMarkerReplication": {"Status": "Disabled"},
        "Destination": {"Bucket": f"arn:aws:s3:::{copy}", "Account": world.first},
    }
    configuration = {"Role": f"arn:aws:iam::{world.home}:role/copy", "Rules": [rule]}
    world.client("s3", world.home).put_bucket_replication(Bucket=bucket, ReplicationConfiguration=configuration)
    scope = ProbeScope((EU,), lambda _: ArchivePlace(bucket, "", world.home))
    (route,) = AwsProbe(world.calls(), SystemClock(), scope).probe_all([ClusterId("eks", world.first, EU, "x", "1")])
    assert route.archive is not None
    assert said(route.archive.replication) == (Replica(copy, world.first, "", enabled=True, deletes=False),)
