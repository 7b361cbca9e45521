import io
import json
from pathlib import Path

from dayseal.digest.objects import digest_object
from dayseal.digest.records import read_records
from dayseal.merkle.tree import root_of


def test_every_sample_digests_as_expected(design_folder: Path) -> None:
    """Captured logs hold what nobody would invent."""
    folder = design_folder / "samples"
    wrong = {}
    checked = 0
    for name, expected in json.loads((folder / "EXPECTED.json").read_text()).items():
        if "records" not in expected:
            continue
        stored = (folder / name).read_bytes()
        digest = digest_object(io.BytesIO(stored), key=name, version="", end=len(stored))
        tallies = [tally for _, tally in digest.tallies]
        found = {
            "control": digest.control,
            "records": digest.descriptor.events,
            "shape": digest.descriptor.splitter.removesuffix("/1"),
            "unparsable": sum(tally.unparsable for tally in tallies),
        }
        wanted = {"control": 0, **expected, "shape": expected["shape"].removesuffix(" (unattributed)")}
        root = root_of(record.leaf for record in read_records(io.BytesIO(stored))).hex()
        if found != wanted or root != digest.descriptor.events_root or digest.anomalies:
            wrong[name] = (found, wanted, digest.anomalies)
        checked += 1
    assert wrong == {}
    assert checked > 40
