"""Customers' keys: what is stored under one that is gone cannot be read any more."""

from dayseal.checks.route_words import Opinion, aws
from dayseal.checks.stream_target import writes_into
from dayseal.model import Verdict
from dayseal.model.route import Answer, ArchiveFacts, EksSource, EncryptionKey, Known

_ENDING = "PendingDeletion"


def judge_key(key: EncryptionKey | None, what: str, region: str) -> Opinion | None:
    """Object to a key that does not work: `what` it is the key of, `region` where its name says none."""
    if key is None or key.usable:
        return None
    verb = "cancel-key-deletion" if key.state == _ENDING else "enable-key"
    home = key.name.split(":")[3] if key.name.startswith("arn:") else region
    said = f"{what}'s key {key.name} is {key.state}: what is stored under it cannot be read, Enabled promised"
    return Opinion(Verdict.FAIL, said, aws(f"kms {verb}", region=home, key_id=key.name))


def stream_keys(source: EksSource, archive: ArchiveFacts) -> tuple[tuple[str, Answer[EncryptionKey | None]], ...]:
    """Give the keys that streams into the archive name themselves, each with its stream's name."""
    found = {
        answer.stream.value.arn.rpartition("/")[2]: answer.key
        for answer in source.streams
        if isinstance(answer.stream, Known)
        and answer.stream.value is not None
        and answer.key is not None
        and writes_into(answer.stream.value, archive) is not False
    }
    return tuple(found.items())


def show_key(key: EncryptionKey | None) -> str:
    """Write a key for a fact."""
    return "no key of the customer's" if key is None else f"{key.name} {key.state}"
