"""The `dayseal` application: every verb, registered once."""

from collections.abc import Sequence

import typer

from dayseal.cli import (
    check,
    delegate,
    demo,
    doctor,
    evidence,
    init,
    ledger,
    lookups,
    policy,
    prove,
    reverify,
    seal,
    trust,
    verify,
)
from dayseal.cli.output import EXIT_INTERRUPTED, EXIT_MISUSE, report_error
from dayseal.errors import DaysealError

app = typer.Typer(
    name="dayseal",
    help="Verify, day by day, that Kubernetes audit logs arrived and did not change.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.command("init")(init.init)
app.command("seal")(seal.seal)
app.command("check")(check.check)
app.command("doctor")(doctor.doctor)
app.command("show")(lookups.show)
app.command("gaps")(lookups.gaps)
app.command("explain")(lookups.explain)
app.command("prove")(prove.prove)
app.command("evidence")(evidence.evidence)
app.command("verify")(verify.verify)
app.command("reverify")(reverify.reverify)
app.command("delegate")(delegate.delegate)
app.command("demo")(demo.demo)
app.add_typer(ledger.app, name="ledger")
app.add_typer(trust.app, name="trust")
app.add_typer(policy.app, name="policy")


def run(arguments: Sequence[str]) -> int:
    """Run one command line and give its exit code; dayseal's own errors are said in one line, with a hint."""
    try:
        app(args=list(arguments), prog_name="dayseal")
    except SystemExit as stop:  # how typer ends: 0, our own codes, or 2 after it said what was misused
        return stop.code if isinstance(stop.code, int) else EXIT_MISUSE
    except KeyboardInterrupt:
        return EXIT_INTERRUPTED
    except DaysealError as error:
        return report_error(error)
    return 0
