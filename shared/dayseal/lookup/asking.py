"""Asking a look-up API for what it does for its callers: finding a cluster, making evidence. Nothing is believed."""

import datetime as dt
import re
from typing import Final, Protocol
from urllib.parse import quote

import msgspec

from dayseal.codec import format_day, parse_foreign, sha256_hex
from dayseal.errors import AccessError, DigestError, FormatError, UsageError
from dayseal.lookup.documents import ClusterPage, ClusterRow, JobDocument
from dayseal.lookup.jobs import Kind

_PATH: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}-[0-9a-f]{16}\Z", re.ASCII)
_JOB: Final = re.compile(r"[0-9a-f]{32}\Z", re.ASCII)
_MAX_DOCUMENT: Final = 4 << 20
_MAX_BUNDLE: Final = 4 << 30
_MAX_PAGES: Final = 1_000
_POLL_S: Final = 2.0
_POLLS: Final = 480  # sixteen minutes: a function has fifteen


class Api(Protocol):
    """Asks an API; `path` starts with `/`."""

    def get(self, path: str, *, max_bytes: int) -> bytes:
        """Give what a path answers.

        Raises:
            NotFoundError: there is no such thing.
            AccessError: denied, or no answer.
            FormatError: over `max_bytes`.
        """
        ...

    def post(self, path: str, body: bytes, *, max_bytes: int) -> bytes:
        """Send a JSON document and give the answer; raises as `get` does."""
        ...

    def fetch(self, link: str, *, max_bytes: int) -> bytes:
        """Give what lies behind a link that needs no credentials; raises as `get` does."""
        ...

    def wait(self, seconds: float, /) -> None:
        """Let time pass."""
        ...


def find_cluster_path(api: Api, wanted: str) -> str:
    """Give the path of the one expected cluster whose name, path or identity is `wanted`, or contains it.

    A whole path is taken as it is: clusters that left are not listed.

    Raises:
        UsageError: no cluster fits, or several do.
    """
    if _PATH.match(wanted):
        return wanted
    rows: list[ClusterRow] = []
    more = ""
    for _ in range(_MAX_PAGES):
        data = api.get(f"/clusters?limit=200{more}", max_bytes=_MAX_DOCUMENT)
        page = parse_foreign(data, ClusterPage, subject="the API's clusters")
        rows += page.clusters
        if not page.cursor:
            break
        more = f"&cursor={quote(page.cursor)}"
    exact = [row for row in rows if wanted in (row.name, row.text)]
    fitting = exact or [row for row in rows if wanted in row.text]
    if len(fitting) != 1 or not _PATH.match(fitting[0].id):
        names = ", ".join(row.text for row in (fitting or rows)[:20]) or "none at all"
        raise UsageError(f"cluster {wanted!r}: {len(fitting)} fit, one promised", hint=f"the API lists: {names}")
    return fitting[0].id


def fetch_evidence(api: Api, cluster: str, days: tuple[dt.date, dt.date], kind: Kind, since: tuple[int, ...]) -> bytes:
    """Let the API make a bundle of a cluster's days (first and last, included), and give its bytes, unverified.

    `cluster` is a path, `since` at most one size of a checkpoint that somebody kept.

    Raises:
        AccessError: it failed, did not end in sixteen minutes, or was refused.
        UsageError: the API takes no such request.
        DigestError: what the link gives is not what the API promised.
    """
    route = "/evidence/events" if kind is Kind.EVENTS else "/evidence"
    asked = {"cluster": cluster, "from": format_day(days[0]), "to": format_day(days[1])}
    body = msgspec.json.encode(asked | ({"since": since[0]} if since else {}))
    job = _open_job(api.post(route, body, max_bytes=_MAX_DOCUMENT))
    for _ in range(_POLLS):
        if job.state == "failed":
            raise AccessError(f"evidence: the API's job {job.job} failed: {job.problem}")
        if job.state == "done" and job.url:
            data = api.fetch(job.url, max_bytes=_MAX_BUNDLE)
            if sha256_hex(data) != job.sha256:
                raise DigestError("evidence", expected=str(job.sha256), actual=sha256_hex(data), source="the API")
            return data
        api.wait(_POLL_S)
        job = _open_job(api.get(f"{route}/{job.job}", max_bytes=_MAX_DOCUMENT))
    raise AccessError(f"evidence: the API's job {job.job} is still {job.state} after {_POLLS * _POLL_S:.0f} s")


def _open_job(data: bytes) -> JobDocument:
    job = parse_foreign(data, JobDocument, subject="the API's job")
    if not _JOB.match(job.job):
        raise FormatError(f"the API's job: {job.job[:80]!r}, 32 hex digits promised")
    return job
