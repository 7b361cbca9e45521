"""`dayseal init`: a new workspace."""

import dataclasses
from pathlib import Path
from typing import Annotated, Final

import typer

from dayseal.cli.output import print_line, say
from dayseal.errors import UsageError
from dayseal.wiring import BucketPlaces, create_workspace, this_machine

_SCHEMES: Final = ("s3://", "gs://", "az://")


def init(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A new or empty folder.")],
    origin: Annotated[
        str | None, typer.Option(help="The log's name, e.g. audit.example.com/ledger. [default: dayseal.local/<8 hex>]")
    ] = None,
    bucket: Annotated[
        str | None,
        typer.Option("--bucket", help="Ledger, inbox and details below s3://bucket/prefix/, gs:// or az://."),
    ] = None,
    guard: Annotated[
        str | None, typer.Option("--guard", help="The head guard, in another bucket of the same kind.")
    ] = None,
    checkpoint: Annotated[
        str, typer.Option("--checkpoint", help="Where checkpoint goes if the ledger's bucket lets nothing be replaced.")
    ] = "",
    log_key: Annotated[
        str, typer.Option("--log-key", help="With --bucket: an Ed25519 key in KMS, or a P-256 key in Key Vault.")
    ] = "",
    attestor_key: Annotated[
        str, typer.Option("--attestor-key", help="With --bucket: a P-256 key in KMS or Key Vault.")
    ] = "",
    region: Annotated[str, typer.Option("--region", help="With s3://: the buckets' Region.")] = "",
) -> None:
    """Make a workspace: settings, keys, trust policy and an empty ledger, in the folder or in buckets.

    A key in KMS is named by its ARN, by the resource name of a key version in Cloud KMS, or by the address of a key
    version in Key Vault. A place in Azure is written az://account/container/prefix/.
    """
    places = _places(bucket, guard, region)
    if places is None and (log_key or attestor_key or checkpoint):
        raise UsageError("init: --checkpoint, --log-key and --attestor-key go with --bucket")
    if places is not None:
        _require_apart(checkpoint, places)
        places = dataclasses.replace(places, log_key=log_key, attestor_key=attestor_key, checkpoint_at=checkpoint)
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
        raise UsageError("init: two places like s3://bucket/prefix/, or two of gs:// or of az://, promised")
    if scheme == "az://" and not all(all(_bucket_of(p)) for p in (bucket, guard)):
        raise UsageError("init: places in Azure like az://account/container/prefix/ promised")
    if (scheme == "s3://") != bool(region):
        raise UsageError("init: --region with s3:// promised, and without it for any other")
    if _bucket_of(bucket) == _bucket_of(guard):
        raise UsageError(
            "init: the guard lies in the ledger's bucket, another one promised",
            hint="who rolls the ledger back must not be able to roll its guard back with it",
        )
    return BucketPlaces(region, f"{bucket}ledger/", f"{bucket}inbox/", guard, f"{bucket}details/")


def _require_apart(checkpoint: str, places: BucketPlaces) -> None:
    if not checkpoint:
        return
    ledger = places.ledger_at
    if checkpoint.partition("//")[0] != ledger.partition("//")[0] or not checkpoint.endswith("/"):
        raise UsageError(f"init: --checkpoint {checkpoint}, a place like the ledger's promised")
    if _bucket_of(checkpoint) == _bucket_of(ledger):
        raise UsageError("init: --checkpoint lies in the ledger's bucket, another one promised")


def _bucket_of(place: str) -> tuple[str, ...]:
    """Give the bucket a place lies in; in Azure the account and the container."""
    scheme, _, rest = place.partition("//")
    return tuple(rest.split("/")[: 2 if scheme == "az:" else 1])
