"""`dayseal policy` answers in words for people, in JSON for programs, and with an exit code for both."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dayseal.cli.output import report_error
from dayseal.cli.policy import app
from dayseal.errors import DaysealError

Ask = Callable[..., tuple[int, str]]


@pytest.fixture
def ask(capsys: pytest.CaptureFixture[str]) -> Ask:
    """Run one command line; give its exit code and all it said."""

    def asked(*words: str) -> tuple[int, str]:
        code = 0
        try:
            app(args=list(words), prog_name="dayseal policy")
        except SystemExit as stop:
            code = stop.code if isinstance(stop.code, int) else 2
        except DaysealError as error:
            code = report_error(error)
        said = capsys.readouterr()
        return code, said.out + said.err

    return asked


def _json(ask: Ask, *words: str) -> Any:  # noqa: ANN401 - each verb has a document of its own
    code, said = ask(*words, "--format", "json")
    assert code in (0, 1)
    return json.loads(said)


@pytest.fixture
def mine(tmp_path: Path) -> str:
    """A policy with a misplaced field and no catch-all."""
    path = tmp_path / "mine.yaml"
    path.write_text(
        "apiVersion: audit.k8s.io/v1\nkind: Policy\nomitStages: [RequestReceived]\nrules:\n"
        '- level: None\n  resources:\n  - group: ""\n    resources: [pods/exec]\n    verbs: [get]\n'
        '- level: Request\n  resources:\n  - group: ""\n    resources: [pods]\n'
    )
    return str(path)


def test_show_lists_rules_and_what_they_never_record(ask: Ask) -> None:
    """What does no rule of AKS ever record? It stands below the rules."""
    code, said = ask("show", "aks")
    assert code == 0
    assert "never recorded, by design:" in said
    assert "get, list of everything by aksService" in said
    assert "drift seen 2020-05" in said
    document = _json(ask, "show", "aks")
    assert document["profile"]["title"] == "Azure Kubernetes Service"
    assert len(document["rules"]) == 25
    assert [one["rule"] for one in document["neverRecorded"]] == [1, 2, 3, 4, 5, 6, 8, 11]
    assert document["neverRecorded"][-1]["unlessRules"] == [9, 10]


def test_show_of_a_file_has_no_profile(ask: Ask, mine: str) -> None:
    """And says that some requests match no rule."""
    assert "whatever no rule matches" in ask("show", mine)[1]
    assert _json(ask, "show", mine)["profile"] is None


@pytest.mark.parametrize(
    ("words", "rule", "level"),
    [
        (
            ("eks", "--verb", "create", "--uri", "/api/v1/namespaces/x/pods/y/exec", "--user", "alice"),
            16,
            "RequestResponse",
        ),
        (
            ("eks", "--verb", "GET", "--uri", "/api/v1/namespaces/x/pods/y/exec?command=sh", "--user", "a"),
            15,
            "Request",
        ),
        (
            ("eks", "--verb", "create", "--resource", "pods/exec", "--user", "alice", "--namespace", "x"),
            16,
            "RequestResponse",
        ),
        (("aks", "--verb", "list", "--resource", "secrets", "--user", "aksService"), 1, "None"),
        (("gke", "--verb", "get", "--resource", "nodes", "--user", "system:node:n"), 4, "None"),
        (("gke", "--verb", "get", "--resource", "nodes", "--user", "n", "--group", "system:nodes"), 4, "None"),
        (("eks", "--verb", "patch", "--resource", "deployments/scale", "--user", "a"), 16, "RequestResponse"),
        (("eks", "--verb", "patch", "--resource", "things.example.com", "--user", "a"), 17, "Metadata"),
        (("eks", "--verb", "get", "--uri", "/version"), 8, "None"),
    ],
)
def test_explain_names_the_rule_that_decides(words: tuple[str, ...], rule: int, level: str, ask: Ask) -> None:
    """And every rule before it has a reason."""
    code, said = ask("explain", *words)
    assert code == 0
    assert f"rule {rule} decides: {level}" in said
    document = _json(ask, "explain", *words)
    assert (document["decision"]["rule"], document["decision"]["level"]) == (rule, level)
    assert [bool(step["reasons"]) for step in document["steps"]] == [True] * (rule - 1) + [False]


def test_explain_says_when_no_rule_matches(ask: Ask, mine: str) -> None:
    """Nothing is recorded then."""
    code, said = ask("explain", mine, "--verb", "get", "--resource", "secrets")
    assert code == 0
    assert "by nobody (failed authentication)" in said
    assert "no rule matches: None" in said


def test_diff_speaks_of_requests(ask: Ask) -> None:
    """The rules' texts differ in a hundred lines; this is what it means for a token request."""
    code, said = ask("diff", "eks", "gke")
    assert code == 0
    assert "Request -> Metadata without RequestReceived" in said
    assert "serviceaccounts/token by everybody" in said
    assert "nothing changes" in ask("diff", "gke", "gke")[1]
    assert _json(ask, "diff", "gke", "gke") == []
    changes = _json(ask, "diff", "eks", "gke")
    (token,) = [one for one in changes if one["what"] == ["serviceaccounts/token"] and one["who"] == ["everybody"]]
    assert (token["before"]["level"], token["after"]["level"]) == ("Request", "Metadata")
    assert (token["oldRules"], token["newRules"]) == ([14], [14])


def test_lint_fails_on_problems_only(ask: Ask, mine: str) -> None:
    """A note is for knowing, a problem for changing."""
    code, said = ask("lint", mine)
    assert code == 1
    assert "ignored-field at rules[0].resources[0].verbs" in said
    assert "exec-invisible at rules[0]" in said
    assert "problems: " in said
    assert {"ignored-field", "exec-invisible", "no-catch-all"} <= {one["check"] for one in _json(ask, "lint", mine)}
    assert ask("lint", "gke") == (0, "problems: 0, notes: 0\n")


def test_lint_of_what_a_server_refuses_says_why(ask: Ask, tmp_path: Path) -> None:
    """The other verbs have nothing to work on and say so."""
    path = tmp_path / "p.json"
    path.write_text(
        '{"apiVersion":"audit.k8s.io/v1","kind":"Policy","rules":[{"resources":[{"group":"*"}],"level":"None"}]}'
    )
    assert ask("show", str(path))[0] == 0
    code, said = ask("show", str(path), "--kubernetes", "1.35")
    assert code == 1
    assert "1.36 or newer promised" in said
    code, said = ask("lint", str(path), "--kubernetes", "v1.35.2")
    assert code == 1
    assert "refused at rules[0].resources[0].group" in said


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("show", "absent.yaml"), 2, "the profiles are eks, gke, aks"),
        (("show", "."), 3, "cannot be read"),
        (("show", "eks", "--kubernetes", "newest"), 2, "a version like 1.34 promised"),
        (("explain", "eks", "--verb", "get"), 2, "one promised"),
        (("explain", "eks", "--verb", "get", "--uri", "/x", "--resource", "pods"), 2, "one promised"),
        (("explain", "eks", "--verb", "get", "--uri", "/x", "--name", "y"), 2, "holds them already"),
        (("explain", "eks", "--verb", "get", "--uri", "/x", "--group", "y"), 2, "nobody is in no group"),
        (("explain", "eks", "--uri", "/x"), 2, "--verb"),
    ],
)
def test_misuse_says_what_is_wrong_with_it(words: tuple[str, ...], code: int, said: str, ask: Ask) -> None:
    """Misuse (2) is told from a file that cannot be read (3)."""
    found, text = ask(*words)
    assert found == code
    assert said in text
