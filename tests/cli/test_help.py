"""Help is short, complete, and the same on every terminal."""

import itertools

import pytest
import typer

from dayseal.cli.app import app, run

VERBS = [(command.name or "",) for command in app.registered_commands] + list(
    itertools.chain.from_iterable(
        [
            ((group.name or ""),),
            *(
                ((group.name or ""), command.name or command.callback.__name__)
                for command in group.typer_instance.registered_commands
                if command.callback
            ),
        ]
        for group in app.registered_groups
        if isinstance(group.typer_instance, typer.Typer)
    )
)


@pytest.mark.parametrize("verb", VERBS, ids=" ".join)
def test_the_help_of_a_verb_is_under_4_kb_and_says_what_it_is_for(
    verb: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    """A person reads it while something burns."""
    assert run([*verb, "--help"]) == 0
    text = capsys.readouterr().out
    assert 100 < len(text.encode()) < 4096
    assert "Usage: dayseal" in text


def test_every_promised_verb_is_there() -> None:
    """The list of the docs and of the front page."""
    promised = {"init", "seal", "show", "gaps", "explain", "prove", "evidence", "verify", "reverify", "demo"}
    promised |= {"ledger", "trust", "policy", "check"}
    assert promised <= {verb[0] for verb in VERBS}
