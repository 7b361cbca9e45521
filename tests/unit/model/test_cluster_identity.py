"""Clusters: their identity in text and in paths, hints of them, and the scopes of keys."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dayseal.errors import FormatError
from dayseal.model import ClusterHint, ClusterId, Scope

_EKS = ClusterId("eks", "111122223333", "eu-west-1", "prod", "A1B2C3")
_PARTS = st.from_regex(r"[!-9;-~]{1,20}", fullmatch=True)
_CLUSTERS = st.builds(
    ClusterId,
    provider=_PARTS,
    account=_PARTS,
    location=_PARTS,
    name=st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._-]{0,20}", fullmatch=True),
    uid=st.from_regex(r"[!-~]{1,40}", fullmatch=True),
)


@given(_CLUSTERS)
def test_an_identity_reads_back(cluster: ClusterId) -> None:
    """Uids may hold colons, as a resource id or a URL does."""
    assert ClusterId.parse(cluster.text) == cluster


@given(_CLUSTERS, _CLUSTERS)
def test_different_clusters_have_different_texts_and_paths(first: ClusterId, second: ClusterId) -> None:
    """Paths name chains in the ledger."""
    assert (first == second) is (first.text == second.text) is (first.path == second.path)


def test_a_rebuilt_cluster_is_another_cluster() -> None:
    """Same account and name, other uid."""
    rebuilt = ClusterId("eks", "111122223333", "eu-west-1", "prod", "D4E5F6")
    assert rebuilt != _EKS
    assert rebuilt.path.startswith("prod-")
    assert rebuilt.path != _EKS.path


def test_a_path_is_one_segment_of_known_length() -> None:
    """Object stores and file systems must both take it."""
    name, _, digest = _EKS.path.rpartition("-")
    assert (name, len(digest)) == ("prod", 16)
    assert "/" not in ClusterId("aks", "a/b", "c/d", "n", "/e").path


@pytest.mark.parametrize(
    "parts",
    [
        ("", "a", "l", "n", "u"),
        ("p:", "a", "l", "n", "u"),
        ("p", "a b", "l", "n", "u"),
        ("p", "a", "l\n", "n", "u"),
        ("p", "a", "\u00e9", "n", "u"),
        ("p" * 201, "a", "l", "n", "u"),
        ("p", "a", "l", "", "u"),
        ("p", "a", "l", "..", "u"),
        ("p", "a", "l", "-n", "u"),
        ("p", "a", "l", "n/m", "u"),
        ("p", "a", "l", "n" * 101, "u"),
        ("p", "a", "l", "n", ""),
        ("p", "a", "l", "n", "u u"),
        ("p", "a", "l", "n", "u" * 301),
    ],
)
def test_an_identity_that_would_not_read_back_is_refused(parts: tuple[str, str, str, str, str]) -> None:
    """Or that would leave its folder."""
    with pytest.raises(FormatError, match="cluster"):
        ClusterId(*parts)


@pytest.mark.parametrize("text", ["", "eks", "eks:1:2:3", "eks::eu:prod:u", "eks:1:eu:prod:u\n"])
def test_a_text_that_is_no_identity_is_refused(text: str) -> None:
    """Five parts, each of its own characters."""
    with pytest.raises(FormatError, match="cluster"):
        ClusterId.parse(text)


@pytest.mark.parametrize(
    ("hint", "fits"),
    [
        (ClusterHint("eks", "111122223333", "", "prod", "/aws/eks/prod/cluster"), True),
        (ClusterHint("EKS", "111122223333", "EU-WEST-1", "Prod", ""), True),
        (ClusterHint("", "", "", "", ""), True),
        (ClusterHint("eks", "444455556666", "", "prod", ""), False),
        (ClusterHint("eks", "111122223333", "", "prod2", ""), False),
        (ClusterHint("gke", "111122223333", "", "prod", ""), False),
    ],
)
def test_a_hint_fits_whatever_it_does_not_contradict(hint: ClusterHint, fits: bool) -> None:  # noqa: FBT001 - a column
    """Records say only part of who they are; several fitting clusters mean that we do not know."""
    assert hint.fits(_EKS) is fits


@pytest.mark.parametrize(
    ("providers", "accounts", "covered"),
    [
        (("eks",), ("111122223333",), True),
        (("*",), ("1111*",), True),
        (("gke", "eks"), ("*",), True),
        (("eks",), ("11112222333?",), True),
        (("eks",), ("1111",), False),
        (("gke",), ("*",), False),
        (("EKS",), ("*",), False),
        ((), ("*",), False),
        (("*",), (), False),
    ],
)
def test_a_scope_covers_what_its_patterns_match(
    providers: tuple[str, ...],
    accounts: tuple[str, ...],
    covered: bool,  # noqa: FBT001 - a table's column
) -> None:
    """A key may speak for nothing else; no pattern means nothing."""
    assert Scope(providers, accounts).covers(_EKS) is covered
