"""Key names of the ledger and the inbox."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dayseal.errors import FormatError
from dayseal.ledger import layout
from dayseal.ledger.layout import InboxName
from dayseal.model import ClusterId, TreeHead
from dayseal.testing.world import some_cluster

NAMES = st.builds(
    InboxName,
    attestor=st.sampled_from(["0123456789abcdef", "roots"]),
    chain=st.sampled_from(["prod-0123456789abcdef", "~inventory", "delegations", "resets/prod-0123456789abcdef"]),
    seq=st.integers(0, 99_999_999),
)


@given(NAMES)
def test_an_inbox_name_reads_back(name: InboxName) -> None:
    """The recorder learns attestor, chain and number from the name alone."""
    assert layout.parse_inbox_key(name.key) == name


@given(st.text(max_size=60) | st.builds("inbox/0123456789abcdef/{}".format, st.text(max_size=30)))
def test_any_other_key_is_no_inbox_name(key: str) -> None:
    """An inbox may hold whatever its writers put there."""
    name = layout.parse_inbox_key(key)
    assert name is None or name.key == key


def test_keys_are_as_the_format_says() -> None:
    """Other implementations look these names up."""
    cluster = some_cluster()
    head = TreeHead(33, bytes.fromhex("ab" * 32))
    assert layout.commit_key(7, head) == "commits/00000007-33-abababababababab"
    assert layout.checkpoint_key(7) == "checkpoints/00000007"
    assert layout.manifest_key("0" * 64) == f"manifests/{'0' * 64}.jsonl"
    assert layout.cluster_prefix(cluster) == f"attestations/eks/{cluster.path}/"
    assert InboxName("0123456789abcdef", cluster.path, 3).key == f"inbox/0123456789abcdef/{cluster.path}/00000003.json"
    assert layout.inbox_object_key("0123456789abcdef", "0" * 64) == f"inbox/0123456789abcdef/objects/{'0' * 64}"


@pytest.mark.parametrize("provider", ["..", "a/b", "EKS", "", "../x"])
def test_a_provider_that_is_no_word_makes_no_path(provider: str) -> None:
    """A statement's own words must not choose where the recorder writes."""
    with pytest.raises(FormatError):
        layout.cluster_prefix(ClusterId(provider, "1", "eu", "prod", "u"))


def test_only_digests_name_objects() -> None:
    """A digest in a statement is a stranger's text."""
    for text in ("", "../x", "A" * 64):
        with pytest.raises(FormatError):
            layout.facts_key(text)
