"""Proof files: that an entry is in a log, to be checked without a network."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dayseal.codec import encode_base64
from dayseal.errors import FormatError, ProofError, SignatureError, TrustError
from dayseal.merkle import inclusion_path, leaf_hash
from dayseal.notes import TlogProof, TrustPolicy, encode_proof, open_proof, parse_proof
from support.example_ledger import CHECKPOINT, ECDSA_KEY, EXAMPLES, LINES, LOG_KEY, POLICY, checkpoint_with

_EXAMPLE = EXAMPLES["proof"]
_ENTRIES = [entry.encode() for entry in EXAMPLES["tree"]["entries"]]
_PATH = inclusion_path([leaf_hash(entry) for entry in _ENTRIES], 2)
_PROOF = encode_proof(TlogProof(2, _PATH, CHECKPOINT))


def test_the_worked_example_has_its_digest() -> None:
    """Section 7 gives the SHA-256 of the whole file."""
    assert hashlib.sha256(_PROOF).hexdigest() == _EXAMPLE["sha256"]
    assert [encode_base64(value) for value in _PATH] == EXAMPLES["addCheckpointHashes"][1:]


def test_the_worked_example_opens() -> None:
    """The entry is in the log, and the quorum stands behind the checkpoint."""
    opened = open_proof(_PROOF, _EXAMPLE["entry"].encode(), POLICY)
    assert opened.index == _EXAMPLE["index"]
    assert (opened.checkpoint.checkpoint.head.size, opened.checkpoint.quorum_met) == (5, True)


def test_every_entry_of_the_example_can_be_proven() -> None:
    """And no other entry by its proof."""
    hashes = [leaf_hash(entry) for entry in _ENTRIES]
    for index, entry in enumerate(_ENTRIES):
        data = encode_proof(TlogProof(index, inclusion_path(hashes, index), CHECKPOINT))
        assert open_proof(data, entry, POLICY).index == index
        with pytest.raises(ProofError):
            open_proof(data, entry + b" ", POLICY)


def test_a_provisional_checkpoint_is_said_to_be_one() -> None:
    """Proofs are made before witnesses have answered."""
    data = encode_proof(TlogProof(2, _PATH, checkpoint_with(LINES[0])))
    assert not open_proof(data, b"charlie", POLICY).checkpoint.quorum_met


def test_a_proof_rests_on_a_log_of_the_policy() -> None:
    """A path to a root that nobody signed proves nothing."""
    with pytest.raises(TrustError):
        open_proof(_PROOF, b"charlie", TrustPolicy(logs=()))
    wrong = checkpoint_with(LINES[0].replace("KlIQjJpv", "KlIQjJpw"))
    with pytest.raises(SignatureError):
        open_proof(encode_proof(TlogProof(2, _PATH, wrong)), b"charlie", TrustPolicy(logs=(LOG_KEY,)))
    with pytest.raises(SignatureError):
        open_proof(encode_proof(TlogProof(2, _PATH, wrong)), b"charlie", TrustPolicy(logs=(ECDSA_KEY,)))


_HASHES = st.binary(min_size=32, max_size=32)
_PROOFS = st.builds(
    TlogProof,
    index=st.integers(0, 2**63 - 2),
    path=st.lists(_HASHES, max_size=63).map(tuple),
    checkpoint=st.sampled_from([CHECKPOINT, checkpoint_with(LINES[0])]),
    extra=st.none() | st.binary(max_size=50),
)


@given(_PROOFS)
def test_a_proof_reads_back_as_it_was_written(proof: TlogProof) -> None:
    """The checkpoint is kept to the byte."""
    data = encode_proof(proof)
    assert parse_proof(data, strict=False) == proof
    if proof.extra is None:
        assert parse_proof(data) == proof


def test_extra_data_is_refused_unless_asked_for() -> None:
    """Nothing authenticates it, so anybody could change it in a file of ours."""
    data = encode_proof(TlogProof(2, _PATH, CHECKPOINT, extra=b"opaque"))
    assert parse_proof(data, strict=False).extra == b"opaque"
    with pytest.raises(FormatError, match="index line"):
        parse_proof(data)
    with pytest.raises(FormatError, match="index line"):
        open_proof(data, b"charlie", POLICY)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"c2sp.org/tlog-proof@v1\n", b""),
        (b"@v1", b"@v2"),
        (b"@v1\n", b"@v1\r\n"),
        (b"@v1\n", b"@v1 \n"),
        (b"index 2\n", b""),
        (b"index 2\n", b"index 02\n"),
        (b"index 2\n", b"index  2\n"),
        (b"index 2\n", b"index -2\n"),
        (b"index 2\n", b"index 2 \n"),
        (b"index 2\n", b"index 9223372036854775807\n"),
        (b"index 2\n", b"index 2\nindex 2\n"),
        (b"index 2\n", b"index \xd9\xa2\n"),
        (b"XHEX+57b", b"XHEX-57b"),
        (b"XHEX+57b", b" XHEX+57b"),
        (b"XHEX+57b", b"XHEX+57bAAAA"),
        (b"\n\nledger", b"\n\n\nledger"),
        (b"\n\nledger", b"\nledger"),
        (b"\n\nledger", b""),
    ],
)
def test_a_proof_has_one_spelling(old: bytes, new: bytes) -> None:
    """A second spelling of the same proof would be a change that nobody notices."""
    assert old in _PROOF
    with pytest.raises(FormatError):
        open_proof(_PROOF.replace(old, new, 1), b"charlie", POLICY)


def test_sizes_are_bounded() -> None:
    """Proofs come from strangers."""
    line = encode_base64(bytes(32)).encode() + b"\n"
    head, _, rest = _PROOF.partition(b"XHEX")
    for count in (64, 100_000):
        with pytest.raises(FormatError):
            parse_proof(head + line * count + b"XHEX" + rest)
    with pytest.raises(FormatError):
        parse_proof(_PROOF + b"x" * 1_000_000)
    for index, path, checkpoint in (
        (-1, (), CHECKPOINT),
        (2**63 - 1, (), CHECKPOINT),
        (0, (b"short",), CHECKPOINT),
        (0, (), b"no note"),
    ):
        with pytest.raises(FormatError):
            TlogProof(index, path, checkpoint)
