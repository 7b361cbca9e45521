"""`--api`: an auditor without access to any bucket asks the API, and believes nothing it says."""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from dayseal.cli.app import run
from support.gateway import Reply
from support.lookup_api import Api
from support.lookup_world import DAYS, calm, seal_three_days, serving
from support.sealing import World

AS_OF = "2024-05-04T07:00:00Z"
FIRST, LAST = str(DAYS[0]), str(DAYS[-1])


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    """The operator's workspace, which the auditor never sees."""
    return seal_three_days(tmp_path_factory.mktemp("world"))


@pytest.fixture(scope="module")
def fork(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Another history, signed by the same keys: what a dishonest operator could show to somebody else."""
    return seal_three_days(tmp_path_factory.mktemp("fork"), silent=2)


@pytest.fixture(scope="module")
def served(world: World) -> Iterator[Api]:
    """The API on the operator's ledger."""
    with serving(world) as api:
        yield api


class Auditor:
    """Somebody with an address, a trust policy and AWS credentials."""

    def __init__(self, api: Api, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.api = api
        self.folder = folder
        self._capsys = capsys

    def run(self, *words: str) -> tuple[int, str, str]:
        """Give exit code, stdout and stderr of one command line."""
        code = run(words)
        said = self._capsys.readouterr()
        return code, said.out, said.err

    def ask(self, *words: str) -> tuple[int, str, str]:
        """Run a command on the API."""
        return self.run(*words, "--api", self.api.url, "--trust", str(self.api.policy))

    def evidence(self, name: str, *words: str) -> tuple[int, str, str]:
        """Ask for the evidence of all days."""
        days = ("--from", FIRST, "--to", LAST)
        return self.ask("evidence", "--cluster", "blue", *days, "-o", str(self.folder / name), *words)


@pytest.fixture
def auditor(served: Api, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Auditor:
    """An auditor in an empty folder."""
    return Auditor(calm(served), tmp_path, capsys)


def flipped(pattern: str, at: int = -1) -> Callable[[str, Reply], Reply]:
    """Turn one bit of every body served under paths that match."""

    def meddle(target: str, reply: Reply) -> Reply:
        if not re.search(pattern, target) or reply.status != 200:
            return reply
        body = bytearray(reply.body)
        body[at] ^= 1
        return Reply(reply.status, reply.headers, bytes(body))

    return meddle


def served_from(folder: Path) -> Callable[[str, Reply], Reply]:
    """Serve the log's files from another ledger."""

    def meddle(target: str, reply: Reply) -> Reply:
        path = folder / target.partition("?")[0].removeprefix("/objects").lstrip("/")
        return Reply(200, reply.headers, path.read_bytes()) if path.is_file() else reply

    return meddle


def test_show_and_gaps_say_what_the_workspace_says(auditor: Auditor, world: World) -> None:
    """The same readers run on the same bytes, whichever way they came."""
    for words in (("show", "blue", FIRST), ("gaps", "--as-of", AS_OF)):
        there = auditor.run(*words, "--format", "json", "--config", str(world.home / "w"))
        here = auditor.ask(*words, "--format", "json")
        assert (here[0], json.loads(here[1])) == (there[0], json.loads(there[1]))
    assert all(path.startswith(("/checkpoint", "/tile/", "/objects/")) for path in auditor.api.paths)


def test_evidence_is_made_fetched_and_verified(auditor: Auditor) -> None:
    """What is written has been verified against the auditor's own trust policy."""
    code, out, err = auditor.evidence("e.zip")
    assert code == 0, err
    assert "bytes of evidence for local:lab:-:blue:uid-blue" in out
    assert "believing nothing of the API" in err
    code, out, _ = auditor.run("verify", str(auditor.folder / "e.zip"), "--trust", str(auditor.api.policy))
    assert "the evidence holds" in out


def test_evidence_with_events_takes_the_route_of_its_own(auditor: Auditor) -> None:
    """Whoever lacks that permission gets a 403 there and nothing else."""
    code, _, err = auditor.evidence("e.zip", "--with-events")
    assert code == 0, err
    assert "may hold secrets" in err
    assert {path.partition("?")[0] for path in auditor.api.paths if "/evidence" in path} == {"/evidence/events"}


def test_verify_compares_with_the_ledger_of_today(auditor: Auditor) -> None:
    """A file from last year still lies in the log that is served now."""
    auditor.evidence("e.zip")
    code, out, _ = auditor.run(
        "verify", str(auditor.folder / "e.zip"), "--trust", str(auditor.api.policy), "--api", auditor.api.url,
        "--format", "json",
    )  # fmt: skip
    (said,) = json.loads(out)
    assert said["ledgerToday"]["verdict"] == "PASS"
    assert code == 1  # the day with two hours of silence; the evidence of it holds
    assert said["verdict"] == "PASS"


def test_a_fork_is_caught_by_whoever_kept_evidence(auditor: Auditor, fork: World) -> None:
    """The operator's keys sign anything; only what was kept contradicts it."""
    auditor.evidence("e.zip")
    auditor.api.meddle = served_from(fork.home / "w/ledger")
    assert auditor.ask("show", "blue", FIRST)[0] == 0  # a fork alone looks sound
    words = ("verify", str(auditor.folder / "e.zip"), "--trust", str(auditor.api.policy), "--api", auditor.api.url)
    code, out, _ = auditor.run(*words)
    assert code == 1
    assert "LEDGER TODAY FAIL: it did not grow from the file's" in out


@pytest.mark.parametrize(
    ("pattern", "at", "words"),
    [
        ("/checkpoint", -5, ("show", "blue", FIRST)),
        ("/tile/0/", 40, ("show", "blue", FIRST)),
        ("/tile/entries/", 500, ("show", "blue", FIRST)),
        ("/tile/entries/", -3, ("gaps", "--as-of", AS_OF)),
        ("/objects/rollcalls/", 30, ("gaps", "--as-of", AS_OF)),
    ],
)
def test_one_bit_of_a_lie_is_refuted(auditor: Auditor, pattern: str, at: int, words: tuple[str, ...]) -> None:
    """The API may be anybody's: what it serves leads to the pinned key's signature, or it is refused."""
    auditor.api.meddle = flipped(pattern, at)
    code, out, err = auditor.ask(*words)
    assert code == 1, (out, err)
    assert err.startswith("error: ")


def test_evidence_that_does_not_hold_is_not_written(auditor: Auditor) -> None:
    """A bundle that was altered, or cut short on its way."""
    made = auditor.evidence("honest.zip")
    assert made[0] == 0, made
    auditor.api.runs_jobs = True
    (page,) = [
        p
        for p in auditor.api.s3.list_objects_v2(Bucket=auditor.api.bucket("evidence"))["Contents"]
        if "files/plain" in p["Key"]
    ]
    data = (auditor.folder / "honest.zip").read_bytes()
    for spoiled in (data[:-1], data.replace(b'"keyid":"', b'"keyid":"0', 1)):
        auditor.api.s3.put_object(Bucket=auditor.api.bucket("evidence"), Key=page["Key"], Body=spoiled)
        code, _, err = auditor.evidence("e.zip")
        assert code == 1, err
        assert not (auditor.folder / "e.zip").exists()
    auditor.api.s3.put_object(Bucket=auditor.api.bucket("evidence"), Key=page["Key"], Body=data)


def test_evidence_about_other_days_is_refused(auditor: Auditor) -> None:
    """Sound evidence of a better day is still a lie."""
    auditor.ask("evidence", "--cluster", "blue", "--from", FIRST, "--to", FIRST, "-o", str(auditor.folder / "one.zip"))
    first = next(iter(re.findall(r"/evidence/[0-9a-f]{32}", " ".join(auditor.api.paths))), None)
    answers: list[Reply] = []

    def remember(target: str, reply: Reply) -> Reply:
        if target.startswith("/evidence"):
            answers.append(reply)
            return answers[0]
        return reply

    auditor.api.meddle = remember
    words = ("evidence", "--cluster", "blue", "--from", FIRST, "--to", FIRST, "-o", str(auditor.folder / "again.zip"))
    assert auditor.ask(*words)[0] == 0, first
    code, _, err = auditor.evidence("e.zip")
    assert (code, "the API's evidence is about" in err) == (1, True), err


def test_wrong_credentials_are_told(auditor: Auditor, monkeypatch: pytest.MonkeyPatch) -> None:
    """The signature is checked by API Gateway; what is missing is named."""
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "another")
    code, _, err = auditor.ask("show", "blue", FIRST)
    assert (code, "denied (403)" in err, "execute-api:Invoke" in err) == (3, True, True)


def test_an_unknown_cluster_is_told(auditor: Auditor) -> None:
    """By name the listing decides, by path the API does."""
    words = ("--from", FIRST, "--to", LAST, "-o", str(auditor.folder / "e.zip"))
    assert auditor.ask("evidence", "--cluster", "green", *words)[0] == 2
    code, _, err = auditor.ask("evidence", "--cluster", "green-0123456789abcdef", *words)
    assert (code, "no such thing" in err) == (3, True)


@pytest.mark.parametrize(
    "words",
    [
        ("show", "blue", FIRST, "--api", "http://example.com"),
        ("show", "blue", FIRST, "--api", "ftp://example.com", "--trust", "POLICY"),
        ("show", "blue", FIRST, "--api", "http://example.com", "--trust", "POLICY"),
        ("show", "blue", FIRST, "--trust", "POLICY"),
        ("evidence", "--cluster", "b", "--from", FIRST, "--to", LAST, "-o", "x", "--api", "URL", "--archive", "."),
    ],
)
def test_misuse_is_told(auditor: Auditor, words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    """Signed requests never go out in the clear, and nobody is trusted by default."""
    monkeypatch.chdir(auditor.folder)
    there = {"POLICY": str(auditor.api.policy), "URL": auditor.api.url}
    assert auditor.run(*(there.get(word, word) for word in words))[0] == 2
