"""Where a verb reads the ledger: the workspace's own, or one behind a look-up API, which is never believed."""

from pathlib import Path
from typing import Annotated

import typer

from dayseal.cli.options import settings_of
from dayseal.errors import UsageError
from dayseal.ledger.reader import LedgerReader
from dayseal.notes import TrustPolicy
from dayseal.settings import find_settings
from dayseal.wiring import open_workspace, read_policy
from dayseal.wiring.api import ApiLedger, open_api

ApiOption = Annotated[
    str | None, typer.Option("--api", help="A look-up API's address, instead of the workspace's ledger.")
]
TrustOption = Annotated[
    Path | None, typer.Option("--trust", help="With --api: the trust policy. [default: the workspace's own]")
]


def reader_of(config: Path | None, api: str | None, trust: Path | None) -> LedgerReader:
    """Open the ledger that the options name.

    Raises:
        UsageError: --trust without --api, or nothing says what to trust.
        AccessError: the trust policy cannot be read.
    """
    if api is not None:
        return api_of(api, config, trust).reader()
    if trust is not None:
        raise UsageError("--trust goes with --api: a workspace has its own trust policy")
    return open_workspace(settings_of(config)).reader()


def api_of(api: str, config: Path | None, trust: Path | None) -> ApiLedger:
    """Reach the look-up API; raises as `reader_of` does."""
    return open_api(api, _policy(config, trust))


def _policy(config: Path | None, trust: Path | None) -> TrustPolicy:
    if trust is not None:
        return read_policy(trust)
    try:
        settings = settings_of(find_settings(config))
    except UsageError as exc:
        hint = "pass --trust: an API says nothing about whom to trust"
        raise UsageError("--api: no trust policy and no workspace that has one", hint=hint) from exc
    return read_policy(settings.path(settings.ledger.trust_policy))
