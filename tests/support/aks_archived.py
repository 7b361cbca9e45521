"""A day of a small AKS cluster as a diagnostic setting archives it: an append blob for each hour of receipt."""

import datetime as dt
import json
from pathlib import Path
from typing import Final

from azure.storage.blob import ContainerClient

from support.plain_logs import write_day

SUBSCRIPTION: Final = "01234567-89ab-cdef-0123-456789abcdef"
RESOURCE: Final = (
    f"/SUBSCRIPTIONS/{SUBSCRIPTION.upper()}/RESOURCEGROUPS/PLATFORM"
    "/PROVIDERS/MICROSOFT.CONTAINERSERVICE/MANAGEDCLUSTERS/PROD"
)


def record(event: str, category: str = "kube-audit") -> bytes:
    """Give one line of a blob, of the event's JSON."""
    line = {
        "operationName": "Microsoft.ContainerService/managedClusters/diagnosticLogs/Read",
        "category": category,
        "resourceId": RESOURCE,
        "properties": {"log": event, "stream": "stdout", "pod": "kube-apiserver-0"},
        "time": json.loads(event)["stageTimestamp"],
    }
    return json.dumps(line, separators=(",", ":")).encode() + b"\n"


def blob_of(day: dt.date, hour: int) -> str:
    """Give the name of an hour's blob."""
    return f"resourceId={RESOURCE}/y={day:%Y}/m={day:%m}/d={day:%d}/h={hour:02d}/m=00/PT1H.json"


def hours_of(day: dt.date, scratch: Path) -> dict[int, list[str]]:
    """Give a day's events by the hour."""
    hours: dict[int, list[str]] = {}
    for event in write_day(scratch, day).read_text().splitlines():
        hours.setdefault(int(json.loads(event)["stageTimestamp"][11:13]), []).append(event)
    return hours


def archive_day(container: ContainerClient, day: dt.date, scratch: Path) -> list[str]:
    """Append a day's records to its blobs, each hour in two blocks; give the events."""
    hours = hours_of(day, scratch)
    for hour, found in hours.items():
        blob = container.get_blob_client(blob_of(day, hour))
        blob.create_append_blob()
        half = len(found) // 2
        for part in (found[:half], found[half:]):
            blob.append_block(b"".join(map(record, part)))
    return [event for found in hours.values() for event in found]
