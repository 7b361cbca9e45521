"""What dayseal costs on AWS: counted requests (aws_counts.toml) times list prices, which stand here as inputs.

Prices: list prices of us-east-1 in US dollars as the services' public pricing pages gave them, put down by hand on
2026-11-23 and not fetched since; other Regions are dearer by up to a third. Free tiers are left out.
"""

import dataclasses
import math
import tomllib
from pathlib import Path
from typing import Any, Final

PRICED_ON: Final = "2026-11-23"
SIZES: Final = (1, 30, 300, 3_000)
COUNTS: Final[dict[str, dict[str, float]]] = tomllib.loads((Path(__file__).parent / "aws_counts.toml").read_text())

_DAYS: Final = 30.4  # in a month
_S3_PUT: Final = 0.005 / 1_000
_S3_GET: Final = 0.0004 / 1_000
_S3_GB_MONTH: Final = 0.023
_KMS_SIGN: Final = 0.15 / 10_000  # elliptic curves
_KMS_KEY_MONTH: Final = 1.0
_LAMBDA_GB_S: Final = 0.0000133334  # arm64
_LAMBDA_CALL: Final = 0.20 / 1_000_000
_STEP: Final = 0.025 / 1_000
_METRIC_ASKED: Final = 0.01 / 1_000
_METRIC_KEPT_MONTH: Final = 0.30
_ALARM_MONTH: Final = 0.10

KEYS, _METRICS_KEPT, ALARMS = (
    2,
    20,
    17,
)  # of the template: keys, names in docs/formats/events.md, alarms with their parts
_PULSES, _LOOKS = 24, 96
_PLACE: Final = 50  # clusters that one check asks about
# What nothing here can count. A cluster's day: Firehose writes an object every five minutes, and so much of them.
OBJECTS: Final = 288
ARCHIVED_GB: Final = 0.5
_DIGEST_GB_PER_S: Final = 0.03  # stored, on the one processor of 1,769 MB
_SHARD_GB: Final = 0.256
_SECONDS_OF_A_TASK: Final = 15  # at 1 GB, for every task but digests
_SECONDS_OF_A_LOOK: Final = 3
_STEPS_OF_A_TASK: Final = 3
_WAKES: Final = 10  # by submissions: the recorder runs once at a time, and what wakes it meanwhile is dropped
_OTHER_OPENINGS: Final = 8  # a look opens it twice; discovery, plans, sealing and the roll-call so often together
_KEPT_YEARS: Final = 2  # LedgerLockDays
_BUNDLE: Final = 256


@dataclasses.dataclass(frozen=True, slots=True)
class Month:
    """What a month costs, by what it is for; US dollars.

    Reading the ledger grows with it and is that of the first year's average month; storing is that of two full years.
    """

    clusters: int
    requests: float
    signing: float
    computing: float
    watching: float
    reading_the_ledger: float
    storing: float

    @property
    def total(self) -> float:
        """All of it."""
        parts = (self.requests, self.signing, self.computing, self.watching, self.reading_the_ledger, self.storing)
        return sum(parts)


def month_of(clusters: int) -> Month:
    """Give the cost of a month for so many clusters."""
    puts, gets = (_a_day(f"{{}}_s3_{kind}", clusters) for kind in ("put", "get"))
    objects = COUNTS["cluster"]["day_object_gets"] / COUNTS["cluster"]["objects"] * OBJECTS * clusters
    signatures, asked = _a_day("{}_kms", clusters), _a_day("{}_metrics", clusters)
    shards = math.ceil(ARCHIVED_GB * clusters / _SHARD_GB)
    tasks = COUNTS["day"]["day_invocations"] + math.ceil(clusters / _PLACE) + _PULSES
    seconds = (
        tasks * _SECONDS_OF_A_TASK + _LOOKS * _SECONDS_OF_A_LOOK + ARCHIVED_GB * clusters / _DIGEST_GB_PER_S * 1.73
    )
    wakes = min(clusters, _WAKES)
    calls = tasks + shards + _LOOKS + wakes
    steps = (tasks + shards) * _STEPS_OF_A_TASK
    openings = 2 * (_LOOKS + wakes) + _OTHER_OPENINGS
    objects_read = 2 * entries_of_a_year(clusters) / 2 / _BUNDLE  # tiles of entries and of hashes, half a year's
    stored = COUNTS["cluster"]["stored_bytes"] * clusters * 365 * _KEPT_YEARS / 1e9
    return Month(
        clusters=clusters,
        requests=_DAYS * (puts * _S3_PUT + (gets + objects) * _S3_GET),
        signing=KEYS * _KMS_KEY_MONTH + _DAYS * signatures * _KMS_SIGN,
        computing=_DAYS * (seconds * _LAMBDA_GB_S + calls * _LAMBDA_CALL + steps * _STEP),
        watching=ALARMS * _ALARM_MONTH + _METRICS_KEPT * _METRIC_KEPT_MONTH + _DAYS * asked * _METRIC_ASKED,
        reading_the_ledger=_DAYS * openings * objects_read * _S3_GET,
        storing=stored * _S3_GB_MONTH,
    )


def entries_of_a_year(clusters: int) -> int:
    """Give how many entries a year adds."""
    return 365 * (clusters + 2)


def table() -> str:
    """Give the table of docs/guides/aws.md."""
    titles = "clusters, requests, signatures, functions, watching, reading the ledger, storing, a month, each cluster"
    rows = [_row(month_of(clusters)) for clusters in SIZES]
    return "\n".join((f"| {titles.replace(', ', ' | ')} |", "|---:|" + "---:|" * 8, *rows, ""))


def _a_day(pattern: str, clusters: int) -> float:
    def share(part: str) -> float:
        name = pattern.format(part)
        return COUNTS["day"].get(name, 0) + clusters * COUNTS["cluster"].get(name, 0)

    return share("day") + _PULSES * share("pulse") + _LOOKS * share("recorder")


def _row(month: Month) -> str:
    cells: tuple[Any, ...] = (
        month.requests, month.signing, month.computing, month.watching, month.reading_the_ledger, month.storing,
        month.total, month.total / month.clusters,
    )  # fmt: skip
    return f"| {month.clusters:,} | " + " | ".join(f"{cell:,.2f}" for cell in cells) + " |"


if __name__ == "__main__":
    print(table())
