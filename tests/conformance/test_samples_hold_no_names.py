"""Summaries of captured logs, searched for what must not be in a ledger."""

import json
import re
from pathlib import Path

from dayseal.digest.objects import digest_object
from dayseal.digest.tally import encode_tally, merge_all

_IPV4 = re.compile(rb"(?<![0-9.])(?:[0-9]{1,3}[-.]){3}[0-9]{1,3}(?![0-9])")
_MAIL = re.compile(rb"[^\s\"@]+@[^\s\"@0-9]+\.[a-z]+")


def test_no_summary_of_a_sample_names_anybody(design_folder: Path) -> None:
    """Real names are stranger than made-up ones: role sessions, robots, host names, addresses of people."""
    folder = design_folder / "samples"
    found: list[tuple[str, str]] = []
    users = 0
    for name, expected in json.loads((folder / "EXPECTED.json").read_text()).items():
        if "records" not in expected:
            continue
        with (folder / name).open("rb") as stored:
            tally = merge_all(tally for _, tally in digest_object(stored, key=name, version="").tallies)
        summary = encode_tally(tally)
        users += len(tally.users.kept)
        found += [(name, match[0].decode()) for match in (*_IPV4.finditer(summary), *_MAIL.finditer(summary))]
        found += [(name, user) for user in tally.users.kept if json.dumps(user).encode() in summary]
    assert found == []
    assert users > 50


def test_the_samples_of_a_provider_compare_with_its_policy_as_found_by_hand(design_folder: Path) -> None:
    """AKS logs of 2020 hold what rule 1, added later, leaves out; four of fourteen EKS events are known drift."""
    classes: dict[str, dict[str, int]] = {}
    for file in sorted((design_folder / "samples").rglob("*")):
        if file.is_file():
            with file.open("rb") as stored:
                tally = merge_all(tally for _, tally in digest_object(stored, key="k", version="").tallies)
            for key, events in tally.policy.kept.items():
                of = classes.setdefault(key.policy.partition("@")[0], {})
                of[key.comparison] = of.get(key.comparison, 0) + events
    copies = 4  # the EKS sample lies there in four shapes
    eks = {"MATCH": 10 * copies, "LOWER": 3 * copies, "UNEXPECTED": 1 * copies}
    assert classes == {"aks": {"MATCH": 12, "UNEXPECTED": 10}, "eks": eks, "gke": {"MATCH": 10}}
