"""The reference page on policies names everything there is."""

import re
from pathlib import Path

from dayseal.audit.policy import PROFILES, Check, Comparison, profile_policy


def _first_cells(repository: Path, heading: str) -> list[str]:
    text = (repository / "docs/reference/policy.md").read_text()
    section = text.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    return re.findall(r"^\| `([^`]+)` \|", section, re.MULTILINE)


def test_every_check_of_lint_is_described(repository: Path) -> None:
    """Somebody looks a finding up by its name."""
    assert _first_cells(repository, "lint") == [check.value for check in Check]


def test_every_class_is_described(repository: Path) -> None:
    """As above, for what an event may be."""
    classes = _first_cells(repository, "What an event shows, against what was promised")
    assert sorted(classes) == sorted(one.value for one in Comparison)


def test_every_profile_is_described_with_its_number_of_rules(repository: Path) -> None:
    """A provider that adds a rule changes the page."""
    text = (repository / "docs/reference/policy.md").read_text()
    assert _first_cells(repository, "The profiles") == list(PROFILES)
    for name in PROFILES:
        assert f"| `{name}` | {len(profile_policy(name).rules)} |" in text
