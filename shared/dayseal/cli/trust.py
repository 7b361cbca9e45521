"""`dayseal trust`: what verifiers pin."""

from pathlib import Path
from typing import Annotated

import typer

from dayseal.attest.keys import keyid_of
from dayseal.cli.options import ConfigOption, settings_of
from dayseal.cli.output import print_line, print_table
from dayseal.notes import TrustPolicy, export_c2sp
from dayseal.wiring import read_policy

app = typer.Typer(help="Show or export what verifiers pin.", no_args_is_help=True)
PolicyOption = Annotated[
    Path | None, typer.Option("--trust", help="A trust policy file. [default: the workspace's own]")
]


@app.command()
def show(config: ConfigOption = None, trust: PolicyOption = None) -> None:
    """List the log key, witnesses, quorum and root keys a trust policy pins."""
    policy = _policy(config, trust)
    rows = [("log", key.name, key.keyid.hex()) for key in policy.logs]
    rows += [("witness", w.name, w.key.keyid.hex()) for w in policy.witnesses]
    rows += [("root", name, keyid_of(spki)) for name, spki in policy.roots]
    rows.append(("quorum", policy.quorum, ""))
    print_table(("what", "name", "key id"), rows)


@app.command()
def export(
    config: ConfigOption = None,
    trust: PolicyOption = None,
    *,
    c2sp: Annotated[bool, typer.Option("--c2sp", help="Leave out the root lines: plain C2SP tlog-policy.")] = False,
) -> None:
    """Print the trust policy file."""
    policy = _policy(config, trust)
    text = export_c2sp(policy) if c2sp else policy.text()
    print_line(text.rstrip("\n"))


def _policy(config: Path | None, trust: Path | None) -> TrustPolicy:
    if trust is not None:
        return read_policy(trust)
    settings = settings_of(config)
    return read_policy(settings.path(settings.ledger.trust_policy))
