import io
from typing import Any

import pytest

from dayseal.audit.detections import DETECTIONS, find_detection
from dayseal.digest.objects import digest_object
from dayseal.digest.settling import settle
from dayseal.digest.tally import Tally, merge_all
from dayseal.errors import UsageError
from support.vector_files import read_vector

CASES = read_vector("detections/cases.json")


def _counted(*records: str) -> Tally:
    stored = "\n".join(records).encode()
    return merge_all(tally for _, tally in digest_object(io.BytesIO(stored), key="k", version="").tallies)


def _signs(tally: Tally) -> list[str]:
    return sorted(f"{sign.detection}/{sign.severity}" for sign in tally.signs.kept)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['shape']} {case['detection']}: {case['why']}")
def test_a_detection_sees_its_hits_and_no_near_miss(case: dict[str, Any]) -> None:
    """A rule that never fires and one that always does look alike until somebody needs them."""
    tally = settle(_counted(*case["records"]))
    assert tally.events == len(case["records"])
    assert _signs(tally) == case["signs"]
    shown = {*tally.traces.examples} - {"minted-for-another"}  # which is told beside the sign
    assert shown == {sign.partition("/")[0] for sign in case["signs"]}


def test_every_detection_has_a_hit_and_a_near_miss() -> None:
    """A row of the table without fixtures is a claim that nobody tried."""
    for kind in ("hit", "miss"):
        assert {case["detection"] for case in CASES if case["kind"] == kind} == {one.id for one in DETECTIONS}


def test_a_burst_is_found_across_objects() -> None:
    """A provider cuts objects wherever it likes."""
    for case in (case for case in CASES if case["kind"] == "hit" and len(case["records"]) > 1):
        apart = merge_all(_counted(record) for record in case["records"])
        assert _signs(settle(apart)) == case["signs"], case["why"]


def test_an_unknown_detection_is_refused() -> None:
    """A misspelt id would look for nothing."""
    assert find_detection("pod-shell").technique == "T1609"
    with pytest.raises(UsageError, match="pod-shel"):
        find_detection("pod-shel")
