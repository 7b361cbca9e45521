import io
import json
from pathlib import Path

import pytest

from dayseal.digest.objects import digest_object
from dayseal.digest.records import read_records
from dayseal.merkle.tree import root_of

_FOLDER = Path(__file__).resolve().parents[2] / "vectors" / "archive-shapes"
_EXPECTED = json.loads((_FOLDER / "expected.json").read_text())


@pytest.mark.parametrize("name", sorted(_EXPECTED))
def test_an_object_of_every_shape_is_read_as_written_down(name: str) -> None:
    """These objects hold each shape's oddities once; their roots were computed without the product."""
    expected, stored = _EXPECTED[name], (_FOLDER / name).read_bytes()
    digest = digest_object(io.BytesIO(stored), key=name, version="", end=len(stored))
    assert (digest.descriptor.splitter, digest.descriptor.events) == (expected["splitter"], expected["events"])
    assert digest.descriptor.events_root == expected["eventsRoot"]
    tallies = {h.text if h else "": [t.events, t.unparsable, t.truncated] for h, t in digest.tallies if t.events}
    assert tallies == expected["tallies"]
    assert (digest.control, digest.foreign) == (expected.get("control", 0), expected.get("foreign", 0))
    assert [anomaly.kind.value for anomaly in digest.anomalies] == expected.get("anomalies", [])
    assert sum(tally.skipped_bodies for _, tally in digest.tallies) == expected.get("skippedBodies", 0)


@pytest.mark.parametrize("name", sorted(_EXPECTED))
def test_proofs_see_the_records_that_were_digested(name: str) -> None:
    """A proof reads records one by one; the root over them must be the attested one."""
    records = list(read_records(io.BytesIO((_FOLDER / name).read_bytes())))
    assert root_of(record.leaf for record in records).hex() == _EXPECTED[name]["eventsRoot"]
    assert [record.index for record in records] == list(range(_EXPECTED[name]["events"]))
