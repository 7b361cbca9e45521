"""Evidence bundles of recorded days, with the archived objects when asked for."""

import datetime as dt
from collections.abc import Sequence

from dayseal.errors import AccessError
from dayseal.evidence import collect_evidence, encode_evidence
from dayseal.ledger.reader import LedgerReader
from dayseal.model import ClusterId, ObjectDescriptor
from dayseal.steps.parts import Archive
from dayseal.steps.reading import open_recorded


def bundle_days(
    ledger: LedgerReader,
    cluster: ClusterId,
    first: dt.date,
    last: dt.date,
    *,
    old_sizes: Sequence[int],
    archives: Sequence[Archive] | None,
) -> bytes:
    """Give the bundle's bytes; with `archives` the archived objects are read from them and put in.

    Raises:
        UsageError: the ledger does not know the cluster, or the days are in the wrong order.
        AccessError: an archived object is gone or cannot be read.
        DigestError: an archived object no longer reads as recorded.
    """

    def fetch(uri: str, descriptor: ObjectDescriptor) -> bytes:
        for archive in archives or ():
            if archive.reader.uri == uri:
                with open_recorded(archive, descriptor) as source:
                    return b"".join(iter(lambda: source.read(1 << 20), b""))
        raise AccessError(f"{uri}: none of the archives given is it", hint="give its folder with --archive")

    bundle = collect_evidence(
        ledger, cluster, first, last, old_sizes=old_sizes, fetch_object=None if archives is None else fetch
    )
    return encode_evidence(bundle)
