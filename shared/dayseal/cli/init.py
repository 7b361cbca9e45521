"""`dayseal init`: a new workspace."""

import dataclasses
from pathlib import Path
from typing import Annotated, Final

import typer

from dayseal.cli.output import print_line, say
from dayseal.errors import UsageError
from dayseal.wiring import BucketPlaces, create_workspace, this_machine

_SCHEMES: Final = ("s3://", "gs://")


def init(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A new or empty folder.")],
    origin: Annotated[
        str | None, typer.Option(help="The log's name, e.g. audit.example.com/ledger. [default: dayseal.local/<8 hex>]")
    ] = None,
    bucket: Annotated[
        str | None, typer.Option("--bucket", help="Ledger, inbox and details below s3://bucket/prefix/ or gs://.")
    ] = None,
    guard: Annotated[
        str | None, typer.Option("--guard", help="The head guard, in another bucket of the same kind.")
    ] = None,
    log_key: Annotated[
        str, typer.Option("--log-key", help="With --bucket: an Ed25519 key in KMS: ARN, or key version.")
    ] = "",
    attestor_key: Annotated[
        str, typer.Option("--attestor-key", help="With --bucket: a P-256 key in KMS: ARN, or key version.")
    ] = "",
    region: Annotated[str, typer.Option("--region", help="With s3://: the buckets' Region.")] = "",
) -> None:
    """Make a workspace: settings, keys, trust policy and an empty ledger, in the folder or in buckets.

    A key in KMS is named by its ARN, or by the resource name of a key version in Cloud KMS.
    """
    places = _places(bucket, guard, region)
    if places is None and (log_key or attestor_key):
        raise UsageError("init: --log-key and --attestor-key go with --bucket")
    if places is not None:
        places = dataclasses.replace(places, log_key=log_key, attestor_key=attestor_key)
    chosen = create_workspace(folder, origin=origin, surroundings=this_machine(), bucket=places)
    print_line(f"workspace {folder} with log {chosen}")
    say("demo trust level: root, log and attestor keys all lie on this machine")
    say(f"next: dayseal seal --config {folder}/dayseal.toml --archive LOGS --day DAY")


def _places(bucket: str | None, guard: str | None, region: str) -> BucketPlaces | None:
    if bucket is None and guard is None:
        return None
    if bucket is None or guard is None:
        raise UsageError("init: --bucket and --guard, both promised")
    scheme = bucket[: bucket.find("//") + 2]
    if scheme not in _SCHEMES or not all(p.startswith(scheme) and p.endswith("/") for p in (bucket, guard)):
        raise UsageError("init: two places like s3://bucket/prefix/, or two like gs://bucket/prefix/, promised")
    if (scheme == "s3://") != bool(region):
        raise UsageError("init: --region with s3:// promised, and without it for any other")
    if bucket.split("/")[2] == guard.split("/")[2]:
        raise UsageError(
            "init: the guard lies in the ledger's bucket, another one promised",
            hint="who rolls the ledger back must not be able to roll its guard back with it",
        )
    return BucketPlaces(region, f"{bucket}ledger/", f"{bucket}inbox/", guard, f"{bucket}details/")
