"""Which cluster a proved record says it is from; a statement about another cluster does not carry it."""

import io

import msgspec

from dayseal.codec import parse_foreign
from dayseal.digest.hints import eks_hint
from dayseal.digest.records import read_records
from dayseal.errors import FormatError, RefutedError
from dayseal.model import ClusterHint, ClusterId


class _Context(msgspec.Struct, rename="camel"):
    owner: str
    log_group: str


def check_attribution(context: bytes, record: bytes, cluster: ClusterId, *, subject: str) -> ClusterHint | None:
    """Give the cluster that a record names, None when it names none, and require that it may be `cluster`.

    `context` and `record` must be proved already. Objects are shared by clusters, so one statement's
    manifest also covers the records of others.

    Raises:
        RefutedError: it names another cluster.
    """
    hint = _hint_of(context, record)
    if hint is not None and not hint.fits(cluster):
        raise RefutedError(
            f"{subject}: it names {hint.text}, the statement is about {cluster.text}",
            hint="the object is shared: prove the record with the day of the cluster it names",
        )
    return hint


def _hint_of(context: bytes, record: bytes) -> ClusterHint | None:
    if not context:
        found = next(read_records(io.BytesIO(record + b"\n")), None)
        return found.hint if found else None
    try:
        said = parse_foreign(context, _Context, subject="context")
    except FormatError:
        return None
    return eks_hint(said.owner, said.log_group)
