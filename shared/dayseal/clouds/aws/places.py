"""Where AWS is asked: an account and a Region, and the names of things there."""

import dataclasses
from typing import Final

_PARTITIONS: Final = (("cn-", "aws-cn"), ("us-gov-", "aws-us-gov"), ("eusc-", "aws-eusc"))


@dataclasses.dataclass(frozen=True, slots=True, order=True)
class Place:
    """One Region of one account; account `""` is the one our own credentials belong to."""

    account: str
    region: str

    @property
    def text(self) -> str:
        """The place in words: `111122223333 in eu-central-1`."""
        return f"{self.account or 'own account'} in {self.region}"

    def arn(self, service: str, rest: str) -> str:
        """Write the ARN of something here: `arn:aws:eks:eu-central-1:111122223333:cluster/prod`."""
        return f"arn:{partition_of(self.region)}:{service}:{self.region}:{self.account}:{rest}"


@dataclasses.dataclass(frozen=True, slots=True, order=True)
class ArchivePlace:
    """A bucket of log objects, or the part of it whose keys start with `prefix`.

    `account` is the one the bucket belongs to, so far as the settings say (`""`: they do not); it is read
    there. `region` `""` lets S3 say.
    """

    bucket: str
    prefix: str = ""
    account: str = ""
    region: str = ""

    @property
    def uri(self) -> str:
        """The archive's address: `s3://bucket/prefix`."""
        return f"s3://{self.bucket}/{self.prefix}"


def partition_of(region: str) -> str:
    """Give the partition a Region lies in, as ARNs name it."""
    return next((partition for start, partition in _PARTITIONS if region.startswith(start)), "aws")


def place_of_arn(arn: str) -> Place | None:
    """Give the account and Region an ARN names, None where it names neither or is no ARN."""
    parts = arn.split(":", 5)
    if len(parts) != 6 or parts[0] != "arn" or not parts[3] or not parts[4]:  # noqa: PLR2004 - an ARN's six parts
        return None
    return Place(parts[4], parts[3])
