"""Checkpoints: their text, who must sign them, and what a policy makes of them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dayseal.errors import FormatError, SignatureError, TrustError
from dayseal.merkle import EMPTY_ROOT
from dayseal.model import TreeHead
from dayseal.notes import (
    Checkpoint,
    TrustPolicy,
    Witness,
    cosign_note,
    cosigner_vkey,
    ed25519_vkey,
    open_checkpoint,
    parse_checkpoint,
    parse_checkpoint_text,
    sign_note,
)
from support.example_ledger import (
    CHECKPOINT,
    COSIGNED_AT,
    ECDSA_KEY,
    EXAMPLES,
    LINES,
    LOG,
    LOG_KEY,
    LOG_PUBLIC,
    ORIGIN,
    POLICY,
    TEXT,
    WITNESS,
    WITNESS_KEY,
    WITNESS_PUBLIC,
    checkpoint_with,
)

_ROOT = "J/tawbfXKLV4YvjbWtH9s/b4+SgVUoQsIkLPq6l/hkY="
_NAMES = st.text(st.characters(exclude_categories=("Cs", "Cc", "Zs", "Zl", "Zp"), exclude_characters="+"), min_size=1)
_HEADS = st.builds(TreeHead, st.integers(1, 2**63 - 1), st.binary(min_size=32, max_size=32))


@given(st.builds(Checkpoint, _NAMES, _HEADS | st.just(TreeHead(0, EMPTY_ROOT))))
def test_a_checkpoint_reads_back_as_it_was_written(checkpoint: Checkpoint) -> None:
    """Its text is what keys sign, so there is one for each value."""
    assert parse_checkpoint_text(checkpoint.text) == checkpoint


def test_the_worked_example_is_read() -> None:
    """Size 5, and the root of the five entries."""
    expected = Checkpoint(ORIGIN, TreeHead(5, bytes.fromhex(EXAMPLES["tree"]["roots"]["5"])))
    assert parse_checkpoint(CHECKPOINT) == expected
    assert expected.text == TEXT


@pytest.mark.parametrize(
    "text",
    [
        "",
        f"log\n5\n{_ROOT}",
        f"log\n5\n{_ROOT}\nextension\n",
        f"log\n5\n{_ROOT}\n\n",
        f"\n5\n{_ROOT}\n",
        f"lo g\n5\n{_ROOT}\n",
        f"lo+g\n5\n{_ROOT}\n",
        f"log\n05\n{_ROOT}\n",
        f"log\n+5\n{_ROOT}\n",
        f"log\n-5\n{_ROOT}\n",
        f"log\n5 \n{_ROOT}\n",
        f"log\n5_0\n{_ROOT}\n",
        f"log\n\u0665\n{_ROOT}\n",
        f"log\n{2**63}\n{_ROOT}\n",
        f"log\n5\n{_ROOT[:-1]}\n",
        f"log\n5\n{_ROOT[:-2]}Z=\n",
        f"log\n5\n{_ROOT.replace('/', '_')}\n",
        "log\n5\nAAAA\n",
        f"log\n0\n{_ROOT}\n",
    ],
)
def test_a_checkpoint_has_one_spelling(text: str) -> None:
    """Two spellings of one head would be two texts to sign; extension lines are not used here."""
    with pytest.raises(FormatError):
        parse_checkpoint_text(text)


@pytest.mark.parametrize(("size", "root"), [(-1, bytes(32)), (2**63, bytes(32)), (1, bytes(31)), (0, bytes(32))])
def test_a_head_that_cannot_be_is_not_signed(size: int, root: bytes) -> None:
    """An empty log has the empty root and no other."""
    with pytest.raises(FormatError):
        Checkpoint("log", TreeHead(size, root))


def test_opening_gives_the_log_the_witnesses_and_their_times() -> None:
    """Each key and each time was verified; the witness bears the policy's name for it."""
    opened = open_checkpoint(CHECKPOINT, POLICY)
    assert opened.checkpoint == parse_checkpoint(CHECKPOINT)
    assert opened.log_keys == (LOG_KEY, ECDSA_KEY)
    assert (opened.witnesses, opened.cosigned_times) == (("w1",), (COSIGNED_AT,))
    assert (opened.quorum_met, opened.ignored) == (True, 0)


def test_without_its_quorum_a_checkpoint_is_provisional() -> None:
    """It is given all the same: the log did sign it."""
    opened = open_checkpoint(checkpoint_with(LINES[0]), POLICY)
    assert (opened.witnesses, opened.quorum_met) == ((), False)
    assert open_checkpoint(checkpoint_with(LINES[0]), TrustPolicy(logs=(LOG_KEY,))).quorum_met


def test_a_checkpoint_of_another_log_is_refused() -> None:
    """A log we trust for one origin must not speak for another."""
    other = TEXT.replace("ledger", "lodger")
    with pytest.raises(TrustError, match="does not name"):
        open_checkpoint(sign_note(other, ORIGIN, LOG.sign, LOG_PUBLIC), POLICY)
    two_logs = TrustPolicy(logs=(LOG_KEY, ed25519_vkey("lodger.example/audit", WITNESS_PUBLIC)))
    with pytest.raises(SignatureError, match="none of its"):
        open_checkpoint(sign_note(other, ORIGIN, LOG.sign, LOG_PUBLIC), two_logs)


def test_witnesses_alone_do_not_make_a_checkpoint() -> None:
    """They vouch for growth, not for the log's promise."""
    with pytest.raises(SignatureError, match="by a key of log"):
        open_checkpoint(checkpoint_with(LINES[2]), POLICY)


def test_a_wrong_cosignature_refuses_the_checkpoint() -> None:
    """A known key with a wrong signature is never passed over."""
    wrong = LINES[2].replace("xxEPBXnz", "xxEPBXny")
    with pytest.raises(SignatureError, match=r"witness\.example/w1"):
        open_checkpoint(checkpoint_with(LINES[0], wrong), POLICY)
    assert open_checkpoint(checkpoint_with(LINES[0], wrong), TrustPolicy(logs=(LOG_KEY,))).ignored == 1


def test_a_witness_counts_once_however_often_it_signs() -> None:
    """Lines are cheap, keys are not."""
    policy = TrustPolicy(logs=(LOG_KEY,), witnesses=(Witness("w1", WITNESS_KEY),), quorum="w1")
    renamed = cosign_note(checkpoint_with(LINES[0]), "other.example", WITNESS.sign, WITNESS_PUBLIC, time_s=5)
    assert not open_checkpoint(renamed, policy).quorum_met
    twice = open_checkpoint(checkpoint_with(LINES[0], LINES[2], LINES[2]), policy)
    assert (twice.witnesses, twice.ignored) == (("w1",), 1)


def test_one_key_under_two_names_is_no_quorum_of_two() -> None:
    """The cosigned message does not name the witness, so one key could sign for any number of names."""
    twin = Witness("w2", cosigner_vkey("other.example", WITNESS_PUBLIC))
    with pytest.raises(FormatError, match="public key"):
        TrustPolicy(logs=(LOG_KEY,), witnesses=(Witness("w1", WITNESS_KEY), twin))
