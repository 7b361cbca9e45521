"""The command line: verbs, rendering, exit codes."""

import gc
import sys

from dayseal import __version__


def main() -> int:
    """Run the command line and give its exit code: 2 misuse, 1 failed or refuted, 3 unknown, 0 as promised."""
    if sys.argv[1:] == ["--version"]:  # answered before anything heavy is imported
        sys.stdout.write(f"dayseal {__version__}\n")
        return 0
    gc.disable()  # imports make no garbage, and looking for it would take a tenth of the start
    from dayseal.cli.app import run  # noqa: PLC0415 - see above

    gc.freeze()
    gc.enable()
    return run(sys.argv[1:])
