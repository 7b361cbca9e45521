"""`dayseal evidence`: a bundle an auditor verifies offline."""

import datetime as dt
from pathlib import Path
from typing import Annotated

import typer

from dayseal.bundling import bundle_days
from dayseal.cli.options import ConfigOption, OutOption, SinceOption, day_of, old_sizes, settings_of, write_new
from dayseal.cli.output import EXIT_OK, exit_code, print_line, say
from dayseal.cli.sources import ApiOption, TrustOption, api_of
from dayseal.errors import AccessError, RefutedError, UsageError
from dayseal.lookup import find_cluster
from dayseal.lookup.asking import fetch_evidence, find_cluster_path
from dayseal.lookup.jobs import Kind
from dayseal.model import Verdict
from dayseal.offline import BundleVerification, verify_bundle
from dayseal.wiring import archives_of, open_workspace, this_machine
from dayseal.wiring.api import ApiLedger

Days = tuple[dt.date, dt.date]


def evidence(
    cluster: Annotated[str, typer.Option("--cluster", help="A cluster: any unambiguous part of its name.")],
    first: Annotated[str, typer.Option("--from", help="First day.")],
    last: Annotated[str, typer.Option("--to", help="Last day.")],
    out: OutOption,
    since: SinceOption = None,
    archive: Annotated[Path | None, typer.Option("--archive", help="A folder of logs, for --with-events.")] = None,
    api: ApiOption = None,
    trust: TrustOption = None,
    config: ConfigOption = None,
    *,
    with_events: Annotated[
        bool, typer.Option("--with-events", help="Put the archived objects in, events and all.")
    ] = False,
) -> None:
    """Write an evidence bundle: statements, proofs, manifests, and a report for people."""
    days, code = (day_of(first), day_of(last)), EXIT_OK
    if api is None:
        if trust is not None:
            raise UsageError("--trust goes with --api: a workspace has its own trust policy")
        name, data = _from_workspace(cluster, days, config, archive if with_events else None, since, events=with_events)
    else:
        if archive is not None:
            raise UsageError("--archive does not go with --api, which reads its own archives")
        checked, data = _from_api(api_of(api, config, trust), cluster, days, since, events=with_events)
        name, code = checked.cluster.text, exit_code([checked.verification.verdict])
    write_new(out, data)
    print_line(f"{out}: {len(data)} bytes of evidence for {name}, {first} to {last}")
    if with_events:
        say("it holds the archived events: audit logs may hold secrets and personal data, handle it like the log")
    say(f"next: dayseal verify {out} --trust {trust or 'trust.policy'}")
    raise typer.Exit(code)


def _from_workspace(
    cluster: str, days: Days, config: Path | None, archive: Path | None, since: Path | None, *, events: bool
) -> tuple[str, bytes]:
    settings = settings_of(config)
    ledger = open_workspace(settings).reader()
    found = find_cluster(ledger, cluster)
    archives = archives_of(settings, archive) if events else None
    return found.text, bundle_days(ledger, found, *days, old_sizes=old_sizes(since), archives=archives)


def _from_api(
    api: ApiLedger, wanted: str, days: Days, since: Path | None, *, events: bool
) -> tuple[BundleVerification, bytes]:
    """Let the API make it, and verify it before anybody sees it."""
    path = find_cluster_path(api.api, wanted)
    data = fetch_evidence(api.api, path, days, Kind.EVENTS if events else Kind.PLAIN, old_sizes(since))
    checked = verify_bundle(data, api.policy, since=_kept(since), as_of=this_machine().clock.now())
    if checked.verification.verdict is Verdict.FAIL:
        raise RefutedError(f"the API's evidence is REFUTED: {checked.verification.problems[0]}")
    asked = (path, *days, events)
    if asked != (checked.cluster.path, checked.first, checked.last, checked.with_events):
        shown = f"{checked.cluster.text}, {checked.first} to {checked.last}"
        raise RefutedError(f"the API's evidence is about {shown}, {path}, {days[0]} to {days[1]} promised")
    said = "holds" if checked.verification.verdict is Verdict.PASS else "could not be verified in full"
    say(f"verified here, believing nothing of the API: the evidence {said}")
    return checked, data


def _kept(since: Path | None) -> bytes | None:
    try:
        return None if since is None else since.read_bytes()
    except OSError as exc:
        raise AccessError(f"{since}: cannot be read ({exc.strerror})") from exc
