"""A day of plain audit events as Firehose would have put them into a bucket: concatenated gzip members."""

import datetime as dt
import gzip
import json
from pathlib import Path

from support.plain_logs import write_day

STREAM = "kube-apiserver-audit-0a1b2c3d4e5f60718293a4b5c6d7e8f9"
PER_MEMBER = 500


def firehose_objects(folder: Path, day: dt.date, *, owner: str, cluster: str, prefix: str) -> dict[str, bytes]:
    """Give two objects of the day, by key: every event in an envelope of its cluster's log group."""
    lines = write_day(folder, day).read_text(encoding="utf-8").splitlines()
    half = len(lines) // 2
    return {
        f"{prefix}{day:%Y/%m/%d}/{hour:02}/audit-1-{day}-{hour:02}-00-00-{hour}": _members(part, owner, cluster)
        for hour, part in ((0, lines[:half]), (12, lines[half:]))
    }


def _members(lines: list[str], owner: str, cluster: str) -> bytes:
    return b"".join(
        gzip.compress(_envelope(lines[at : at + PER_MEMBER], owner, cluster), mtime=0)
        for at in range(0, len(lines), PER_MEMBER)
    )


def _envelope(lines: list[str], owner: str, cluster: str) -> bytes:
    events = [{"id": f"{n:056d}", "timestamp": _stored_ms(line), "message": line} for n, line in enumerate(lines)]
    return json.dumps(
        {
            "messageType": "DATA_MESSAGE",
            "owner": owner,
            "logGroup": f"/aws/eks/{cluster}/cluster",
            "logStream": STREAM,
            "subscriptionFilters": ["to-archive"],
            "logEvents": events,
        }
    ).encode()


def _stored_ms(line: str) -> int:
    moment = dt.datetime.fromisoformat(json.loads(line)["stageTimestamp"])
    return int(moment.timestamp() * 1000) + 900
