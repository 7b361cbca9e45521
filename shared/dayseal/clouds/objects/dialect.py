"""What S3, GCS and Azure say differently: by what a version is compared, and which code means what.

Sources: the error code lists of the Amazon S3 API, the Cloud Storage XML API and the Azure Blob service.
"""

import dataclasses
from typing import Final, Literal


@dataclasses.dataclass(frozen=True, slots=True)
class Dialect:
    """One vendor's words.

    `tag` is what a compare-and-set compares. `missing` are the codes of a 404 that speak of the object
    and not of its bucket. `exists` are the codes of a 409 that prove that an object is there. `busy` are
    codes of answers that promise that nothing was done, so that trying again is no second write.
    """

    name: str
    tag: Literal["e_tag", "version"]
    missing: frozenset[str]
    exists: frozenset[str]
    busy: frozenset[str]


S3: Final = Dialect(
    name="S3",
    tag="e_tag",
    missing=frozenset({"NoSuchKey", "NoSuchVersion"}),
    exists=frozenset(),  # S3 says 412; its 409 is a race of conditional writes
    busy=frozenset({"ConditionalRequestConflict", "OperationAborted", "SlowDown", "TooManyRequests"}),
)

GCS: Final = Dialect(
    name="GCS",
    tag="version",  # the generation: GCS has entity tags too, but takes no condition on them for a write
    missing=frozenset({"NoSuchKey"}),
    exists=frozenset(),
    # One object takes about one write a second: the head guard and `checkpoint` meet this in normal work.
    busy=frozenset({"SlowDown", "TooManyRequests"}),
)

AZURE: Final = Dialect(
    name="Azure",
    tag="e_tag",
    missing=frozenset({"BlobNotFound", "ResourceNotFound"}),
    # An immutability policy or a legal hold refuses an overwrite with 409 as well. Only a blob that is there
    # can be protected, so for create-if-absent all three say the same.
    exists=frozenset({"BlobAlreadyExists", "BlobImmutableDueToPolicy", "BlobImmutableDueToLegalHold"}),
    busy=frozenset({"ServerBusy"}),
)
