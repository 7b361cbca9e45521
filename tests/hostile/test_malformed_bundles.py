"""Evidence bundles malformed in hundreds of kinds: a clear error or a refuted step, never anything else."""

import functools
import json
from collections.abc import Iterator

import pytest

from dayseal.codec import canonical_json, encode_base64
from dayseal.errors import FormatError, RefutedError
from dayseal.evidence import encode_evidence
from dayseal.evidence.stored_zip import Member, encode_zip, parse_zip
from dayseal.model import Verdict
from dayseal.offline import verify_bundle
from support.ledger_story import told_story
from support.malformed import malformed_json
from support.story_parts import NOON, POLICY

CONTENTS = (b"", b"\0", b"{}", b"[]", b"null", b"PK\x03\x04", b"\xff" * 100, b"[" * 100_000, b"\n" * 10, b"A" * 100_000)


@functools.cache
def members() -> dict[str, bytes]:
    """Give the members of a bundle that holds, with every kind of member in it."""
    data = encode_evidence(told_story().bundle(old_sizes=(3, 5)))
    return {member.name: member.data for member in parse_zip(data)}


def refusal(changed: dict[str, bytes]) -> str:
    """Give the words by which a bundle of these members is refused; "" when it is not."""
    try:
        data = encode_zip([Member(name, content) for name, content in changed.items()])
        found = verify_bundle(data, POLICY, since=None, as_of=NOON)
    except (FormatError, RefutedError) as exc:
        return str(exc)
    return found.verification.problems[0] if found.verification.verdict is Verdict.FAIL else ""


def accepted(kinds: Iterator[tuple[str, dict[str, bytes]]], *, at_least: int) -> set[str]:
    """Give the kinds that are not refused."""
    tried = 0
    passed = set()
    for kind, changed in kinds:
        tried += 1
        if not refusal(changed):
            passed.add(kind)
    assert tried >= at_least
    return passed


def whole_members() -> Iterator[tuple[str, dict[str, bytes]]]:
    """Each member left out, renamed, given another content, cut, and put in another's place."""
    for name, data in members().items():
        others = {n: d for n, d in members().items() if n != name}
        yield f"{name} is left out", others
        for other in (
            name.upper(),
            name + "x",
            "x" + name,
            f"objects/{'0' * 64}",
            f"facts/{'0' * 64}.json",
            f"{name}/x",
        ):
            yield f"{name} is called {other}", others | {other: data}
        for content in CONTENTS:
            if content != data:
                yield f"{name} holds {content[:4]!r}", others | {name: content}
        for end in {1, len(data) // 2, len(data) - 1} if data else set():
            yield f"{name} is cut at {end}", others | {name: data[:end]}
        yield f"{name} has a newline more", others | {name: data + b"\n"}


def test_the_bundle_holds_as_it_is() -> None:
    """Otherwise every change of it would be refused for nothing."""
    assert refusal(members()) == ""


def test_members_left_out_renamed_or_replaced_are_refused() -> None:
    """The only members that evidence can do without are the old heads, which are an offer."""
    passed = accepted(whole_members(), at_least=500)
    assert passed == {f"{name} is left out" for name in members() if name.startswith("consistency/")}


def test_members_in_each_others_place_are_refused() -> None:
    """A name is a claim; each is proved on its own."""
    names = list(members())
    swaps = (
        (f"{a} and {b}", members() | {a: members()[b], b: members()[a]})
        for at, a in enumerate(names)
        for b in names[at + 1 :: 3]
        if members()[a] != members()[b]
    )
    assert accepted(swaps, at_least=200) == set()


def test_malformed_documents_in_a_bundle_are_refused() -> None:
    """Every field of the claim, the old heads, the facts and a summary in every wrong way."""
    chosen = {name.partition("/")[0]: name for name in members()}
    kinds = (
        (f"{name}: {kind}", members() | {name: data})
        for name in (chosen["bundle.json"], chosen["consistency"], chosen["summaries"])
        for kind, data in malformed_json(members()[name])
    )
    assert accepted(kinds, at_least=400) == set()


@pytest.mark.parametrize("part", range(3))
def test_malformed_envelopes_in_a_bundle_are_refused(part: int) -> None:
    """Every field of every entry's envelope, and of the statement in it under the old signature."""

    def kinds() -> Iterator[tuple[str, dict[str, bytes]]]:
        entries = sorted(name for name in members() if name.startswith("entries/"))
        for name in entries[part::3]:
            for kind, data in malformed_json(members()[name]):
                yield f"{name}: {kind}", members() | {name: data}
            envelope = json.loads(members()[name])
            payload = json.dumps({"_type": "x"}).encode()
            yield (
                f"{name}: other payload",
                members() | {name: canonical_json(envelope | {"payload": encode_base64(payload)})},
            )

    assert accepted(kinds(), at_least=100) == set()


def test_malformed_proofs_and_checkpoints_are_refused() -> None:
    """Each line of a note or a proof left out, twice, empty, long, or with other white space."""

    def kinds() -> Iterator[tuple[str, dict[str, bytes]]]:
        for name in ("checkpoint", "proofs/0.tlog-proof", "proofs/7.tlog-proof"):
            lines = members()[name].split(b"\n")
            for at, line in enumerate(lines):
                for other in (
                    [],
                    [line, line],
                    [b""],
                    [line + b" "],
                    [b" " + line],
                    [line + b"\r"],
                    [b"9" * 5_000],
                    [line[:-1]],
                    [b"\xff"],
                ):
                    changed = b"\n".join([*lines[:at], *other, *lines[at + 1 :]])
                    if changed != members()[name]:
                        yield f"{name} line {at}: {other}", members() | {name: changed}

    assert accepted(kinds(), at_least=200) == set()
