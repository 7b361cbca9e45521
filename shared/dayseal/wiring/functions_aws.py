"""Functions on AWS: environment and parameters into a station, AWS's own parts around it."""

import functools
from pathlib import Path

from dayseal.clouds.aws.discover import AwsDiscovered
from dayseal.clouds.aws.extend import S3Locks
from dayseal.clouds.aws.notify import AwsNotifier
from dayseal.clouds.aws.parameters import read_parameter
from dayseal.clouds.aws.waiting import S3Inbox
from dayseal.codec import encode_value, open_value
from dayseal.notes import parse_policy
from dayseal.ports import Notifier
from dayseal.runs.store import RunStore
from dayseal.runs.tasks import judged_before
from dayseal.settings import environment, optional_environment, parse_settings
from dayseal.wiring.asked_aws import AskedAws, access_of, aws_of, split_bucket
from dayseal.wiring.asking import Asking
from dayseal.wiring.functions import Station
from dayseal.wiring.overruled import overruled
from dayseal.wiring.workspace import this_machine


def open_station() -> Station:
    """Read settings and trust policy from the parameters that the environment names; places and keys come from it too.

    What the environment sets overrules the settings' text.

    Raises:
        UsageError: the environment lacks a parameter's name, or the settings make no sense.
        AccessError: a parameter cannot be read.
    """
    name = environment("DAYSEAL_SETTINGS_PARAMETER")
    settings = parse_settings(read_parameter(name).encode(), Path(name))
    policy = parse_policy(read_parameter(environment("DAYSEAL_TRUST_PARAMETER")))
    return Station(overruled(settings), policy, this_machine(), optional_environment("DAYSEAL_WORK"))


def ask_everything(station: Station) -> AskedAws:
    """Give AWS, ready to be asked for clusters."""
    return AskedAws(station.settings, station.surroundings.clock, Asking(changes=True))


def ask_as_found(station: Station, run: RunStore) -> AskedAws:
    """Give AWS, ready to be asked about routes: it knows what the run's discovery found."""
    asking = Asking(changes=True, judged_until=functools.partial(judged_before, run))
    asked = AskedAws(station.settings, station.surroundings.clock, asking)
    notes = run.notes()
    if notes is not None:
        asked.recall(open_value(notes, AwsDiscovered, subject="discovery's notes"))
    return asked


def ask_for_pulse(station: Station) -> AskedAws:
    """Give AWS, ready to be asked often: no trail is read, and clusters that cannot be described are named."""
    return AskedAws(station.settings, station.surroundings.clock, Asking(changes=False, checking=True))


def keep_notes(run: RunStore, asked: AskedAws) -> None:
    """Keep what discovery found, for the tasks that ask about routes."""
    if asked.found is not None:
        run.put_notes(encode_value(asked.found))


def open_notifier(station: Station) -> Notifier:
    """Open the event bus and the topic that the environment names; without a name nobody is told."""
    access = access_of(aws_of(station.settings))
    bus, topic = optional_environment("DAYSEAL_EVENT_BUS"), optional_environment("DAYSEAL_TOPIC")
    return AwsNotifier.enter(access, bus=bus, topic=topic)


def open_inbox(station: Station) -> S3Inbox:
    """Open the inbox's bucket, to see how long something lies there."""
    return S3Inbox.enter(access_of(aws_of(station.settings)), *split_bucket(station.settings.ledger.inbox))


def open_locks(station: Station) -> S3Locks:
    """Open the ledger's bucket for its locks."""
    return S3Locks.enter(access_of(aws_of(station.settings)), *split_bucket(station.settings.ledger.path))


def work_place(station: Station, key: str) -> tuple[str, str]:
    """Give the bucket and the full key of an object in the work store, as other services name it."""
    bucket, prefix = split_bucket(station.work)
    return bucket, f"{prefix.rstrip('/')}/{key}" if prefix.rstrip("/") else key
