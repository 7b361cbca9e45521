"""Trust policy files: C2SP lines and our root lines, read strictly, written back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dayseal.errors import FormatError
from dayseal.notes import (
    Group,
    TrustPolicy,
    VerifierKey,
    Witness,
    cosigner_vkey,
    ed25519_vkey,
    export_c2sp,
    parse_policy,
)
from support.example_ledger import ECDSA_KEY, ECDSA_SPKI, LOG_KEY, WITNESS_KEY, WITNESS_PUBLIC

_W = [cosigner_vkey(f"w{number}.example", bytes([number] * 32)) for number in range(4)]
_FULL = f"""
# Who may speak for the ledger
\tlog {LOG_KEY.text}\thttps://ledger.example/
log   {ECDSA_KEY.text}

witness X1 {_W[0].text} https://w.example/submit
witness X2 {_W[1].text}
  group X any X1 X2
witness Y1 {_W[2].text}
group both all X Y1
quorum both
root first MDAA
"""


def test_every_kind_of_line_is_read() -> None:
    """Spaces, tabs, comments and empty lines are free."""
    policy = parse_policy(_FULL)
    assert policy == TrustPolicy(
        logs=(LOG_KEY, ECDSA_KEY),
        witnesses=(Witness("X1", _W[0]), Witness("X2", _W[1]), Witness("Y1", _W[2])),
        groups=(Group("X", 1, ("X1", "X2")), Group("both", 2, ("X", "Y1"))),
        quorum="both",
        roots=(("first", b"00\x00"),),
        urls=((LOG_KEY, "https://ledger.example/"), (_W[0], "https://w.example/submit")),
    )
    assert parse_policy(policy.text()) == policy


def test_the_export_leaves_our_root_lines_out() -> None:
    """Other tools refuse lines they do not know."""
    policy = parse_policy(_FULL)
    exported = export_c2sp(policy)
    assert "root" not in exported
    assert parse_policy(exported).roots == ()
    assert f"root first MDAA\n{exported}" == policy.text()


def test_only_the_quorum_line_is_mandatory() -> None:
    """As C2SP has it; such a policy opens no checkpoint."""
    assert parse_policy("quorum none") == TrustPolicy(logs=())


_NAMES = st.text(st.characters(codec="utf-8", min_codepoint=33, exclude_characters="\x7f#"), min_size=1)


@st.composite
def _policies(draw: st.DrawFn) -> TrustPolicy:
    names = draw(st.lists(_NAMES.filter(lambda name: name != "none"), min_size=1, max_size=8, unique=True))
    border = draw(st.integers(0, len(names)))
    witnesses = tuple(
        Witness(name, cosigner_vkey("w", number.to_bytes(32, "big"))) for number, name in enumerate(names[:border])
    )
    groups: list[Group] = []
    free = [witness.name for witness in witnesses]
    for name in names[border:]:
        count = draw(st.integers(0, len(free)))
        if count:
            groups.append(Group(name, draw(st.integers(1, count)), tuple(free[:count])))
            free = [*free[count:], name]
    logs = tuple(ed25519_vkey("log", bytes([200 + number] * 32)) for number in range(draw(st.integers(0, 2))))
    keys: list[VerifierKey] = [*logs, *(witness.key for witness in witnesses)]
    return TrustPolicy(
        logs=logs,
        witnesses=witnesses,
        groups=tuple(groups),
        quorum=draw(st.sampled_from(["none", *(w.name for w in witnesses), *(g.name for g in groups)])),
        roots=tuple((name, draw(st.binary(min_size=1)) + name.encode()) for name in names[:2]),
        urls=tuple((key, draw(_NAMES)) for key in keys if draw(st.booleans())),
    )


@given(_policies())
def test_a_policy_reads_back_as_it_was_written(policy: TrustPolicy) -> None:
    """`init` writes the file that every later verification reads."""
    assert parse_policy(policy.text()) == policy


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "no quorum line"),
        ("quorum none\nquorum none", "one quorum promised"),
        ("quorum X1", "X1 is not defined"),
        ("quorum X\nwitness X " + _W[0].text, "X is not defined"),
        ("quorum", "one quorum promised"),
        ("quorum none now", "one quorum promised"),
        ("Quorum none", "one quorum promised"),
        ("log", "one quorum promised"),
        ("log " + LOG_KEY.text[:-1], "not base64"),
        (f"log {LOG_KEY.text} https://a https://b", "at most one url"),
        (f"log {LOG_KEY.text}\nlog {LOG_KEY.text}\nquorum none", "public key"),
        (f"log {ed25519_vkey('other', LOG_KEY.public).text}\nlog {LOG_KEY.text}\nquorum none", "public key"),
        (f"log {ed25519_vkey('log', WITNESS_PUBLIC).text}\nwitness w {WITNESS_KEY.text}\nquorum none", "public key"),
        (f"log {WITNESS_KEY.text}\nquorum none", "witness's type 04"),
        (f"witness w {LOG_KEY.text}\nquorum none", "log's type 01"),
        (f"witness w {ECDSA_KEY.text}\nquorum none", "log's type 02"),
        (f"witness none {_W[0].text}\nquorum none", "name none twice"),
        (f"witness w {_W[0].text}\nwitness w {_W[1].text}\nquorum none", "name w twice"),
        (f"witness w {_W[0].text}\nwitness v {_W[0].text}\nquorum none", "public key"),
        (f"witness w {_W[0].text}\ngroup w any w\nquorum none", "name w twice"),
        (f"group g any w\nwitness w {_W[0].text}\nquorum none", "w is not defined"),
        ("group g any g\nquorum none", "g is not defined"),
        ("group g any none\nquorum none", "none is not defined"),
        ("group g any\nquorum none", "needs 1 of 0"),
        ("group g all\nquorum none", "needs 0 of 0"),
        (f"witness w {_W[0].text}\ngroup g 0 w\nquorum none", "needs 0 of 1"),
        (f"witness w {_W[0].text}\ngroup g 2 w\nquorum none", "needs 2 of 1"),
        (f"witness w {_W[0].text}\ngroup g 01 w\nquorum none", "plain decimal"),
        (f"witness w {_W[0].text}\ngroup g most w\nquorum none", "plain decimal"),
        (f"witness w {_W[0].text}\ngroup g any w w\nquorum none", "group member w twice"),
        (f"witness w {_W[0].text}\ngroup g any w\ngroup h any w\nquorum none", "group member w twice"),
        ("root a MDAA\nroot b MDAA\nquorum none", "root key"),
        ("root a MDAA\nroot a MDAB\nquorum none", "root name a twice"),
        ("root a MDA\nquorum none", "not base64"),
        ("root a\nquorum none", "one quorum promised"),
        ("quorum none # not a comment", "one quorum promised"),
        ("quorum\u00a0none", "one quorum promised"),
        ("quorum none\r\n", "control character"),
        ("# \x00\nquorum none", "control character"),
        ("# \x7f\nquorum none", "control character"),
        ("\n" * 1_000 + "quorum none", "1001 lines"),
    ],
)
def test_a_policy_that_does_not_add_up_is_refused(text: str, message: str) -> None:
    """What a reader misunderstands here decides whom the verifier trusts."""
    with pytest.raises(FormatError, match=message):
        parse_policy(text)


def test_an_error_names_its_line() -> None:
    """Policies are edited by hand."""
    with pytest.raises(FormatError, match="line 3: "):
        parse_policy("# one\n\nlog nonsense\nquorum none")


@pytest.mark.parametrize("name", ["", "a b", "a\tb", "a\nb", "a\x7f", "\ud800"])
def test_a_name_that_the_file_cannot_hold_is_refused(name: str) -> None:
    """A policy that is built must be a policy that can be written."""
    with pytest.raises(FormatError):
        TrustPolicy(logs=(), roots=((name, ECDSA_SPKI),))


def test_a_url_belongs_to_a_key_of_the_policy() -> None:
    """Else it would be lost when the policy is written."""
    with pytest.raises(FormatError, match="neither log nor witness"):
        TrustPolicy(logs=(), urls=((LOG_KEY, "https://ledger.example/"),))
    with pytest.raises(FormatError, match="twice"):
        TrustPolicy(logs=(LOG_KEY,), urls=((LOG_KEY, "https://a/"), (LOG_KEY, "https://b/")))


def test_urls_read_back_whatever_the_order_of_the_lines() -> None:
    """A witness named before the log: the text names logs first."""
    log, witness = ed25519_vkey("log.example", bytes(32)), cosigner_vkey("witness.example", WITNESS_PUBLIC)
    told = f"witness w1 {witness.text} https://w.example\nlog {log.text} https://l.example\nquorum w1\n"
    assert parse_policy(parse_policy(told).text()) == parse_policy(told)
