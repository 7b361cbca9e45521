"""A day's requests as they were counted: what a day costs at all, and what one more cluster adds.

PYTHONPATH=shared:tests:tools python tests/support/counted_days.py    writes tools/aws_counts.toml anew
"""

import collections
import contextlib
import sys
import tempfile
from pathlib import Path
from typing import Final

from support.function_cloud import ARCHIVES
from support.function_scenario import Scenario, sealed_day
from support.moto_world_gate import Request

MORE: Final = 4
PLACE: Final = Path(__file__).resolve().parents[2] / "tools" / "aws_counts.toml"
_CLUSTERS: Final = 3
_BIG: Final = "268435456"  # as functions cut by default
_S3: Final = {"PutObject": "s3_put", "ListObjectsV2": "s3_put", "ListObjectVersions": "s3_put"}
_HEAD: Final = """\
# Requests of one sealed day, roll-call included, of one pulse, and of one look into an empty inbox, counted at the
# functions (tests/functions/aws/test_costs.py compares): `day` for all clusters together, `cluster` for each.
# s3_put: PUT and LIST; s3_get: GET, HEAD and reading configuration, without those of archived objects, which are
# object_gets; metrics: what GetMetricData asked for; entry_bytes, stored_bytes: what log and whole ledger grew by.
# It is a first day: each cluster is enrolled too, which costs a signature and a submission more than later days.

"""


def count_days() -> dict[str, dict[str, float]]:
    """Run the scenario with three clusters and with more, and give both shares."""
    few, many = _totals(0), _totals(MORE)
    each = {name: (many[name] - few[name]) / MORE for name in sorted({*few, *many})}
    # What the log grows by beside its clusters is too little to be told from their own differences.
    day = {name: 0 if name.endswith("_bytes") else few[name] - _CLUSTERS * share for name, share in each.items()}
    return {
        "day": {name: max(0, round(one, 2)) for name, one in day.items()},
        "cluster": {name: max(0, round(share, 2)) for name, share in each.items()},
    }


def text_of(counts: dict[str, dict[str, float]]) -> str:
    """Give the file."""
    parts = ["\n".join((f"[{of}]", *(f"{name} = {n:g}" for name, n in rows.items()))) for of, rows in counts.items()]
    return _HEAD + "\n\n".join(parts) + "\n"


def _totals(more: int) -> dict[str, float]:
    with tempfile.TemporaryDirectory() as folder, sealed_day(Path(folder), shard_bytes=_BIG, more=more) as ran:
        found: collections.Counter[str] = collections.Counter()
        _count(ran, "day", found)
        for name in ("pulse", "recorder"):
            ran.calls.clear()
            ran.invoked.clear()
            ran.call(name, {})
            _count(ran, name, found)
        found["objects"] = sum(len(ran.cloud.archived_keys(archive)) for archive in ARCHIVES)
        found["stored_bytes"], found["entry_bytes"] = _stored(ran)
        return dict(found)


def _count(ran: Scenario, part: str, found: collections.Counter[str]) -> None:
    found[f"{part}_invocations"] = sum(ran.invoked.values())
    for request in (request for requests in ran.calls.values() for request in requests):
        if request.service == "s3" and request.operation in {"GetObject", "HeadObject"} and _is_archived(ran, request):
            found[f"{part}_object_gets"] += 1
        elif request.service == "s3":
            found[f"{part}_{_S3.get(request.operation, 's3_get')}"] += 1
        elif request.service == "kms":
            found[f"{part}_kms"] += 1
        elif request.operation == "GetMetricData":
            found[f"{part}_metrics"] += len(request.body["MetricDataQueries"])


def _is_archived(ran: Scenario, request: Request) -> bool:
    return request.text.lstrip("/").partition("/")[0] in {ran.cloud.world.bucket(archive) for archive in ARCHIVES}


def _stored(ran: Scenario) -> tuple[int, int]:
    bucket, _ = ran.cloud.place("path")
    listed = ran.cloud.world.client("s3", ran.cloud.world.home).list_objects_v2(Bucket=bucket, Prefix="ledger/")
    sizes = {item["Key"]: item["Size"] for item in listed["Contents"]}
    bundles = [size for key, size in sizes.items() if "/tile/entries/" in key]
    return sum(sizes.values()), max(bundles)


if __name__ == "__main__":
    with contextlib.redirect_stdout(sys.stderr):
        PLACE.write_text(text_of(count_days()))
