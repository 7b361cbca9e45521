"""Which witnesses make a quorum."""

import pytest

from dayseal.errors import FormatError
from dayseal.notes import Group, TrustPolicy, Witness, cosigner_vkey

_WITNESSES = tuple(Witness(name, cosigner_vkey("w", bytes([number] * 32))) for number, name in enumerate("abcde"))
_GROUPS = (Group("two", 2, ("a", "b", "c")), Group("any", 1, ("d", "e")), Group("both", 2, ("two", "any")))


def _policy(quorum: str) -> TrustPolicy:
    return TrustPolicy(logs=(), witnesses=_WITNESSES, groups=_GROUPS, quorum=quorum)


@pytest.mark.parametrize(
    ("quorum", "cosigned", "met"),
    [
        ("none", "", True),
        ("a", "", False),
        ("a", "a", True),
        ("a", "bcde", False),
        ("two", "a", False),
        ("two", "ac", True),
        ("two", "abc", True),
        ("two", "de", False),
        ("any", "e", True),
        ("both", "ab", False),
        ("both", "ad", False),
        ("both", "abe", True),
        ("both", "abcde", True),
    ],
)
def test_a_quorum_counts_its_members(quorum: str, cosigned: str, met: bool) -> None:  # noqa: FBT001 - a table's column
    """Groups of groups, as in the example of the policy format."""
    assert _policy(quorum).quorum_met(cosigned) is met


def test_names_count_once_and_only_witnesses_cosign() -> None:
    """Neither a repeated name nor the name of a group fakes a second witness."""
    assert not _policy("two").quorum_met(["a", "a", "a"])
    assert not _policy("two").quorum_met(["two"])
    assert not _policy("both").quorum_met(["two", "any", "stranger"])


@pytest.mark.parametrize("need", [0, -1, 3])
def test_a_group_needs_between_one_and_all_of_its_members(need: int) -> None:
    """A group that needs nobody would always be met."""
    with pytest.raises(FormatError, match="of 2 members"):
        Group("g", need, ("a", "b"))


@pytest.mark.parametrize(("need", "word"), [(1, "any"), (2, "2"), (3, "all")])
def test_a_group_is_written_with_the_word_for_its_need(need: int, word: str) -> None:
    """People read the file."""
    assert Group("g", need, ("a", "b", "c")).text == f"group g {word} a b c"
    assert Group("g", 1, ("a",)).text == "group g all a"
