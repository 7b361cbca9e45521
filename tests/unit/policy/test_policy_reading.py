"""A policy file is read as kube-apiserver reads it, and nothing it holds can hurt the reader."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dayseal.audit.policy import Level, Stage, load_policy, read_policy
from dayseal.codec import canonical_json
from dayseal.errors import FormatError
from support.vector_files import read_vector

_HEAD = "apiVersion: audit.k8s.io/v1\nkind: Policy\n"
_CASES = read_vector("audit-policy/cases.json")


def _read(text: str) -> Any:  # noqa: ANN401 - short for what read_policy gives
    return read_policy((_HEAD + text).encode(), subject="p")


@pytest.mark.parametrize("case", _CASES["refused"], ids=lambda case: str(case["policy"].get("rules", "no rules"))[:60])
def test_what_the_server_refuses_is_refused_with_its_place(case: dict[str, Any]) -> None:
    """A policy that does not load records nothing, because the server does not start."""
    data = canonical_json(case["policy"])
    reading = read_policy(data, subject="p", minor=case["minor"])
    assert [problem.path for problem in reading.problems] == case["paths"]
    assert (reading.policy is None) is bool(case["paths"])
    if case["paths"]:
        with pytest.raises(FormatError, match="a policy kube-apiserver accepts promised"):
            load_policy(data, subject="p", minor=case["minor"])


def test_a_misplaced_field_is_reported_with_its_path() -> None:
    """The rule gets wider: it now takes every verb, and only the server's own log says so."""
    reading = _read(
        'rules:\n- level: None\n  resources:\n  - group: ""\n    verbs: [get]\n  user: [a]\n- level: Metadata\n'
    )
    assert [(one.path, one.reason) for one in reading.ignored] == [
        ("rules[0].user", "unknown field"),
        ("rules[0].resources[0].verbs", "unknown field"),
    ]
    assert reading.policy.rules[0].verbs == ()


@pytest.mark.parametrize(
    "data",
    [
        (_HEAD + "rules:\n- level: None\n  verbs: [get]\n  level: Request\n").encode(),
        b'{"apiVersion":"audit.k8s.io/v1","kind":"Policy","rules":[{"level":"None","verbs":["get"],"level":"Request"}]}',
    ],
)
def test_of_equal_fields_the_last_counts_and_the_first_is_reported(data: bytes) -> None:
    """YAML and JSON alike."""
    reading = read_policy(data, subject="p")
    assert reading.policy is not None
    assert reading.policy.rules[0].level is Level.REQUEST
    assert [one.path for one in reading.ignored] == ["rules[0].level"]


def test_more_documents_are_reported() -> None:
    """The server reads the first and says nothing."""
    reading = _read("rules: [{level: Metadata}]\n---\nrules: []\n")
    assert [one.path for one in reading.ignored] == ["document 2"]


def test_everything_a_policy_can_say_is_read() -> None:
    """Aliases and merge keys are YAML the server understands."""
    policy = _read(
        "omitStages: [RequestReceived]\nomitManagedFields: on\nmetadata: {name: x}\nrules:\n"
        "- &one\n  level: None\n  users: [a, 'y', '1']\n  userGroups: &g [g]\n"
        "  omitManagedFields: false\n  namespaces: ~\n"
        "- <<: *one\n  level: Request\n  verbs: *g\n"
    ).policy
    assert policy.omit_managed_fields is True
    assert policy.omit_stages == {Stage.REQUEST_RECEIVED}
    assert policy.rules[0].users == ("a", "y", "1")
    assert policy.rules[0].omit_managed_fields is False
    assert (policy.rules[1].level, policy.rules[1].groups, policy.rules[1].verbs) == (Level.REQUEST, ("g",), ("g",))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("rules: [{level: Metadata, users: [1]}]", "a number '1', text promised"),
        ("rules: [{level: Metadata, users: [yes]}]", "a boolean 'true', text promised"),
        ("rules: [{level: Metadata, users: [y]}]", "a boolean 'true', text promised"),
        ("rules: [{level: Metadata, users: a}]", "users is text 'a', a list promised"),
        ("rules: {level: Metadata}", "rules is members, a list promised"),
        ("rules: [Metadata]", "an object promised"),
        ("rules: [{level: Metadata, omitManagedFields: 'true'}]", "true or false promised"),
        ("metadata: x\nrules: [{level: Metadata}]", "metadata is text"),
        ("rules: [{level: !!python/object:os.system x}]", "plain values promised"),
        ("rules: [*a]", "undefined alias|is of nothing"),
        ("rules: [\n", "not YAML"),
        ('rules: ["\\UFFFFFFFF"]', "not YAML"),
        ("rules: " + "[" * 100 + "]" * 100, "levels deep"),
        ("? [a]\n: b\n", "no text"),
    ],
)
def test_other_types_and_broken_text_are_refused(text: str, said: str) -> None:
    """The server decodes no number as a user name, and neither do we."""
    with pytest.raises(FormatError, match=said):
        _read(text)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"rules: []",
        b"apiVersion: audit.k8s.io/v1beta1\nkind: Policy\nrules: [{level: Metadata}]",
        b"apiVersion: audit.k8s.io/v1\nkind: EventList\n",
        b"\xff\xfe",
        b'{"a":NaN}',
        b'{"a":"\\ud800"}',
        b'{"a":1,}',
        b"{" + b'"a":{' * 50_000,
        b" " * (256 * 1024 + 1),
    ],
)
def test_no_policy_is_a_format_error(data: bytes) -> None:
    """Whatever was given instead."""
    with pytest.raises(FormatError):
        read_policy(data, subject="p")


def test_aliases_count_as_often_as_they_are_used() -> None:
    """Nine lines that stand for a billion values must end before memory does."""
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 10)]
    with pytest.raises(FormatError, match="aliases counted as often as used"):
        _read("\n".join(lines))


@given(st.text(max_size=300))
def test_any_text_is_read_or_refused(text: str) -> None:
    """No other error leaves the reader, whatever the parser below it thinks of the text."""
    for data in (text, _HEAD + text, "{" + text):
        try:
            read_policy(data.encode("utf-8", "surrogatepass"), subject="p")
        except FormatError as error:
            assert str(error).startswith("p: ")  # noqa: PT017 - both ends are allowed


@given(st.text(alphabet="rules: -[]{}&*a!?|>'\"\\%@`#,\n\tlev0U", max_size=80))
def test_any_markup_is_read_or_refused(text: str) -> None:
    """As above, of the characters that mean something in YAML."""
    try:
        read_policy((_HEAD + text).encode(), subject="p")
    except FormatError as error:
        assert str(error).startswith("p: ")  # noqa: PT017 - both ends are allowed
